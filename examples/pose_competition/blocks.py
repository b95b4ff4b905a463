"""Two blocks for pipelines: the pose of each tracked person, by the picture and by the body points.

A block is a typed function. Importing this module is all that it takes for a pipeline to find them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy as np
from answering import opened
from numpy.typing import NDArray
from points import features
from shooting import square_around

from trackside.core import Image, Keypoints, Table, Tracks, as_rgb
from trackside.core.units import Fraction, ModelRef, Task
from trackside.models.runtimes.onnx import OnnxRuntime
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch

Classifier: TypeAlias = Annotated[ModelRef, Task("classification")]
"""A package of another task is refused before anything runs."""
UNSURE = "?"
SURE = 0.8
"""Below this probability a pose is `?`."""


@block("competition.name_people@1")
def name_people(
    images: Batch[Image], people: Batch[Tracks], *, model: Classifier, threshold: Fraction = SURE
) -> Batch[Tracks]:
    """Name the pose of each tracked person by the picture around it.

    Args:
        images: the pictures that they were found in.
        people: the people, from a block that tracks.
        model: the folder of a classification package.
        threshold: how sure the model must be; below, the pose is `?`.
    """
    return [_named(as_rgb(image), found, model, threshold) for image, found in zip(images, people, strict=True)]


def _named(image: NDArray[np.uint8], found: Tracks, model: str, threshold: float) -> Tracks:
    namer = opened(model)
    names = (*namer.classes, UNSURE)
    if not len(found):
        return Tracks.empty(names)
    given = namer([square_around(image, box)[0] for box in found.boxes])
    classes = np.where(given.max(axis=1) >= threshold, given.argmax(axis=1), len(names) - 1)
    return Tracks(found.boxes, given.max(axis=1), classes.astype(np.int32), names, found.ids)


class Named(NamedTuple):
    """What the block by body points gives."""

    poses: Table


@cache
def _small(folder: str) -> tuple[OnnxRuntime, tuple[str, ...]]:
    about: dict[str, Any] = json.loads((Path(folder) / "model.json").read_text("utf-8"))
    return OnnxRuntime(Path(folder) / "network.onnx"), tuple(about["classes"])


@block("competition.name_points@1")
def name_points(poses: Keypoints, *, model: str) -> Named:
    """Name the pose of each person by its body points.

    Args:
        poses: the body points of tracked people.
        model: the folder that `points.export` wrote.
    """
    runtime, classes = _small(model)
    given = np.zeros((0, len(classes)), np.float32)
    if len(poses):
        given = next(iter(runtime.run({runtime.inputs[0].name: features(poses)}).values()))
    names = [classes[number] for number in given.argmax(axis=1)]
    assert poses.ids is not None
    return Named(Table({"id": poses.ids, "pose": names, "probability": given.max(axis=1, initial=0)}))

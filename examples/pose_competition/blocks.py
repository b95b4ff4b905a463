"""A block of one's own for pipelines: the pose of each tracked person by its body points.

A block is a typed function. Importing this module is all that it takes for a pipeline to find it. Poses by the picture need
none: `classify.in_boxes` takes any classification package.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from points import features

from trackside.core import Keypoints, Table
from trackside.models.runtimes.onnx import OnnxRuntime
from trackside.pipelines.block import block


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

"""Finding objects in pictures."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from trackside.core import Detections, Image, InputError
from trackside.core.motchallenge import read_mot
from trackside.core.units import ClassesOf, DetectorRef, Fraction
from trackside.models import plateau_batch
from trackside.perception import load_detector
from trackside.perception.letterbox import Placement
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch, RecordIndex


class DetectorSplit:
    """`detect.objects` in three parts: pipelines that use the same model share its calls, each with its own settings."""

    def __init__(
        self, *, model: str, threshold: float | None = None, classes: Sequence[str] = (), overlap: float = 0.5
    ) -> None:
        self._detector = load_detector(model)
        self._settings: dict[str, Any] = {"threshold": threshold, "classes": classes or None, "iou": overlap}
        self.key: Hashable = ("detector", model)
        self.model = model
        self.most = self._detector.batch

    def plateau(self) -> int:
        """The batch whose doubling gains under 5 %."""
        return plateau_batch(self._detector.runtime)

    def prepare(self, images: Sequence[Image], number: int) -> tuple[Any, Sequence[Placement]]:
        """The network's input, and where each picture lies in it."""
        return self._detector.prepare(images, number)

    def run(self, prepared: Any) -> Mapping[str, Any]:
        """The network's raw outputs."""
        return self._detector.run(prepared)

    def finish(self, output: Mapping[str, Any], row: int, placed: Placement) -> Detections:
        """What was found in one picture of the batch."""
        return self._detector.read(output, row, placed, **self._settings)


@block("detect.objects@1", split=DetectorSplit)
def detect_objects(
    images: Batch[Image],
    *,
    model: DetectorRef = "fastestdet",
    threshold: Fraction | None = None,
    classes: Annotated[tuple[str, ...], ClassesOf("model")] = (),
    overlap: Fraction = 0.5,
) -> Batch[Detections]:
    """Find people and things in each picture.

    Args:
        images: the pictures to look at.
        model: the model that finds them; larger ones find more and take longer.
        threshold: how sure the model must be to count what it found; empty for what the model's authors recommend.
        classes: what to look for; empty for everything that the model knows.
        overlap: of two boxes of the same class that overlap by more than this share, the less sure one is dropped.
    """
    return load_detector(model)(images, threshold=threshold, classes=classes or None, iou=overlap)


@block("detect.from_file@1")
class DetectionsFromFile:
    """Take detections from a MOTChallenge text file instead of a model.

    Args:
        index: the frame's number.
        path: the file, with lines of frame,id,x,y,w,h,score; frames count from 1.
        threshold: how sure a detection must be to count.
        name: what they all are, such as person.
    """

    def __init__(self, *, path: Path, threshold: float = 0.0, name: str = "person") -> None:
        if not path.is_file():
            raise InputError("no such file", where=str(path), fix="give a MOTChallenge det.txt")
        self._path = path
        self._by_frame: Mapping[int, Detections] | None = None
        self._threshold = threshold
        self._names = (name,)

    def __call__(self, index: RecordIndex) -> Detections:
        if self._by_frame is None:
            self._by_frame = read_mot(self._path)
        found = self._by_frame.get(index + 1)
        if found is None:
            return Detections.empty(self._names)
        named = Detections(found.boxes, found.scores, np.zeros(len(found), np.int32), self._names)
        return named.above(self._threshold) if self._threshold > 0 else named

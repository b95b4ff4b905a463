"""Objects in pictures: any detector package behind one call."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, Image, ModelError, SettingError, nearest
from trackside.models import Package, resolve, shared_runtime
from trackside.models.families import FAMILIES, Candidates
from trackside.perception.letterbox import Placement, letterbox
from trackside.perception.nms import nms
from trackside.perception.tensor import TensorWriter

# The overlap of two people side by side rarely exceeds it, two boxes of one person usually do (upstream of FastestDet
# and YOLOX: 0.45).
IOU = 0.45

# Pictures whose input tensors are held at a time: 8 MB each for the largest usual network.
_MOST_PREPARED = 32

_cache: dict[tuple[str, int, str | None], Detector] = {}
_lock = threading.Lock()


class Detector:
    """Finds objects. Safe to call from several threads; the same picture gives the same boxes every time.

    Args:
        model: a package, the name of one, or a path to its folder.
        threads: threads within one run of the network.
        provider: what executes it, see `open_runtime`.

    Raises:
        ModelError: the model is unknown, absent, damaged or no detector.

    Attributes:
        package: the model.
        runtime: its opened network.
        names: its class names.
        batch: the network's fixed batch size, or None where it is free.
    """

    def __init__(self, model: Package | str, threads: int = 1, provider: str | None = None) -> None:
        self.package = resolve(model) if isinstance(model, str) else model
        card = self.package.card
        if card.task != "detection":
            raise ModelError(f"{card.name} is no detector but a model for {card.task}", fix="choose a detector")
        family = FAMILIES[card.family]
        self.names = card.classes
        self.runtime = shared_runtime(self.package, threads=threads, provider=provider)
        self.batch = self.runtime.batch
        self._decode = family.decoder(card)
        self._suppressed = family.suppressed(card)
        self._write = TensorWriter(card.geometry, self.runtime.inputs[0])

    def __call__(
        self,
        images: Sequence[Image],
        *,
        threshold: float | None = None,
        classes: Sequence[str] | None = None,
        iou: float = IOU,
    ) -> list[Detections]:
        """Find objects in each picture.

        Args:
            images: any sizes.
            threshold: lowest score that counts, 0 to 1; None for what the model's authors recommend.
            classes: class names wanted, None for all.
            iou: the largest overlap of two boxes of one class that both stay, 0 to 1.

        Returns:
            one entry a picture, best first, boxes in its pixels and unclipped.

        Raises:
            SettingError: a class that the model does not know.
        """
        least = self.package.card.threshold if threshold is None else threshold
        wanted = self._numbers(classes)
        found: list[Detections] = []
        for start in range(0, len(images), _MOST_PREPARED):
            found += self._find(images[start : start + _MOST_PREPARED], least, wanted, iou)
        return found

    def _find(self, images: Sequence[Image], least: float, wanted: NDArray[np.intp] | None, iou: float) -> list[Detections]:
        """Prepare all, run all, read all: the network pushes the code of the other steps out of the processor's caches."""
        step = self.batch or len(images)
        parts = [images[start : start + step] for start in range(0, len(images), step)]
        prepared = [self.prepare(part, number) for number, part in enumerate(parts)]
        outputs = [self.run(tensor) for tensor, _ in prepared]
        found = []
        for output, (_, placements) in zip(outputs, prepared, strict=True):
            candidates = self._decode(output, least, wanted)
            found += [self.finish(c, p, iou) for c, p in zip(candidates, placements, strict=False)]
        return found

    def prepare(self, images: Sequence[Image], number: int = 0) -> tuple[NDArray[Any], list[Placement]]:
        """The network's input for some pictures, and where each lies in it.

        The array is this thread's own for this `number` and is used again the next time.
        """
        tensor = self._write.buffer(self.batch or len(images), number)
        placements = []
        for row, image in enumerate(images):
            picture, placement = letterbox(image, self.package.card.geometry)
            self._write(picture, tensor[row])
            placements.append(placement)
        return tensor, placements

    def run(self, tensor: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
        """The network's raw outputs."""
        return self.runtime.run({self.runtime.inputs[0].name: tensor})

    def read(
        self,
        outputs: Mapping[str, NDArray[Any]],
        row: int,
        placement: Placement,
        *,
        threshold: float | None = None,
        classes: Sequence[str] | None = None,
        iou: float = IOU,
    ) -> Detections:
        """What was found in one picture of a batch, from the network's raw outputs; the settings as in a call.

        Each picture of a batch may be read with settings of its own.
        """
        least = self.package.card.threshold if threshold is None else threshold
        batch = {len(array) for array in outputs.values() if array.ndim}
        if len(batch) == 1:  # Every output has a row a picture: only this one's is decoded.
            outputs, row = {name: array[row : row + 1] for name, array in outputs.items()}, 0
        candidates = self._decode(outputs, least, self._numbers(classes))
        return self.finish(candidates[row], placement, iou)

    def finish(self, candidates: Candidates, placement: Placement, iou: float = IOU) -> Detections:
        """Candidates in pixels of the network's input to detections in pixels of the picture."""
        c = candidates
        rows = np.arange(len(c)) if self._suppressed else nms(c.boxes, c.scores, c.classes, iou=iou)
        return Detections(placement.to_source(c.boxes[rows]), c.scores[rows], c.classes[rows], self.names)

    def _numbers(self, classes: Sequence[str] | None) -> NDArray[np.intp] | None:
        if classes is None:
            return None
        for name in classes:
            if name not in self.names:
                raise SettingError(f"{self.package.card.name} knows no class {name!r}", fix=nearest(name, self.names))
        return np.array([self.names.index(name) for name in classes], np.intp)


def load_detector(model: str, threads: int = 1, provider: str | None = None) -> Detector:
    """The process's one detector for this model and these settings."""
    key = (model, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = Detector(model, threads, provider)
        return _cache[key]

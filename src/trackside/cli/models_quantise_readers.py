"""How each kind of model is fed and read while it is quantised: by the code that feeds and reads it in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Detections, Image, as_rgb, resized, size_of
from trackside.models.families import FAMILIES
from trackside.models.families.classification import decode_probabilities
from trackside.models.families.embedding import decode_embeddings
from trackside.models.quantise.agreement.boxes import LOW
from trackside.perception.cutting import box_window, cut, whole_window
from trackside.perception.detector import Detector
from trackside.perception.letterbox import Placement, letterbox
from trackside.perception.reid import crop_windows
from trackside.perception.tensor import TensorWriter

if TYPE_CHECKING:
    from trackside.models import Package
    from trackside.models.runtimes import TensorSpec

# Crops taken of one frame: by chance, so that neither one crowd nor those who are found best stand for all the footage.
CROPS_A_FRAME = 2


class Fitting(Protocol):
    """A reader that also makes a network's pictures of a frame.

    Attributes:
        a_frame: how many pictures it makes of one frame at most.
    """

    a_frame: int

    def write(self, picture: RGB, out: NDArray[Any]) -> None:
        """See `trackside.models.quantise.Reader`."""
        ...

    def read(self, outputs: Mapping[str, NDArray[Any]]) -> Sequence[Detections | NDArray[np.float32]]:
        """See `trackside.models.quantise.Reader`."""
        ...

    def fit(self, image: Image) -> list[RGB]:
        """What the network sees of a frame, uint8 [h, w, 3] of its input's size: one picture, or a crop an object."""
        ...


def reader_for(package: Package, spec: TensorSpec, crops: Detector | None) -> Fitting:
    """The reader for a package.

    Args:
        package: a detector, classifier or network for embeddings.
        spec: of its input.
        crops: finds what the network is shown, where it looks at objects and not at frames.
    """
    if package.card.task == "detection":
        return _Boxes(package, spec)
    return _Vectors(package, spec, crops)


class _Boxes:
    """A detector; boxes stay in pixels of its input, where overlaps are the same as in the frame."""

    def __init__(self, package: Package, spec: TensorSpec) -> None:
        self.a_frame = 1
        self._card = package.card
        self._decode = FAMILIES[self._card.family].decoder(self._card)
        self._detector = Detector(package)
        self._as_it_is = Placement(self._card.geometry.width, self._card.geometry.height, 1, 1)
        self.write = TensorWriter(self._card.geometry, spec)

    def fit(self, image: Image) -> list[RGB]:
        return [letterbox(image, self._card.geometry)[0]]

    def read(self, outputs: Mapping[str, NDArray[Any]]) -> list[Detections]:
        found = self._decode(outputs, LOW * self._card.threshold)
        return [self._detector.finish(candidates, self._as_it_is) for candidates in found]


class _Vectors:
    """A classifier or a network for embeddings: of whole frames, or of what a detector finds in them."""

    def __init__(self, package: Package, spec: TensorSpec, crops: Detector | None) -> None:
        self.a_frame = CROPS_A_FRAME if crops else 1
        self._card = package.card
        self._crops = crops
        self._chance = np.random.default_rng(0)
        self.write = TensorWriter(self._card.geometry, spec)

    def fit(self, image: Image) -> list[RGB]:
        if self._crops is None:
            return [self._whole(as_rgb(image))]
        boxes = self._crops([image])[0].boxes
        chosen = self._chance.permutation(len(boxes))[:CROPS_A_FRAME]
        return self._cut(as_rgb(image), boxes[chosen]) if len(chosen) else []

    def read(self, outputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        if self._card.task == "classification":
            return list(decode_probabilities(outputs, self._card))
        return list(decode_embeddings(outputs))

    def _whole(self, rgb: RGB) -> RGB:
        geometry = self._card.geometry
        if self._card.task == "classification":
            return cut(rgb, whole_window(size_of(rgb), geometry), geometry)
        return resized(rgb, geometry.width, geometry.height)

    def _cut(self, rgb: RGB, boxes: NDArray[np.float32]) -> list[RGB]:
        geometry, size = self._card.geometry, size_of(rgb)
        if self._card.task == "classification":
            windows = [box_window(box, size, geometry) for box in boxes]
            return [cut(rgb, window, geometry) for window in windows if window is not None]
        table = crop_windows(np.asarray(boxes, np.float64), size)
        rows = [row for row in table.tolist() if any(row)]
        return [resized(rgb[y1:y2, x1:x2], geometry.width, geometry.height) for x1, y1, x2, y2 in rows]

"""Pictures in 8-bit 4:2:0, as decoders write them: a plane of luma and two of chroma at half its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
Matrix: TypeAlias = Literal["bt601", "bt709", "bt2020"]

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """A picture in 8-bit 4:2:0.

    Attributes:
        y: uint8 [h, w], luma.
        u: uint8 [ceil(h / 2), ceil(w / 2)], blue difference.
        v: as `u`, red difference.
        full_range: 0 to 255 instead of 16 to 235 (luma) and 16 to 240 (chroma).
        matrix: which luma equation: ITU-R BT.601, BT.709, or BT.2020 (non-constant luminance).
    """

    y: Plane
    u: Plane
    v: Plane
    full_range: bool = False
    matrix: Matrix = "bt601"

    @classmethod
    def blank(cls, width: int, height: int, full_range: bool = False, matrix: Matrix = "bt601") -> Planes:
        """A picture to write into. Its planes lie one behind the other, which `i420` needs; their content is arbitrary."""
        rows, columns = chroma_size(height), chroma_size(width)
        memory = np.empty(height * width + 2 * rows * columns, np.uint8)
        y, u, v = np.split(memory, [height * width, height * width + rows * columns])
        return cls(y.reshape(height, width), u.reshape(rows, columns), v.reshape(rows, columns), full_range, matrix)

    def __iter__(self) -> Iterator[Plane]:
        return iter((self.y, self.u, self.v))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, 3: of the picture that they make."""
        return self.y.shape[0], self.y.shape[1], 3

    @property
    def is_plain(self) -> bool:
        """Whether it is BT.601 in limited range, which OpenCV converts with one fast call."""
        return self.matrix == "bt601" and not self.full_range

    def copy(self) -> Planes:
        """The same picture in memory of its own, to draw on."""
        height, width, _ = self.shape
        made = Planes.blank(width, height, self.full_range, self.matrix)
        for target, source in zip(made, self, strict=True):
            np.copyto(target, source)
        return made

    def i420(self) -> Plane:
        """uint8 [h * 3 / 2, w], as OpenCV wants it, for even sizes; a copy only where the planes lie apart."""
        height, width, _ = self.shape
        memory = self.y.base
        together = isinstance(memory, np.ndarray) and memory.ndim == 1 and memory.size == height * width * 3 // 2
        if not (together and self.u.base is memory and self.v.base is memory):
            memory = np.concatenate([plane.reshape(-1) for plane in self])
        return np.asarray(memory, np.uint8).reshape(-1, width)

    def resized(self, width: int, height: int) -> Planes:
        """The picture at another size (aspect not kept)."""
        made = Planes.blank(width, height, self.full_range, self.matrix)
        for target, source in zip(made, self, strict=True):
            scale_into(target, source)
        return made

    def rotated(self, clockwise: int) -> Planes:
        """The picture turned by 90, 180 or 270 degrees clockwise; any other angle is taken as none."""
        turn = _TURNS.get(clockwise % 360)
        if turn is None:
            return self
        y, u, v = (np.asarray(cv2.rotate(plane, turn), np.uint8) for plane in self)
        return Planes(y, u, v, self.full_range, self.matrix)

    def padded_to_even(self) -> Planes:
        """With the last row or column repeated where their number is odd. The chroma planes fit already."""
        height, width, _ = self.shape
        if height % 2 == 0 and width % 2 == 0:
            return self
        y = np.pad(self.y, ((0, height % 2), (0, width % 2)), mode="edge")
        return Planes(y, self.u, self.v, self.full_range, self.matrix)


def chroma_size(luma: int) -> int:
    """Rows or columns of a chroma plane: half, an odd one rounded up."""
    return (luma + 1) // 2


# Linear interpolation reads 2 x 2 pixels and aliases beyond a factor of about 2.5; area averaging by any other factor than
# two costs ten times as much. So pixels are averaged two by two first while that leaves at least 1.25 of what is needed.
# Signal to noise against exact area averaging of RGB (vtest.avi): 352 x 352 (factor 2.2, 1.6) 36.1 dB plain and halved;
# 256 x 192 (3.0) 29.8 dB plain, 36.1 dB halved first; 1080p to 224 x 224 32.1 and 36.0 dB. Area: 40 dB.
_HALVE_FROM = 2.5


def scale_into(target: Plane, source: Plane) -> None:
    """Scale one plane to the size of another array, cheaply and without bad aliasing."""
    height, width = target.shape
    while source.shape[1] >= _HALVE_FROM * width and source.shape[0] >= _HALVE_FROM * height:
        half = (source.shape[1] // 2, source.shape[0] // 2)
        source = np.asarray(cv2.resize(source, half, interpolation=cv2.INTER_AREA), np.uint8)
    if source.shape == target.shape:
        np.copyto(target, source)
    else:
        cv2.resize(source, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)

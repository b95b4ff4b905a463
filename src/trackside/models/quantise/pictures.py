"""Pictures to calibrate with and other ones to measure with, at the size of the network's input, on disk.

A few hundred pictures for a large network are gigabytes as floats; as bytes in a mapped file they cost hardly any memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.files import cannot_write

if TYPE_CHECKING:
    from trackside.core import RGB
    from trackside.models.card import Geometry

# Of nine stretches of time every third is held out: far enough from the others to show other moments of the same scene,
# near enough to meet the same light.
_STRETCHES, _EVERY = 9, 3
# The least with which anything can be said: under it ranges are chance.
LEAST_PICTURES = 8


@dataclass(frozen=True, slots=True)
class Pictures:
    """Footage as a network sees it.

    Attributes:
        calibration: n of uint8 [h, w, 3] RGB, from which ranges are taken.
        held_out: m of uint8 [h, w, 3] RGB, on which the change is measured.
        footage: names of what they come from.
        notes: what a reader should know of how they came about.
    """

    calibration: Sequence[RGB]
    held_out: Sequence[RGB]
    footage: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Of the calibration pictures' bytes, one after the other."""
        digest = hashlib.sha256()
        for picture in self.calibration:
            digest.update(picture.tobytes())
        return digest.hexdigest()


class PictureFile:
    """Collects pictures on disk. Equal ones are taken once: a camera that stands still teaches nothing new.

    Args:
        folder: where its file is made; the caller deletes it.
        geometry: of the network.
    """

    def __init__(self, folder: Path, geometry: Geometry) -> None:
        self._path = folder / "pictures.bin"
        self._shape = (geometry.height, geometry.width, 3)
        self._seen: set[bytes] = set()
        self._of: list[str] = []  # the source of each picture
        self.repeated = 0
        self._path.write_bytes(b"")

    def __len__(self) -> int:
        return len(self._of)

    def add(self, picture: RGB, source: str) -> bool:
        """Take one; returns whether it is new.

        Args:
            picture: uint8 [h, w, 3] RGB, of the network's input size.
            source: what it comes from.

        Raises:
            OutputError: no space.
        """
        if picture.shape != self._shape or picture.dtype != np.uint8:
            raise ValueError(f"expected a picture of {self._shape}, got {picture.shape}")
        content = picture.tobytes()
        mark = hashlib.sha256(content).digest()
        if mark in self._seen:
            self.repeated += 1
            return False
        try:
            with self._path.open("ab") as file:
                file.write(content)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        self._seen.add(mark)
        self._of.append(source)
        return True

    def split(self) -> Pictures:
        """The pictures, those to calibrate with and those held out; of each source every third stretch of time.

        Raises:
            InputError: there are too few.
        """
        if len(self) < LEAST_PICTURES:
            raise InputError(
                f"only {len(self)} different pictures could be taken, and {LEAST_PICTURES} are the least",
                fix="give more or longer footage",
            )
        every = np.memmap(self._path, np.uint8, "r", shape=(len(self), *self._shape))
        held = self._held_out()
        notes = (f"{self.repeated} pictures were the same as others and not taken again",) if self.repeated else ()
        # Views into the mapped file, which stay good after the file has lost its name.
        calibration = [every[row] for row in np.flatnonzero(~held)]
        return Pictures(calibration, [every[row] for row in np.flatnonzero(held)], tuple(dict.fromkeys(self._of)), notes)

    def _held_out(self) -> NDArray[np.bool_]:
        held = np.zeros(len(self), bool)
        sources = np.array(self._of)
        scarce = []  # Of a source with one or two pictures no stretch can be held out: those sources stand for each other.
        for source in dict.fromkeys(self._of):
            rows = np.flatnonzero(sources == source)
            if len(rows) < _EVERY:
                scarce += rows.tolist()
                continue
            held[rows] = np.arange(len(rows)) * min(_STRETCHES, len(rows)) // len(rows) % _EVERY == 1
        held[scarce[1::_EVERY]] = True
        return held

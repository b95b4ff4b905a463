"""Sightings gathered from pictures, in bounded memory: what a video, a folder and a live camera have in common."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.selection import Selection, distance, select
from trackside.geometry.camera.sighting import Refusal, Sighting

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board

# Sightings kept of an endless source, before the least useful are let go; each with a small picture, 0.3 MB at most.
_KEPT = 240
# Width of the small pictures that reports show.
_SMALL = 480
# Refusals that are kept one by one; beyond, they are counted by reason only.
_REFUSALS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A sighting and a small copy of its picture.

    Attributes:
        sighting: the board as seen, in pixels of the full picture.
        picture: uint8 [h, w, 3] RGB, at most 480 wide.
    """

    sighting: Sighting
    picture: NDArray[np.uint8]


class Collector:
    """Looks for the board in one picture after another, and keeps the best sightings.

    Args:
        board: to look for.
        most: sightings kept; when twice as many are there, the least useful are let go.
    """

    def __init__(self, board: Board, *, most: int = _KEPT) -> None:
        self.board = board
        self.shots: list[Shot] = []
        self.refusals: list[Refusal] = []
        self.reasons: Counter[str] = Counter()
        self.seen = 0
        self._examples: dict[str, str] = {}
        self._most = most

    @property
    def sightings(self) -> list[Sighting]:
        """Those kept, in the order of looking."""
        return [shot.sighting for shot in self.shots]

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the pictures in which the board was found; None before the first."""
        return self.shots[0].sighting.size if self.shots else None

    def look(self, image: RGB, *, time: float = math.nan, source: str = "") -> Sighting | Refusal:
        """Find the board in a picture, without keeping anything.

        Args:
            image: uint8 [h, w, 3] RGB or [h, w].
            time: seconds of media time.
            source: the file's or camera's name.
        """
        return replace(self.board.detect(image), source=source, time=time)

    def add(self, image: RGB, *, time: float = math.nan, source: str = "") -> Sighting | Refusal:
        """Find the board in a picture and keep the sighting; a refusal is counted. Arguments as for `look`."""
        found = self.look(image, time=time, source=source)
        self.seen += 1
        if isinstance(found, Sighting):
            self.keep(found, image)
        else:
            self.refuse(found)
        return found

    def keep(self, sighting: Sighting, image: RGB) -> None:
        """Keep a sighting; beyond twice `most` the least useful are let go."""
        self.shots.append(Shot(sighting, small(image)))
        if len(self.shots) > 2 * self._most:
            self.shots = [self.shots[row] for row in self.chosen(self._most).chosen]

    def refuse(self, refusal: Refusal) -> None:
        """Count a picture that cannot be used."""
        kind = _kind(refusal.reason)
        self.reasons[self._examples.setdefault(kind, refusal.reason)] += 1
        if len(self.refusals) < _REFUSALS:
            self.refusals.append(refusal)

    def chosen(self, most: int) -> Selection:
        """The sightings that cover best, of those kept."""
        return select(self.board, self.sightings, most)

    def moved(self, sighting: Sighting) -> float:
        """How far the board is from where the nearest kept sighting showed it, as a share of the picture's diagonal."""
        return min((distance(sighting, other) for other in self.sightings), default=math.inf)

    @property
    def coverage(self) -> Coverage | None:
        """Of all sightings kept; None before the first."""
        return None if self.size is None else Coverage.of(self.board, self.sightings, self.size)

    @property
    def commonest_reason(self) -> str:
        """Why most pictures could not be used, or an empty text."""
        return self.reasons.most_common(1)[0][0] if self.reasons else ""


def small(image: RGB) -> NDArray[np.uint8]:
    """A small copy of a picture, uint8 [h, w, 3], at most 480 wide."""
    import cv2

    picture = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
    height, width = picture.shape[:2]
    if width <= _SMALL:
        return np.array(picture, np.uint8)
    size = _SMALL, max(1, round(height * _SMALL / width))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _kind(reason: str) -> str:
    """A reason without its numbers, so that `9 of 44 dots found` and `12 of 44 dots found` count as one."""
    return re.sub(r"\d+", "…", reason.split(";")[0].split(",")[0])

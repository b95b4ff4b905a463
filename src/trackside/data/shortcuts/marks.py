"""Marks: the same look at the same place of many pictures that otherwise differ (a logo, a frame, a patch, a backdrop).

They are found without the labels. At each place the pictures' looks are searched for tight heaps: many pictures within a few
grey levels of each other, and few just outside. Nature rarely makes one; people who add a mark do. What all pictures have
everywhere (a white page, a black sky) makes heaps too, so a look that the other pictures show at other places is no mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCKS = 16
"""Places a side; each is 2 x 2 cells of the 32 x 32 thumbnail."""
EDGES = ("top edge", "bottom edge", "left edge", "right edge")
# Levels of 255: JPEG at quality 75 moves the cells of a flat patch by 2 to 4; a soft border of the patch by more.
_TIGHT = 9
# How far "just outside" reaches, and the share of pictures within it that must lie inside.
_SHELL, _PEAKED = 2.5, 0.6
_BIN = 16
_MOST_HEAPS = 48
# A look that this share of the pictures without the mark show elsewhere is an ordinary look.
_COMMON, _ASKED = 0.1, 96
# Two heaps with this share of their pictures in common (Jaccard) are one mark that covers both places.
_SAME = 0.75


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks that were found.

    Attributes:
        has: bool [n, k], which pictures have which mark.
        places: bool [k, 260], where each mark was seen: 16 x 16 blocks from the top left, row by row, then `EDGES`.
        colours: uint8 [k, 3], its mean colour at the place where most pictures have it.
    """

    has: NDArray[np.bool_]
    places: NDArray[np.bool_]
    colours: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.places)


def find_marks(thumbs: NDArray[np.uint8], edges: NDArray[np.uint8], at_least: int, rng: np.random.Generator) -> Marks:
    """Look for marks.

    Args:
        thumbs: uint8 [n, 32, 32, 3].
        edges: uint8 [n, 4, 8, 3], colours along the edges.
        at_least: pictures that a mark must be on.
        rng: draws the pictures that are asked whether a look is common.
    """
    looks = _looks(thumbs)
    found = _Heaps(len(thumbs))
    for place in range(looks.shape[1]):
        _search(looks[:, place], place, at_least, found, looks, rng)
    lines = edges.reshape(len(edges), len(EDGES), -1)
    for edge in range(len(EDGES)):
        _search(lines[:, edge], BLOCKS**2 + edge, at_least, found, lines, rng)
    return found.joined()


class _Heaps:
    """Heaps found so far."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.has: list[NDArray[np.bool_]] = []
        self.places: list[int] = []
        self.colours: list[NDArray[np.uint8]] = []

    def add(self, has: NDArray[np.bool_], place: int, colour: NDArray[np.uint8]) -> None:
        self.has.append(has)
        self.places.append(place)
        self.colours.append(colour)

    def joined(self) -> Marks:
        """Heaps of the same pictures at several places as one mark, the largest heap first."""
        order = sorted(range(len(self.has)), key=lambda heap: -int(self.has[heap].sum()))
        leaders: list[int] = []
        where: list[set[int]] = []
        packed = np.zeros((len(order), self.n), np.float32)
        for heap in order:
            has = self.has[heap].astype(np.float32)
            both = packed[: len(leaders)] @ has
            union = packed[: len(leaders)].sum(1) + has.sum() - both
            near = np.flatnonzero(both >= _SAME * union)
            if len(near):
                where[int(near[0])].add(self.places[heap])
                continue
            packed[len(leaders)] = has
            leaders.append(heap)
            where.append({self.places[heap]})
        places = np.zeros((len(leaders), BLOCKS**2 + len(EDGES)), bool)
        for mark, seen in enumerate(where):
            places[mark, sorted(seen)] = True
        has_all = np.array([self.has[heap] for heap in leaders], bool).reshape(len(leaders), self.n).T
        return Marks(has_all, places, np.array([self.colours[heap] for heap in leaders], np.uint8).reshape(-1, 3))


def _looks(thumbs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 [n, 256, 12]: the four cells of each block."""
    n = len(thumbs)
    cells = thumbs.reshape(n, BLOCKS, 2, BLOCKS, 2, 3).transpose(0, 1, 3, 2, 4, 5)
    return np.ascontiguousarray(cells.reshape(n, BLOCKS**2, 12))


def _search(
    here: NDArray[np.uint8], place: int, at_least: int, found: _Heaps, looks: NDArray[np.uint8], rng: np.random.Generator
) -> None:
    """Add the heaps of one place; `here` is uint8 [n, d], `looks` [n, p, d] of all places of its kind."""
    taken: list[NDArray[np.uint8]] = []
    levels = np.ascontiguousarray(here.T)
    for centre in _centres(here, at_least):
        if any(int(np.abs(centre.astype(np.int16) - other).max()) <= _TIGHT for other in taken):
            continue
        far = (np.maximum(levels, centre[:, None]) - np.minimum(levels, centre[:, None])).max(0)
        close = far <= _TIGHT
        count = int(close.sum())
        if count < at_least or count == len(here) or count < _PEAKED * int((far <= int(_TIGHT * _SHELL)).sum()):
            continue
        taken.append(centre)
        if not _is_common(looks, centre, close, rng):
            found.add(close, place, centre.reshape(-1, 3).mean(0).astype(np.uint8))


def _centres(here: NDArray[np.uint8], at_least: int) -> list[NDArray[np.uint8]]:
    """The medians of the fullest bins of mean colour; two sets of bins, so that no heap is cut by both."""
    mean = here.reshape(len(here), -1, 3).mean(1, dtype=np.float32)
    centres: list[tuple[int, NDArray[np.uint8]]] = []
    for shift in (0.0, _BIN / 2):
        bins = ((mean + shift) // _BIN).astype(np.int64)
        _, where, counts = np.unique(bins @ np.array([1024, 32, 1]), return_inverse=True, return_counts=True)
        full = np.flatnonzero(counts >= max(2, at_least // 2))
        fullest = full[np.argsort(-counts[full], kind="stable")][:_MOST_HEAPS]
        centres += [(int(counts[one]), np.median(here[where == one], axis=0).astype(np.uint8)) for one in fullest]
    return [centre for _, centre in sorted(centres, key=lambda pair: -pair[0])]


def _is_common(
    looks: NDArray[np.uint8], centre: NDArray[np.uint8], has: NDArray[np.bool_], rng: np.random.Generator
) -> bool:
    """Whether pictures without the mark show its look at any place."""
    others = np.flatnonzero(~has)
    asked = looks[rng.choice(others, min(_ASKED, len(others)), replace=False)]
    near = (np.maximum(asked, centre) - np.minimum(asked, centre)).max(2) <= _TIGHT
    return float(near.any(1).mean()) > _COMMON

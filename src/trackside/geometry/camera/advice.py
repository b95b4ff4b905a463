"""Where to hold the board next: one sentence, and the outline that the board would then have in the picture.

Every place, tilt and distance that a person can hold a board at is drawn with a guessed lens, and the one that would add
most to the coverage is advised. So the advice and the choice of pictures (`selection.py`) rest on the same worth.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.views import SIDES, Floats, View, cells_of, guessed_focal, size_of_outline

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board

# Tilt that is advised: people overshoot, and detection is sure up to 60 degrees.
_TILT = math.radians(35)
_PLACES = ("left", "", "right"), ("upper", "", "lower")
# Of the picture, between the advised outline and the picture's edge: nobody holds a board to the pixel.
_MARGIN = 0.02
# Sizes (`View.size`) advised in the middle and elsewhere.
_MIDDLE_SIZES, _OUTER_SIZES = (0.6, 0.4), (0.45, 0.3)


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What to do next.

    Attributes:
        text: one sentence for the person who holds the board.
        outline: float64 [4, 2] where the board should be, pixels, or None where any place will do.
    """

    text: str
    outline: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    place: tuple[int, int]
    view: View


def advise(board: Board, coverage: Coverage) -> Advice:
    """Where to hold the board so that the next view adds most.

    Args:
        board: that is waved.
        coverage: so far; its `size` is the picture's.
    """
    targets = _targets(_aspect(board), coverage.size)
    best = targets[int(np.argmax(coverage.gains([target.view for target in targets])))]
    return Advice(f"Hold the board {_words(best)}", best.view.outline)


def _words(target: _Target) -> str:
    column, row = (_PLACES[axis][index] for axis, index in enumerate(target.place))
    match (row, column):
        case ("", ""):
            place = "in the middle"
        case (_, "") | ("", _):
            place = f"at the { ({'upper': 'top', 'lower': 'bottom'}.get(row) or column) } edge"
        case _:
            place = f"in the {row} {column} corner"
    near = ", so close that it fills the outline" if target.view.size > 0.5 else ""
    side = target.view.side
    return f"{place}{near}, {'facing the camera' if side < 0 else f'its {_side(side)} tilted away from the camera'}"


def _side(side: int) -> str:
    name = SIDES[side]
    return f"{name} corner" if " " in name else f"{name} side" if name in ("left", "right") else f"{name} edge"


def _aspect(board: Board) -> float:
    """Width over height, half a spacing around the outer points included."""
    extent = np.ptp(board.points[:, :2], axis=0)
    spacing = math.sqrt(float(np.prod(extent)) / max(len(board.points), 1))
    return float((extent[0] + spacing) / (extent[1] + spacing))


@lru_cache(maxsize=16)
def _targets(aspect: float, size: tuple[int, int]) -> tuple[_Target, ...]:
    return tuple(_all_targets(aspect, size))


def _all_targets(aspect: float, size: tuple[int, int]) -> Iterator[_Target]:
    # Front runners first: among equals the first is advised, and the middle is where people begin.
    for place in sorted(itertools.product(range(3), range(3)), key=lambda place: (place != (1, 1), place)):
        sizes = _MIDDLE_SIZES if place == (1, 1) else _OUTER_SIZES
        for share, side in itertools.product(sizes, range(-1, 8)):
            away = max(side, 0) * math.pi / 4
            outline = _outline(aspect, size, place, share, _TILT if side >= 0 else 0.0, away)
            view = View(cells_of(outline, size), _TILT if side >= 0 else 0.0, away, size_of_outline(outline, size), outline)
            yield _Target(place, view)


def _outline(aspect: float, size: tuple[int, int], place: tuple[int, int], share: float, tilt: float, away: float) -> Floats:
    """The board's corners [4, 2] in the picture, at a place of the 3 x 3, spanning that share, inside the picture."""
    picture = np.array(size, float)
    corners = np.array([(-aspect, -1), (aspect, -1), (aspect, 1), (-aspect, 1)]) / 2 / math.sqrt(aspect)
    outline = _projected(corners, guessed_focal(size), math.sqrt(float(picture.prod())) * share, tilt, away)
    room = picture * (1 - 2 * _MARGIN)
    outline *= min(1.0, *(room / np.ptp(outline, axis=0)))
    free = room - np.ptp(outline, axis=0)
    return np.asarray(outline - outline.min(0) + picture * _MARGIN + free * np.array(place) / 2 - 0.5)


def _projected(corners: Floats, focal: float, length: float, tilt: float, away: float) -> Floats:
    """A flat thing of area 1, turned so that its side in direction `away` is further, seen so large: pixels [n, 2]."""
    import cv2

    axis = np.array([math.sin(away), -math.cos(away), 0.0]) * tilt
    turned = np.column_stack([corners, np.zeros(len(corners))]) @ cv2.Rodrigues(axis)[0].T
    depth = focal / length / math.sqrt(max(math.cos(tilt), 0.2))
    return np.asarray(focal * turned[:, :2] / (turned[:, 2:] + depth))

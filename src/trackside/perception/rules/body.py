"""Where on a person an item is worn, and whether that part of the person can be seen.

Without body points, the parts are shares of the box of somebody who stands: body segments as shares of stature after
Drillis and Contini 1966 (as in Winter 2009, *Biomechanics and Motor Control of Human Movement*, figure 4.1): the shoulders
are at 0.818 of it, the hips at 0.530, the wrists of hanging arms at 0.485, the ankles at 0.039.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import SKELETONS, Keypoints, SettingError, Tracks

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

# Width of the box around somebody who stands, as a share of the height (MOTChallenge annotates people with 0.41).
_WIDTH = 0.41
# Shoulders to hips, as a share of stature.
_TRUNK = 0.818 - 0.530
# Pixels from the picture's edge at which a box counts as cut by it: detectors end boxes there, more or less.
_EDGE = 2.0
# A part counts as hidden where another person in front, or the picture's edge, takes more than this of it.
_MOST_HIDDEN = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the body.

    Attributes:
        top, bottom: of a standing person's box, as shares of its height from the top; what is worn may stick out.
        width: as a share of the box's width.
        points: the skeleton's points that show it, without their side.
        reach: how far around those points it reaches to the sides, up and down, as shares of stature.
    """

    top: float
    bottom: float
    width: float
    points: tuple[str, ...]
    reach: tuple[float, float, float]


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "head": Part(-0.05, 0.182, 0.8, ("nose", "eye", "ear"), (0.09, 0.16, 0.09)),
        "torso": Part(0.13, 0.50, 1.0, ("shoulder", "hip"), (0.06, 0.04, 0.04)),
        "hands": Part(0.38, 0.68, 1.2, ("wrist",), (0.09, 0.08, 0.12)),
        "feet": Part(0.90, 1.02, 1.1, ("ankle",), (0.08, 0.04, 0.08)),
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A part of the body of several people.

    Attributes:
        boxes: float64 [n, 4], x1 y1 x2 y2 in pixels.
        visible: bool [n].
    """

    boxes: Floats
    visible: Flags


class Body:
    """Finds parts of people and tells which can be seen.

    Args:
        least_size: pixels; a part whose shorter side is smaller is too small to be judged.
        least_score: a body point below it counts as not seen.

    Raises:
        SettingError: a number out of range.
    """

    def __init__(self, *, least_size: float = 8.0, least_score: float = 0.3) -> None:
        if not 0 <= least_size < np.inf or not 0 <= least_score <= 1:
            raise SettingError(f"need a size from 0 up and a score from 0 to 1, got {least_size=}, {least_score=}")
        self._least_size, self._least_score = least_size, least_score

    def part(self, name: str, people: Tracks, size: tuple[int, int], poses: Keypoints | None = None) -> Seen:
        """One part of each of these people.

        Args:
            name: of the part, in `PARTS`.
            people: who is where.
            size: width and height of the picture.
            poses: body points; those of a person are known by its identity. Whoever has none is judged by the box.
        """
        part, boxes = PARTS[name], people.boxes.astype(np.float64)
        parts, cut = _from_boxes(part, boxes, size)
        unseen = np.zeros(len(boxes), np.bool_)
        if poses is not None and len(poses):
            rows, found, clear = self._from_poses(part, people, poses)
            parts[rows[clear]], cut[rows] = found[clear], False
            unseen[rows] = ~clear
        sides = parts[:, 2:] - parts[:, :2]
        small = ~(sides.min(axis=1, initial=np.inf) >= max(self._least_size, 1e-9))
        hidden = _outside(parts, size) > _MOST_HIDDEN
        visible = ~(cut | unseen | small | hidden | _covered(parts, boxes))
        return Seen(parts, visible & np.isfinite(parts).all(axis=1))

    def _from_poses(self, part: Part, people: Tracks, poses: Keypoints) -> tuple[NDArray[np.intp], Floats, Flags]:
        """Rows of people with body points, the box of the part by them, and whether enough of its points are seen."""
        assert poses.ids is not None
        where = {int(track): row for row, track in enumerate(poses.ids.tolist()) if track > 0}
        rows = np.array([n for n, track in enumerate(people.ids.tolist()) if track in where], np.intp)
        bodies = poses[np.array([where[int(people.ids[n])] for n in rows], np.intp)]
        names = SKELETONS[poses.skeleton].points
        columns = [names.index(point) for point in _both_sides(part.points, names)]
        points, seen = bodies.points[:, columns].astype(np.float64), bodies.scores[:, columns] >= self._least_score
        with_nothing = np.where(seen[..., None], points, np.inf), np.where(seen[..., None], points, -np.inf)
        low, high = with_nothing[0].min(axis=1, initial=np.inf), with_nothing[1].max(axis=1, initial=-np.inf)
        heights = people.boxes[rows, 3] - people.boxes[rows, 1]
        stature = np.maximum(self._stature(bodies), heights.astype(np.float64))[:, None]
        side, up, down = part.reach
        boxes = np.hstack([low - stature * [side, up], high + stature * [side, down]])
        # A torso by one shoulder says too little; of a head, one ear is enough.
        needed = 2 if "shoulder" in part.points else 1
        return rows, boxes, seen.sum(axis=1) >= needed

    def _stature(self, bodies: Keypoints) -> Floats:
        """How tall each is in pixels by its trunk; 0 where that is not seen."""
        names = SKELETONS[bodies.skeleton].points
        ends = []
        seen = np.ones(len(bodies), np.bool_)
        for point in ("shoulder", "hip"):
            columns = [names.index(name) for name in _both_sides((point,), names)]
            ends.append(bodies.points[:, columns].astype(np.float64).mean(axis=1))
            seen &= (bodies.scores[:, columns] >= self._least_score).all(axis=1)
        return np.where(seen, np.hypot(*(ends[0] - ends[1]).T) / _TRUNK, 0.0)


def _from_boxes(part: Part, boxes: Floats, size: tuple[int, int]) -> tuple[Floats, Flags]:
    """The part of each person by the box alone, and whether the picture's edge has cut it off."""
    x1, y1, x2, y2 = boxes.T
    top_cut, bottom_cut = y1 <= _EDGE, y2 >= size[1] - _EDGE
    height = y2 - y1
    # Cut below, the box is no longer as tall as the person: its width tells better.
    height = np.where(bottom_cut, np.maximum(height, (x2 - x1) / _WIDTH), height)
    half, middle = (x2 - x1) * part.width / 2, (x1 + x2) / 2
    parts = np.column_stack([middle - half, y1 + part.top * height, middle + half, y1 + part.bottom * height])
    # Cut above, nobody knows how much is missing: only what stands on the ground can be told from the box.
    return parts, top_cut & (part.top < 0.9)


def _outside(parts: Floats, size: tuple[int, int]) -> Floats:
    """The share of each part that lies outside the picture."""
    low, high = np.maximum(parts[:, :2], 0), np.minimum(parts[:, 2:], size)
    inside = np.clip(high - low, 0, None).prod(axis=1)
    return np.asarray(1 - inside / np.maximum((parts[:, 2:] - parts[:, :2]).prod(axis=1), 1e-9))


def _covered(parts: Floats, boxes: Floats) -> Flags:
    """Whether another person's box in front hides most of a part. In front is who stands lower in the picture."""
    low = np.maximum(parts[:, None, :2], boxes[None, :, :2])
    high = np.minimum(parts[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    share = shared / np.maximum((parts[:, 2:] - parts[:, :2]).prod(axis=1), 1e-9)[:, None]
    in_front = boxes[None, :, 3] > boxes[:, None, 3]
    return np.asarray(((share > _MOST_HIDDEN) & in_front).any(axis=1))


def _both_sides(points: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    wanted = {*points, *(f"{side}_{point}" for point in points for side in ("left", "right"))}
    return [name for name in names if name in wanted]

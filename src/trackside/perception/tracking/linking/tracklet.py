"""Tracklets: stretches of one object's boxes, to be cut, joined and filled once the whole recording is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, Tracks

Floats = NDArray[np.float64]
Frames = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tracklet:
    """Sightings of one object, in the order of time.

    Attributes:
        frames: int64 [k], strictly ascending places in the recording's list of times.
        boxes: float64 [k, 4], x1 y1 x2 y2.
        scores: float64 [k].
        classes: int32 [k].
        feature: float64 [d], unit length: what it looks like; None where unknown.
    """

    frames: Frames
    boxes: Floats
    scores: Floats
    classes: NDArray[np.int32]
    feature: Floats | None = None

    def __len__(self) -> int:
        return len(self.frames)

    def part(self, rows: slice) -> Tracklet:
        """Some of its sightings."""
        return Tracklet(self.frames[rows], self.boxes[rows], self.scores[rows], self.classes[rows], self.feature)


def tracklets_of(recording: Mapping[int, Tracks], frames: Sequence[int]) -> list[Tracklet]:
    """The tracks of a recording as tracklets, by identity, in the order of their beginnings.

    Boxes that are not finite or have no area are left out.

    Args:
        recording: frame to the tracks in it.
        frames: the frames of the recording, ascending; places in this list become `Tracklet.frames`.

    Raises:
        InputError: an identity appears twice in a frame.
    """
    present = [
        (place, recording[frame]) for place, frame in enumerate(frames) if frame in recording and len(recording[frame])
    ]
    if not present:
        return []
    places = np.repeat([place for place, _ in present], [len(tracks) for _, tracks in present])
    ids = np.concatenate([tracks.ids for _, tracks in present])
    boxes = np.concatenate([tracks.boxes for _, tracks in present]).astype(np.float64)
    scores = np.concatenate([tracks.scores for _, tracks in present]).astype(np.float64)
    classes = np.concatenate([tracks.classes for _, tracks in present])
    sound = np.isfinite(boxes).all(axis=1) & (boxes[:, :2] < boxes[:, 2:]).all(axis=1)
    order = np.lexsort((places, ids))
    order = order[sound[order]]
    ids, places, boxes, scores, classes = ids[order], places[order], boxes[order], scores[order], classes[order]
    twice = np.flatnonzero((ids[1:] == ids[:-1]) & (places[1:] == places[:-1]))
    if len(twice):
        row = int(twice[0])
        raise InputError(f"identity {ids[row]} appears twice in frame {frames[places[row]]}", where="tracks")
    cuts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
    stretches = (slice(start, end) for start, end in pairwise(cuts) if end > start)
    found = [Tracklet(places[rows], boxes[rows], scores[rows], classes[rows]) for rows in stretches]
    return sorted(found, key=lambda tracklet: int(tracklet.frames[0]))


def joined(parts: Sequence[Tracklet]) -> Tracklet:
    """Tracklets that follow each other, as one."""
    if len(parts) == 1:
        return parts[0]
    features = [part.feature * len(part) for part in parts if part.feature is not None]
    total = np.sum(features, axis=0) if features else None
    length = 0.0 if total is None else float(np.linalg.norm(total))
    return Tracklet(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.classes for part in parts]),
        total / length if total is not None and length > 0 else None,
    )

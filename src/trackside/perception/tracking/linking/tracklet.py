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
        features: float [k, d], unit length: what it looks like at each sighting, NaN where unknown; None without.
    """

    frames: Frames
    boxes: Floats
    scores: Floats
    classes: NDArray[np.int32]
    features: Floats | None = None

    def __len__(self) -> int:
        return len(self.frames)

    def part(self, rows: slice) -> Tracklet:
        """Some of its sightings."""
        features = None if self.features is None else self.features[rows]
        return Tracklet(self.frames[rows], self.boxes[rows], self.scores[rows], self.classes[rows], features)


def tracklets_of(
    recording: Mapping[int, Tracks], frames: Sequence[int], features: Mapping[int, NDArray[np.floating]] | None = None
) -> list[Tracklet]:
    """The tracks of a recording as tracklets, by identity, in the order of their beginnings.

    Boxes that are not finite or have no area are left out, and those whose score is not a number.

    Args:
        recording: frame to the tracks in it.
        frames: the frames of the recording, ascending; places in this list become `Tracklet.frames`.
        features: frame to embeddings [n, d] of the tracks in it.

    Raises:
        InputError: an identity appears twice in a frame, or embeddings do not go with the tracks.
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
    sound = np.all(np.isfinite(boxes), axis=1) & np.all(boxes[:, :2] < boxes[:, 2:], axis=1) & ~np.isnan(scores)
    order = np.lexsort((places, ids))
    order = order[sound[order]]
    ids, places, boxes, scores = ids[order], places[order], boxes[order], scores[order]
    classes = np.concatenate([tracks.classes for _, tracks in present])[order]
    seen = None if features is None else _features_of(present, frames, features)[order]
    twice = np.flatnonzero((ids[1:] == ids[:-1]) & (places[1:] == places[:-1]))
    if len(twice):
        row = int(twice[0])
        raise InputError(f"identity {ids[row]} appears twice in frame {frames[places[row]]}", where="tracks")
    whole = Tracklet(places, boxes, scores, classes, seen)
    cuts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
    found = [whole.part(slice(start, end)) for start, end in pairwise(cuts) if end > start]
    return sorted(found, key=lambda tracklet: int(tracklet.frames[0]))


def _features_of(
    present: Sequence[tuple[int, Tracks]], frames: Sequence[int], features: Mapping[int, NDArray[np.floating]]
) -> Floats:
    """Embeddings [n, d] of all tracks of all frames, NaN in frames without."""
    width = max((each.shape[1] for each in features.values() if each.ndim == 2), default=0)
    rows = []
    for place, tracks in present:
        given = features.get(frames[place], np.full((len(tracks), width), np.nan, np.float16))
        if given.shape != (len(tracks), width):
            what = f"embeddings {list(given.shape)} for {len(tracks)} tracks in frame {frames[place]}"
            raise InputError(what, where="tracks", fix=f"give [n, {width}], a row a track")
        rows.append(given)
    return np.concatenate(rows)


def joined(parts: Sequence[Tracklet]) -> Tracklet:
    """Tracklets that follow each other, as one."""
    if len(parts) == 1:
        return parts[0]
    features = [part.features for part in parts]
    return Tracklet(
        np.concatenate([part.frames for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.classes for part in parts]),
        None if any(each is None for each in features) else np.concatenate([each for each in features if each is not None]),
    )

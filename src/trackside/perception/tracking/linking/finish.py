"""Finished tracks: what is too little evidence is left out, gaps are filled, ends are extended, boxes are smoothed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.existence import MOST_ODDS, log_odds
from trackside.perception.tracking.linking.settings import LinkSettings
from trackside.perception.tracking.linking.smoother import Path
from trackside.perception.tracking.linking.tracklet import Frames, Tracklet


@dataclass(frozen=True, slots=True)
class FinishedTrack:
    """One object over a recording.

    Attributes:
        frames: int64 [k], ascending places in the recording's list of times.
        boxes: float64 [k, 4], x1 y1 x2 y2, smoothed.
        deviations: float64 [k, 4], standard deviations of centre x, foot y, width and height, pixels; larger in gaps.
        seen: bool [k], whether it was detected in this frame; if not, it is where it must have been.
        score: mean of its detections' scores.
        label: its most frequent class.
    """

    frames: Frames
    boxes: Floats
    deviations: Floats
    seen: NDArray[np.bool_]
    score: float
    label: int


def is_credible(tracklet: Tracklet, frame_seconds: float, even: float, settings: LinkSettings) -> bool:
    """Whether a track has been seen long enough, and surely enough.

    Args:
        tracklet: all its sightings.
        frame_seconds: how long a frame lasts.
        even: the score that counts nothing.
        settings: the bounds.
    """
    weights = (log_odds(tracklet.scores) - log_odds(even)) / MOST_ODDS
    return len(tracklet) * frame_seconds >= settings.least and float(weights.sum()) * frame_seconds >= settings.evidence


def finish(tracklet: Tracklet, path: Path, times: Floats, settings: LinkSettings) -> FinishedTrack:
    """One object's boxes in every frame in which it is believed to be there."""
    rows = tracklet.frames - path.frames[0]
    seen = np.zeros(len(path.frames), np.bool_)
    seen[rows] = True
    # For each frame the sightings around it: how long the gap is that it lies in.
    after = np.searchsorted(rows, np.arange(len(seen)))
    around = times[tracklet.frames[after]] - times[tracklet.frames[np.maximum(after - 1, 0)]]
    chosen = seen | (around <= settings.fill)
    before, later = _extension(path, times, settings.extend, 0), _extension(path, times, settings.extend, -1)
    return FinishedTrack(
        np.concatenate([before[0], path.frames[chosen], later[0]]),
        np.concatenate([before[1], path.boxes[chosen], later[1]]),
        np.concatenate([before[2], path.deviations[chosen], later[2]]),
        np.concatenate([np.zeros(len(before[0]), np.bool_), seen[chosen], np.zeros(len(later[0]), np.bool_)]),
        float(tracklet.scores.mean()),
        int(np.bincount(np.maximum(tracklet.classes, 0)).argmax()),
    )


def _extension(path: Path, times: Floats, seconds: float, end: int) -> tuple[Frames, Floats, Floats]:
    """Frames, boxes and deviations beyond one end of a path (0 or -1): on with its velocity, at its size."""
    here = int(path.frames[end])
    if end:
        frames = np.arange(here + 1, np.searchsorted(times, times[here] + seconds, side="right"))
    else:
        frames = np.arange(np.searchsorted(times, times[here] - seconds, side="left"), here)
    dt = (times[frames] - times[here])[:, None]
    place = np.repeat(path.place[end][None], len(frames), axis=0)
    place[:, :2] += dt * path.velocity[end, :2]
    variances = path.spread[end, 0] + 2 * np.abs(dt) * np.abs(path.spread[end, 1]) + dt**2 * path.spread[end, 2]
    extended = Path(frames, place, np.zeros_like(place), np.stack([variances] * 3, axis=1), path.height)
    return frames, extended.boxes, np.sqrt(variances)

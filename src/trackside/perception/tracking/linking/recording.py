"""A whole recording: from tracks, or from detections, to finished tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, InputError, Tracks
from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.calibration import weightless_score
from trackside.perception.tracking.kalman import Noise
from trackside.perception.tracking.linking.finish import FinishedTrack, finish, is_credible
from trackside.perception.tracking.linking.link import chains
from trackside.perception.tracking.linking.settings import LinkSettings
from trackside.perception.tracking.linking.smoother import smooth
from trackside.perception.tracking.linking.split import split
from trackside.perception.tracking.linking.tracklet import Tracklet, joined, tracklets_of
from trackside.perception.tracking.settings import Round, TrackerSettings
from trackside.perception.tracking.similarity import Likeness
from trackside.perception.tracking.tracker import Tracker

# Short and pure: what is not seen again at once ends, what competes for a detection must be much alike, all are kept.
_STRETCHES = TrackerSettings(
    rounds=(Round(tracks="all", found="all", like=Likeness(least=0.24, expand=0.05)),),
    low=0.0,
    new=0.0,
    high=0.0,
    keep_lost=0.265,
    sightings=1,
    noise=Noise(acceleration=0.1, resizing=0.1, place=0.085, size=0.1, speed=2.4),
)
_EVEN = 0.5
# In frames.
_LEAST_PATIENCE = 1.5
# Joining first what is near in time, so that what is far is judged by longer stretches.
_ROUNDS = (0.5, 1.0)


def track_recording(
    recording: Mapping[int, Detections], times: Mapping[int, float], settings: LinkSettings | None = None
) -> dict[int, Tracks]:
    """Tracks of a recording of which all detections are at hand.

    Args:
        recording: frame to what was found in it.
        times: frame to its media time, seconds, for all frames of the recording.
        settings: the beliefs.

    Returns:
        Frame to the tracks in it.

    Raises:
        InputError: a frame has no time, or times do not ascend with frames.
    """
    _seconds_of(recording, times)
    frames = sorted(times)
    # At a low frame rate patience must still reach the next frame.
    frame = float(np.median(np.diff([times[each] for each in frames]))) if len(frames) > 1 else 0.0
    tracker = Tracker(_STRETCHES, keep_lost=max(_STRETCHES.keep_lost, _LEAST_PATIENCE * frame))
    found = {}
    for each in frames:
        # Hours without anything cost nothing.
        if each in recording or len(tracker):
            found[each] = tracker.update(recording.get(each, Detections.empty()), times[each])
    return link_recording(found, times, settings)


def link_recording(
    recording: Mapping[int, Tracks],
    times: Mapping[int, float],
    settings: LinkSettings | None = None,
    *,
    features: Mapping[int, NDArray[np.floating]] | None = None,
) -> dict[int, Tracks]:
    """Finished tracks: cut where they are mixed, joined across gaps, filled and smoothed.

    Args:
        recording: frame to the tracks in it.
        times: frame to its media time, seconds, for all frames of the recording.
        settings: the beliefs.
        features: frame to embeddings [n, d] of its tracks, unit length, NaN where unknown.

    Returns:
        Frame to the tracks in it.

    Raises:
        InputError: a frame has no time, times do not ascend with frames, or an identity appears twice in a frame.
    """
    settings = LinkSettings() if settings is None else settings
    frames = sorted(times)
    seconds = _seconds_of(recording, times)
    if settings.even is None:
        settings = replace(settings, even=weightless_score(recording))
    tracks = finished(tracklets_of(recording, frames, features), seconds, settings)
    names = next((each.names for each in recording.values() if each.names), ())
    return by_frame(tracks, frames, names)


def _seconds_of(recording: Mapping[int, Detections], times: Mapping[int, float]) -> Floats:
    """The time of each frame, ascending."""
    if missing := sorted(recording.keys() - times.keys()):
        raise InputError(f"frame {missing[0]} has no time", where="tracks")
    seconds = np.array([times[frame] for frame in sorted(times)], np.float64)
    if not np.isfinite(seconds).all() or (np.diff(seconds) <= 0).any():
        raise InputError("times must be finite and ascend from frame to frame", where="tracks")
    return seconds


def finished(tracklets: Sequence[Tracklet], times: Floats, settings: LinkSettings) -> list[FinishedTrack]:
    """Tracklets, cut, joined, filled and smoothed; those without credit are left out."""
    tracklets = split(tracklets, times, settings)
    reaches = [share * settings.gap for share in _ROUNDS]
    if any(tracklet.features is not None for tracklet in tracklets):
        reaches.append(max(settings.gap, settings.absent))
    for reach in reaches:
        paths = smooth(tracklets, times, settings.noise)
        found = chains(tracklets, paths, times, settings, reach)
        tracklets = [joined([tracklets[row] for row in chain]) for chain in found]
    frame = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    credible = [tracklet for tracklet in tracklets if is_credible(tracklet, frame, settings.even or _EVEN, settings)]
    paths = smooth(credible, times, settings.noise)
    return [finish(tracklet, path, times, settings) for tracklet, path in zip(credible, paths, strict=True)]


def by_frame(tracks: Sequence[FinishedTrack], frames: Sequence[int], names: tuple[str, ...] = ()) -> dict[int, Tracks]:
    """Finished tracks as tracks by frame, with identities from 1 in the order of their beginnings.

    Args:
        tracks: of a recording.
        frames: the frames of the recording, ascending.
        names: of the classes.
    """
    if not tracks:
        return {}
    tracks = sorted(tracks, key=lambda track: int(track.frames[0]))
    lengths = [len(track.frames) for track in tracks]
    places = np.concatenate([track.frames for track in tracks])
    order = np.argsort(places, kind="stable")
    boxes = np.concatenate([track.boxes for track in tracks])[order]
    scores, labels = (np.repeat(values, lengths)[order] for values in ([t.score for t in tracks], [t.label for t in tracks]))
    ids = np.repeat(np.arange(1, len(tracks) + 1), lengths)[order]
    present, starts = np.unique(places[order], return_index=True)
    stretches = np.split(np.arange(len(order)), starts[1:])
    return {
        frames[place]: Tracks(boxes[rows], scores[rows], labels[rows], names, ids[rows])
        for place, rows in zip(present.tolist(), stretches, strict=True)
    }

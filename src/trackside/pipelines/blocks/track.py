"""Giving objects an identity that lasts through the stream."""

from __future__ import annotations

from typing import NamedTuple

from trackside.core import Detections, Keypoints, Tracks
from trackside.core.units import Fraction, Seconds
from trackside.perception import Tracker
from trackside.pipelines.block import block
from trackside.pipelines.kinds import MediaTime


@block("track.objects@1")
class TrackObjects:
    """Follow objects from frame to frame: every detection counts, also the faint ones (ByteTrack, Zhang et al. 2022).

    Args:
        detections: what was found.
        time: media time.
        high: score from which a detection may start a track.
        low: score from which a detection may still continue one.
        keep_lost: how long a track that is not seen waits to be found again.
        same_class: an object never changes its class.
    """

    def __init__(
        self, *, high: Fraction = 0.5, low: Fraction = 0.1, keep_lost: Seconds = 1.0, same_class: bool = False
    ) -> None:
        self._tracker = Tracker("bytetrack", high=high, low=low, keep_lost=keep_lost, class_aware=same_class)

    def __call__(self, detections: Detections, time: MediaTime) -> Tracks:
        return self._tracker.update(detections, time)

    @property
    def ended(self) -> list[int]:
        """Identities that ended with the last frame."""
        return self._tracker.ended


class TrackedPoses(NamedTuple):
    """What tracking of poses gives."""

    tracks: Tracks
    poses: Keypoints


@block("track.poses@1")
class TrackPoses:
    """Follow people by the boxes around their body points; the points carry the identities on.

    Args:
        poses: body points of each person.
        time: media time.
        high: score from which a person may start a track.
        low: score from which a person may still continue one.
        keep_lost: how long a person who is not seen waits to be found again.
    """

    def __init__(self, *, high: Fraction = 0.5, low: Fraction = 0.1, keep_lost: Seconds = 1.0) -> None:
        self._tracker = Tracker("bytetrack", high=high, low=low, keep_lost=keep_lost)

    def __call__(self, poses: Keypoints, time: MediaTime) -> TrackedPoses:
        tracks = self._tracker.update(poses.boxes(), time)
        seen = poses[self._tracker.rows]
        return TrackedPoses(tracks, Keypoints(seen.points, seen.scores, seen.skeleton, tracks.ids))

    @property
    def ended(self) -> list[int]:
        """Identities that ended with the last frame."""
        return self._tracker.ended

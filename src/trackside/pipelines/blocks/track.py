"""Giving objects an identity that lasts through the stream."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from trackside.core import Affine, Detections, Embeddings, Keypoints, SettingError, Tracks
from trackside.core.units import Coordinate, Fraction, Line, Metres, Seconds
from trackside.perception import Tracker
from trackside.perception.tracking.ground import homography_of
from trackside.perception.tracking.priors import motion_prior, patience, prior_settings
from trackside.pipelines.block import block
from trackside.pipelines.kinds import MediaTime

MotionName = Literal["free", "straight line", "lane", "plane"]
GroundPoint = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
TrackerName = Literal["evidence", "bytetrack", "ocsort", "deep-eiou"]


class _Tracking:
    """A tracker, and the identities that it has given up."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    @property
    def ended(self) -> list[int]:
        """Identities that ended with the last frame."""
        return self._tracker.ended


@block("track.objects@1")
class TrackByByteTrack(_Tracking):
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
        super().__init__(Tracker("bytetrack", high=high, low=low, keep_lost=keep_lost, class_aware=same_class))

    def __call__(self, detections: Detections, time: MediaTime) -> Tracks:
        return self._tracker.update(detections, time)


def _name_bytetrack(settings: dict[str, Any]) -> dict[str, Any]:
    """From version 1, which knew one tracker only, to version 2."""
    return {"tracker": "bytetrack", **settings}


@block("track.objects@2", migrations={1: _name_bytetrack})
class TrackObjects(_Tracking):
    """Follow objects from frame to frame.

    The trackers: `bytetrack` (Zhang et al. 2022) lets faint detections continue a track. `evidence` weighs how sure it is
    that there is something, and gives a sure track out through a short miss where it is expected; it asks for scores that
    mean something. `ocsort` (Cao et al. 2023) trusts what was seen over what was predicted, for crowds that turn and hide
    each other. `deep-eiou` (Huang et al. 2024) is for sport, where people are fast and change direction.

    Args:
        detections: what was found.
        time: media time.
        embeddings: how each detection looks; for `evidence` and `deep-eiou`.
        camera: how the camera moved since the picture that was tracked last; without it, it counts as still.
        tracker: which one.
        high: score from which a detection may start a track, which about half of the detections with that score should;
            nothing for what the tracker takes by itself.
        low: score from which a detection may still continue one; nothing for what the tracker takes by itself.
        keep_lost: how long a track that is not seen waits to be found again; nothing for what the tracker takes by itself.
        same_class: an object never changes its class.
        motion: what is known of how things move here. `free`: people who turn any time. `straight line`: runners seen from
            the side, vehicles. `lane`: swimmers, who stay in their lane, turn at its walls and are long under water; in
            metres along the lane. `plane`: people on a pitch, in metres on the ground. Nothing for the tracker's own.
        lanes: for `lane`: the middle of each, from wall to wall.
        lane_length: for `lane`: from wall to wall.
        one_a_lane: for `lane`: whether there is at most one in each, as in a race.
        ground: for `plane`, and for lanes seen in perspective: at least four points, each as x and y in the picture, and x
            and y in metres.
    """

    def __init__(
        self,
        *,
        tracker: TrackerName = "bytetrack",
        high: Fraction | None = None,
        low: Fraction | None = None,
        keep_lost: Seconds | None = None,
        same_class: bool = False,
        motion: MotionName | None = None,
        lanes: list[Line] | None = None,
        lane_length: Metres | None = None,
        one_a_lane: bool = True,
        ground: list[GroundPoint] | None = None,
    ) -> None:
        chosen = {"high": high, "low": low, "keep_lost": keep_lost}
        changes: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        _check_place(motion, lanes, ground)
        prior = None
        if motion is not None:
            prior = motion_prior(
                motion,
                lanes=None if lanes is None else [[*start, *end] for start, end in lanes],
                length=lane_length,
                alone=one_a_lane,
                homography=None if ground is None else homography_of(ground),
            )
            changes.setdefault("keep_lost", patience(motion))
        if motion is not None and tracker == "ocsort":
            raise SettingError("ocsort brings a motion of its own", fix="leave out `motion`, or choose another tracker")
        settings = prior_settings(motion) if motion in ("lane", "plane") else tracker
        super().__init__(Tracker(settings, motion=prior, class_aware=same_class, **changes))
        self._name = f"tracker {tracker}" if motion not in ("lane", "plane") else f"motion {motion}"

    def __call__(
        self,
        detections: Detections,
        time: MediaTime,
        embeddings: Embeddings | None = None,
        camera: Affine | None = None,
    ) -> Tracks:
        if embeddings is None:
            return self._tracker.update(detections, time, camera=camera)
        if not self._tracker.settings.by_looks:
            fix = "choose the tracker evidence or deep-eiou without `lane` and `plane`, or leave `embeddings` unwired"
            raise SettingError(f"the {self._name} makes no use of embeddings", fix=fix)
        return self._tracker.update(detections, time, camera=camera, embeddings=embeddings.vectors)


def _check_place(motion: MotionName | None, lanes: list[Line] | None, ground: list[GroundPoint] | None) -> None:
    """Refuse what would change nothing."""
    if lanes is not None and motion != "lane":
        raise SettingError("`lanes` are given, but the motion is not `lane`", fix="set motion: lane, or leave out `lanes`")
    if ground is not None and motion not in ("lane", "plane"):
        fix = "set motion: plane (or lane), or leave out `ground`"
        raise SettingError("`ground` is given, but the motion is neither `plane` nor `lane`", fix=fix)


class TrackedPoses(NamedTuple):
    """What tracking of poses gives."""

    tracks: Tracks
    poses: Keypoints


@block("track.poses@1")
class TrackPoses(_Tracking):
    """Follow people by the boxes around their body points; the points carry the identities on.

    Args:
        poses: body points of each person.
        time: media time.
        high: score from which a person may start a track.
        low: score from which a person may still continue one.
        keep_lost: how long a person who is not seen waits to be found again.
    """

    def __init__(self, *, high: Fraction = 0.5, low: Fraction = 0.1, keep_lost: Seconds = 1.0) -> None:
        super().__init__(Tracker("bytetrack", high=high, low=low, keep_lost=keep_lost))

    def __call__(self, poses: Keypoints, time: MediaTime) -> TrackedPoses:
        tracks = self._tracker.update(poses.boxes(), time)
        # Where somebody is only predicted, there are no points.
        detected = self._tracker.rows >= 0
        tracks, seen = tracks[detected], poses[self._tracker.rows[detected]]
        return TrackedPoses(tracks, Keypoints(seen.points, seen.scores, seen.skeleton, tracks.ids))

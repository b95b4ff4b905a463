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
    """Follow people and things through the video, also those seen faintly (ByteTrack, Zhang et al. 2022).

    Args:
        detections: what was found in each picture.
        time: media time.
        high: how sure a detection must be to start a new track.
        low: how sure a detection must be to go on with a track.
        keep_lost: how long to wait for whoever is out of sight; whoever comes back later gets a new number.
        same_class: whether detections of different classes never join one track: a car never becomes a lorry.
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
    """Follow people and things through the video: each keeps its number.

    The methods: `bytetrack` (Zhang et al. 2022) also lets faint detections go on with a track, and suits most videos.
    `evidence` weighs how sure it is that somebody is there, and keeps a sure track through a short miss; it needs detections
    that tell well how sure they are. `ocsort` (Cao et al. 2023) suits crowds that turn and hide each other. `deep-eiou`
    (Huang et al. 2024) suits sport, where people are fast and change direction.

    Args:
        detections: what was found in each picture.
        time: media time.
        embeddings: how each detection looks, so that it is known again; for the methods `evidence` and `deep-eiou`.
        camera: how the camera moved; without it, the camera counts as still.
        tracker: how detections are joined into tracks; see above.
        high: how sure a detection must be to start a new track; at this value about half of the detections
            should be right. Empty for what suits the method.
        low: how sure a detection must be to go on with a track; empty for what suits the method.
        keep_lost: how long to wait for whoever is out of sight; whoever comes back later gets a new number. Empty for what
            suits the method.
        same_class: whether detections of different classes never join one track: a car never becomes a lorry.
        motion: what is known of how they move. `free`: people who may turn at any time. `straight line`: runners seen from
            the side, vehicles. `lane`: swimmers, who stay in their lane, turn at its walls and are long under water.
            `plane`: people on a pitch. Empty for what suits the method.
        lanes: for `lane`: the middle line of each lane, from wall to wall.
        lane_length: for `lane`: the length of the lanes from wall to wall.
        one_a_lane: for `lane`: whether there is at most one swimmer in each lane, as in a race.
        ground: for `plane`, and for lanes seen at a slant: at least four points of which you know the place on the ground in
            metres, such as the corners of a pitch.
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
    """Follow people by their body points: each keeps its number through the video.

    Args:
        poses: the body points found in each picture.
        time: media time.
        high: how sure a person must be to start a new track.
        low: how sure a person must be to go on with a track.
        keep_lost: how long to wait for whoever is out of sight; whoever comes back later gets a new number.
    """

    def __init__(self, *, high: Fraction = 0.5, low: Fraction = 0.1, keep_lost: Seconds = 1.0) -> None:
        super().__init__(Tracker("bytetrack", high=high, low=low, keep_lost=keep_lost))

    def __call__(self, poses: Keypoints, time: MediaTime) -> TrackedPoses:
        tracks = self._tracker.update(poses.boxes(), time)
        # Where somebody is only predicted, there are no points.
        detected = self._tracker.rows >= 0
        tracks, seen = tracks[detected], poses[self._tracker.rows[detected]]
        return TrackedPoses(tracks, Keypoints(seen.points, seen.scores, seen.skeleton, tracks.ids))

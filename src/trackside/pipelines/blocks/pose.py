"""Finding body points."""

from __future__ import annotations

from dataclasses import replace

from trackside.core import Detections, Image, Keypoints, Tracks
from trackside.core.units import Fraction, Hertz, PoseRef, Positive, Seconds
from trackside.perception import KeypointSmoother, OneEuroFilter, PoseFollower
from trackside.perception.pose import load_pose
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch, MediaTime


@block("pose.people@1")
def pose_people(
    images: Batch[Image],
    *,
    detector: PoseRef = "blazepose-detector",
    landmarks: PoseRef = "blazepose-full",
    threshold: Fraction | None = None,
    small_people: bool = True,
) -> Batch[Keypoints]:
    """Find the people in each picture, and 33 body points of each.

    Args:
        images: the pictures to look at.
        detector: the model that finds people, and how they are turned.
        landmarks: the model that finds the body points of one person; larger ones are more exact and take longer.
        threshold: how sure the model must be of a person; empty for what the model's authors recommend.
        small_people: whether to look at parts of a wide picture one by one as well, for people who are small in it; finding
            them takes about four times as long.
    """
    return load_pose(detector, landmarks).estimate(images, threshold=threshold, squares=small_people)


@block("pose.follow@1")
class FollowPoses:
    """Find people and 33 body points of each, and follow them through the video, also where the model misses them briefly.

    Args:
        images: the pictures of the video.
        time: media time.
        detector: the model that finds people, and how they are turned.
        landmarks: the model that finds the body points of one person; larger ones are more exact and take longer.
        every: how often to look for people who are new; shorter finds them sooner and takes longer.
        threshold: how sure the model must be of a person; empty for what the model's authors recommend.
        small_people: whether to look at parts of a wide picture one by one as well, for people who are small in it; finding
            them takes about four times as long.
    """

    def __init__(
        self,
        *,
        detector: PoseRef = "blazepose-detector",
        landmarks: PoseRef = "blazepose-full",
        every: Seconds = 0.3,
        threshold: Fraction | None = None,
        small_people: bool = True,
    ) -> None:
        self._detector, self._landmarks = detector, landmarks
        self._every, self._threshold, self._squares = every, threshold, small_people
        self._follower: PoseFollower | None = None

    def __call__(self, images: Image, time: MediaTime) -> Keypoints:
        self._follower = self._follower or self._opened()
        return self._follower.update(images, time)

    def _opened(self) -> PoseFollower:
        """The networks are opened by the first picture, not by whoever checks the pipeline."""
        estimator = load_pose(self._detector, self._landmarks)
        return PoseFollower(estimator, every=self._every, threshold=self._threshold, squares=self._squares)


@block("pose.in_boxes@1")
def pose_in_boxes(
    images: Batch[Image],
    people: Batch[Detections],
    *,
    landmarks: PoseRef = "blazepose-full",
) -> Batch[Keypoints]:
    """Find 33 body points of each person that was found before; those of tracked people keep their numbers.

    Args:
        images: the pictures that they were found in.
        people: the people, as detections or tracks; it makes no sense for other things.
        landmarks: the model that finds the body points of one person; larger ones are more exact and take longer.
    """
    estimator = load_pose(landmarks=landmarks)
    found = (estimator.on_boxes(image, boxes.boxes) for image, boxes in zip(images, people, strict=True))
    return [
        replace(points, ids=boxes.ids) if isinstance(boxes, Tracks) else points
        for points, boxes in zip(found, people, strict=True)
    ]


@block("pose.smooth@1")
class SmoothPose:
    """Calm trembling body points without lagging behind fast movement.

    Smooths strongly at rest and little in motion: the One Euro filter (Casiez, Roussel and Vogel 2012) on media time.

    Args:
        poses: the body points of tracked people.
        time: media time.
        cutoff: trembling faster than this is smoothed away at rest; lower is calmer.
        agility: how quickly the smoothing gives way when somebody moves; higher lags less behind fast movement.
    """

    def __init__(self, *, cutoff: Hertz = 1.0, agility: Positive = 5.0) -> None:
        self._smoother = KeypointSmoother(OneEuroFilter(min_cutoff=cutoff, beta=agility))

    def __call__(self, poses: Keypoints, time: MediaTime) -> Keypoints:
        return self._smoother.update(poses, time)

    def on_track_end(self, track_id: int) -> None:
        self._smoother.end([track_id])

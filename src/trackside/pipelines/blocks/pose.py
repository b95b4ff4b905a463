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
    """Find the people in each picture and 33 body points of each.

    Args:
        images: pictures, uint8 [h, w, 3] RGB, any size.
        detector: the package that finds people and how they are turned.
        landmarks: the package that finds the points of one person.
        threshold: lowest score at which a person counts; nothing for what the model's authors recommend.
        small_people: also look at overlapping squares of a wide picture, for people who do not fill it; takes about four
            times as long to find them.
    """
    return load_pose(detector, landmarks).estimate(images, threshold=threshold, squares=small_people)


@block("pose.follow@1")
class FollowPoses:
    """Find people and 33 body points of each, and follow them through a video: they are kept where a detector misses them.

    Args:
        images: pictures of one video, uint8 [h, w, 3] RGB, any size.
        time: media time.
        detector: the package that finds people and how they are turned.
        landmarks: the package that finds the points of one person.
        every: time from one look for new people to the next.
        threshold: lowest score at which a person counts; nothing for what the model's authors recommend.
        small_people: also look at overlapping squares of a wide picture, for people who do not fill it; takes about four
            times as long to find them.
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
    """Find 33 body points of each person that a detector or tracker has boxed; the points of tracks carry their ids.

    Args:
        images: pictures, uint8 [h, w, 3] RGB, any size.
        people: their boxes; other classes than people make no sense here.
        landmarks: the package that finds the points of one person.
    """
    estimator = load_pose(landmarks=landmarks)
    found = (estimator.on_boxes(image, boxes.boxes) for image, boxes in zip(images, people, strict=True))
    return [
        replace(points, ids=boxes.ids) if isinstance(boxes, Tracks) else points
        for points, boxes in zip(found, people, strict=True)
    ]


@block("pose.smooth@1")
class SmoothPose:
    """Calm the jitter of tracked body points without lagging behind fast motion.

    The One Euro filter (Casiez, Roussel and Vogel 2012) on media time: strong smoothing at rest, little in motion.

    Args:
        poses: body points that carry track ids.
        time: media time.
        cutoff: cut-off frequency of a point at rest; lower is calmer.
        agility: how much the cut-off rises with each body size a second of speed; higher lags less.
    """

    def __init__(self, *, cutoff: Hertz = 1.0, agility: Positive = 5.0) -> None:
        self._smoother = KeypointSmoother(OneEuroFilter(min_cutoff=cutoff, beta=agility))

    def __call__(self, poses: Keypoints, time: MediaTime) -> Keypoints:
        return self._smoother.update(poses, time)

    def on_track_end(self, track_id: int) -> None:
        self._smoother.end([track_id])

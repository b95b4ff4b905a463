"""Body points in pictures: BlazePose, on its own detector's people or on boxes from any other.

BlazePose's detector takes 224 x 224 pixels and was made for one person who fills the picture. A wide picture is therefore
shown to it whole and as overlapping squares (see `views`): on a 16:9 sports video that found 90 % of the people instead of
43 % of them.

Every picture is answered by itself: nothing is carried over from the one before, so results depend neither on the order of
the pictures nor on the number of threads. For a video, `PoseFollower` carries people over from one picture to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Image, Keypoints, ModelError, as_rgb
from trackside.models import Package, Runtime, resolve, shared_runtime
from trackside.models.families.blazepose import ALIGNMENT_POINTS, BODY_LANDMARKS, decode_landmarks, decode_people
from trackside.models.runtimes import Arrays
from trackside.perception.nms import nms, weighted_nms
from trackside.perception.regions import Region, aligned, crop, upright
from trackside.perception.tensor import TensorWriter
from trackside.perception.views import View, views

SKELETON = "blazepose33"
# MediaPipe, pose_detection_cpu.pbtxt: min_suppression_threshold.
SUPPRESSION_IOU = 0.3
# Two poses whose points are on average closer than this part of the crop's side are one person, found in two views; so are
# two whose hips are, though one has its arms wrong (1 % was seen, two people apart have 200 %).
SAME_POINTS, SAME_HIPS = 0.1, 0.05
# MediaPipe, tensors_to_pose_landmarks_and_segmentation.pbtxt: the pose flag's threshold.
LEAST_FLAG = 0.5

_cache: dict[tuple[str, str, int, str | None], PoseEstimator] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Person:
    """One person's points in pixels of the picture.

    Attributes:
        points: float32 [33, 2].
        scores: float32 [33], visibility * presence.
        flag: how sure the landmark network is that there is somebody.
        region: where the network looked.
        next_region: where to look in the next picture of a video.
    """

    points: NDArray[np.float32]
    scores: NDArray[np.float32]
    flag: float
    region: Region
    next_region: Region

    @property
    def is_there(self) -> bool:
        """Whether the network sees somebody."""
        return self.flag >= LEAST_FLAG


class PoseEstimator:
    """Finds people and their body points. Safe to call from several threads.

    Args:
        detector: the package that finds people; opened when `estimate` first needs it.
        landmarks: the package that finds the points of one.
        threads: threads within one run of a network.
        provider: what executes them, see `open_runtime`.

    Raises:
        ModelError: a model is unknown, absent, damaged or of another family.
    """

    def __init__(
        self,
        detector: Package | str = "blazepose-detector",
        landmarks: Package | str = "blazepose-full",
        threads: int = 1,
        provider: str | None = None,
    ) -> None:
        self._landmarks = _Network(landmarks, "blazepose-landmarks", threads, provider)
        self._detector: Callable[[], _Network] = cache(lambda: _Network(detector, "blazepose-detector", threads, provider))

    def estimate(self, images: Sequence[Image], *, threshold: float | None = None, squares: bool = True) -> list[Keypoints]:
        """Find the people in each picture and their points.

        Args:
            images: any sizes.
            threshold: lowest score of the person detector that counts, 0 to 1; None for MediaPipe's.
            squares: also look at overlapping squares of a wide or tall picture; False for people who fill it.

        Returns:
            one entry a picture; points in its pixels, score = visibility * presence, people best first. People in whose
            crop the landmark network sees nobody are left out.
        """
        return [self._one(image, threshold, squares) for image in images]

    def on_boxes(self, image: Image, boxes: NDArray[np.float32]) -> Keypoints:
        """Find the points of people whose boxes are known. The detector is not needed.

        Args:
            image: any size.
            boxes: float32 [n, 4], x1 y1 x2 y2 in its pixels.

        Returns:
            one row a box, in their order. Where the landmark network sees nobody, all scores of the row are 0.
        """
        people = self.people(image, [upright(box) for box in np.asarray(boxes, np.float64).reshape(-1, 4)])
        return keypoints([person if person.is_there else replace(person, scores=person.scores * 0) for person in people])

    def people(self, image: Image, regions: Sequence[Region]) -> list[Person]:
        """What the landmark network sees in each region: one person a region, also where it sees nobody."""
        picture = as_rgb(image) if regions else None
        return [_nobody(r) if picture is None or not r.usable else self._person(picture, r) for r in regions]

    def regions(self, image: Image, *, threshold: float | None = None, squares: bool = True) -> list[Region]:
        """Where the people are: the crops for the landmark network, best first. Arguments as for `estimate`."""
        network = self._detector()
        least = network.card.threshold if threshold is None else threshold
        seen = [_in_view(view, network, least) for view in views(image, network.card.geometry, squares=squares)]
        values, scores = (np.concatenate(parts) for parts in zip(*seen, strict=True))
        best = nms(values[:, :4], scores, iou=SUPPRESSION_IOU)
        points = values[best, 4:].reshape(-1, ALIGNMENT_POINTS, 2)
        return [region for region in (aligned(*person[:2]) for person in points) if region.usable]

    def _one(self, image: Image, threshold: float | None, squares: bool) -> Keypoints:
        people = self.people(image, self.regions(image, threshold=threshold, squares=squares))
        return keypoints(without_doubles(person for person in people if person.is_there))

    def _person(self, picture: RGB, region: Region) -> Person:
        pixels = self._landmarks.card.geometry.width
        matrix = region.matrix(pixels)
        found = decode_landmarks(self._landmarks(crop(picture, matrix, pixels)))
        points, alignment = (
            np.asarray(p @ matrix[:, :2].T + matrix[:, 2], np.float32) for p in (found.points, found.alignment)
        )
        return Person(points, found.visibility * found.presence, found.flag, region, aligned(*alignment))


class _Network:
    """A package with its opened runtime: a picture of its input size in, raw outputs out."""

    def __init__(self, model: Package | str, family: str, threads: int, provider: str | None) -> None:
        package = resolve(model) if isinstance(model, str) else model
        self.card = package.card
        if self.card.family != family:
            raise ModelError(f"{self.card.name} is of the family {self.card.family}, not {family}")
        self._runtime: Runtime = shared_runtime(package, threads=threads, provider=provider)
        self._write = TensorWriter(self.card.geometry, self._runtime.inputs[0])

    def __call__(self, picture: RGB) -> Arrays:
        tensor = self._write.buffer(1)
        self._write(picture, tensor[0])
        return self._runtime.run({self._runtime.inputs[0].name: tensor})


def load_pose(
    detector: str = "blazepose-detector", landmarks: str = "blazepose-full", threads: int = 1, provider: str | None = None
) -> PoseEstimator:
    """The process's one estimator for these models and settings."""
    key = (detector, landmarks, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = PoseEstimator(*key)
        return _cache[key]


def _in_view(view: View, network: _Network, threshold: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """float32 [n, 12] boxes and alignment points in pixels of the picture, and float32 [n] scores."""
    people = decode_people(network(view.picture), network.card.geometry.width, threshold)
    values = np.concatenate([people.boxes, people.points.reshape(-1, 2 * ALIGNMENT_POINTS)], axis=1)
    blended, scores = weighted_nms(people.boxes, values, people.scores, iou=SUPPRESSION_IOU)
    return view.placement.to_source(blended), scores


def without_doubles(people: Iterable[Person]) -> list[Person]:
    """The best of those who are the same person, best first."""
    kept: list[Person] = []
    for person in sorted(people, key=lambda p: -float(p.scores.mean())):
        if not any(is_same(person, other) for other in kept):
            kept.append(person)
    return kept


def is_same(a: Person, b: Person) -> bool:
    """Whether two poses are of one person."""
    size = min(a.region.size, b.region.size)
    hips = float(np.hypot(a.next_region.x - b.next_region.x, a.next_region.y - b.next_region.y))
    points = float(np.hypot(*(a.points - b.points).T).mean())
    return hips <= SAME_HIPS * size or points <= SAME_POINTS * size


def keypoints(people: Sequence[Person]) -> Keypoints:
    """People as one struct of arrays, in their order."""
    points = np.array([person.points for person in people], np.float32).reshape(-1, BODY_LANDMARKS, 2)
    scores = np.array([person.scores for person in people], np.float32).reshape(-1, BODY_LANDMARKS)
    return Keypoints(points, scores, SKELETON)


def _nobody(region: Region) -> Person:
    return Person(np.zeros((BODY_LANDMARKS, 2), np.float32), np.zeros(BODY_LANDMARKS, np.float32), 0.0, region, region)

"""Body points found in a picture, and the skeletons that name and connect them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from trackside.core.detections import Detections, _same_length, _store
from trackside.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The names of a model's keypoints, in its order, and the bones between them (pairs of names)."""

    name: str
    points: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]

    def index(self, point: str) -> int:
        """The row of a named point. Raises ValueError for an unknown name."""
        return self.points.index(point)

    @property
    def bone_rows(self) -> NDArray[np.intp]:
        """intp [bones, 2]: the bones as pairs of rows."""
        return np.array([[self.index(a), self.index(b)] for a, b in self.bones], np.intp).reshape(-1, 2)


SKELETONS: Registry[Skeleton] = Registry("skeleton")


@dataclass(frozen=True, slots=True)
class Keypoints:
    """Body points of the people in one picture.

    Attributes:
        points: float32 [n, k, 2], x y in pixels of the source frame.
        scores: float32 [n, k], 0 to 1: how sure the model is that the point is there and visible.
        skeleton: name of the `Skeleton` that says what the k points are.
        ids: int64 [n], the track that each person belongs to; 0 where unknown.
    """

    points: NDArray[np.float32]
    scores: NDArray[np.float32]
    skeleton: str
    ids: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        k = len(SKELETONS[self.skeleton].points)
        _store(self, "points", np.asarray(self.points, np.float32).reshape(-1, k, 2))
        _store(self, "scores", np.asarray(self.scores, np.float32).reshape(-1, k))
        ids = np.zeros(len(self.points), np.int64) if self.ids is None else np.asarray(self.ids, np.int64)
        _store(self, "ids", ids.reshape(-1))
        _same_length(self, ("points", "scores", "ids"))

    @classmethod
    def empty(cls, skeleton: str) -> Keypoints:
        """Nobody."""
        k = len(SKELETONS[skeleton].points)
        return cls(np.empty((0, k, 2), np.float32), np.empty((0, k), np.float32), skeleton)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, rows: Any) -> Self:
        """The chosen people: an index array, a boolean mask or a slice."""
        assert self.ids is not None
        return replace(self, points=self.points[rows], scores=self.scores[rows], ids=self.ids[rows])

    def point(self, name: str) -> NDArray[np.float32]:
        """float32 [n, 2]: one named point of every person."""
        return self.points[:, SKELETONS[self.skeleton].index(name)]

    def boxes(self, least_score: float = 0.3) -> Detections:
        """The box around each person's points that have at least this score, as detections of class `person`.

        The score of a box is the mean score of its points. A person with fewer than two such points gets the box around
        all points.
        """
        seen = self.scores >= least_score
        seen |= seen.sum(axis=1, keepdims=True) < 2
        low = np.where(seen[..., None], self.points, np.inf).min(axis=1, initial=np.inf)
        high = np.where(seen[..., None], self.points, -np.inf).max(axis=1, initial=-np.inf)
        scores = self.scores.mean(axis=1) if self.scores.size else np.empty(0, np.float32)
        boxes = np.concatenate([low, high], axis=1).astype(np.float32)
        return Detections(boxes, scores, np.zeros(len(self), np.int32), ("person",))


def _both_sides(*names: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in names for side in ("left", "right"))


def _mirrored(*bones: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in bones)


_TRUNK = (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))
_LIMBS = (("shoulder", "elbow"), ("elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"))

COCO17 = SKELETONS.add(
    "coco17",
    Skeleton(
        "coco17",
        ("nose", *_both_sides("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")),
        _TRUNK + _mirrored(*_LIMBS),
    ),
)

# MediaPipe pose topology, in the order of its landmarks (Bazarevsky et al. 2020, BlazePose, figure 2).
BLAZEPOSE33 = SKELETONS.add(
    "blazepose33",
    Skeleton(
        "blazepose33",
        (
            "nose",
            *(f"left_eye{part}" for part in ("_inner", "", "_outer")),
            *(f"right_eye{part}" for part in ("_inner", "", "_outer")),
            *_both_sides("ear"),
            "mouth_left",
            "mouth_right",
            *_both_sides("shoulder", "elbow", "wrist", "pinky", "index", "thumb", "hip", "knee", "ankle", "heel", "toe"),
        ),
        _TRUNK
        + _mirrored(*_LIMBS, ("ankle", "heel"), ("heel", "toe"), ("ankle", "toe"), ("wrist", "index"), ("wrist", "pinky")),
    ),
)

"""How a person waves a board before a camera (synthetic motion): smooth, tilted, near and far, now and then too fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError
from trackside.geometry.camera.pose import Pose

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.lens import Lens

Floats = NDArray[np.float64]

# Sums of three sines whose periods share no measure wander like a hand without repeating, seconds.
_PERIODS = (11.0, 6.7, 4.1)
_STEEPEST = np.radians(60)
# The board's longer side fills between so much of the picture's shorter side.
_FARTHEST, _CLOSEST = 0.35, 1.1
# The shutter is open for a fiftieth of a second indoors; jerks are this much faster than the rest of the motion.
_EXPOSURE, _JERK = 0.02, 9.0
_SHUTTER_STEPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One frame of the motion.

    Attributes:
        time: seconds of media time.
        poses: of the board while the shutter is open, the middle one first; one of them if the board is still enough.
        blurred: whether the board moves fast here.
    """

    time: float
    poses: tuple[Pose, ...]
    blurred: bool

    @property
    def pose(self) -> Pose:
        """In the middle of the exposure."""
        return self.poses[0]


def wave(
    board: Board, lens: Lens, *, frames: int = 60, rate: float = 10.0, blurred: float = 0.15, seed: int = 0
) -> list[Moment]:
    """A person waves a board.

    Args:
        board: what is waved.
        lens: of the camera; the board wanders over its picture and a little beyond.
        frames: how many moments.
        rate: frames a second.
        blurred: share of frames in which the board jerks.
        seed: of the motion.

    Raises:
        SettingError: no frames, a rate that is not positive, or a share outside 0 to 1.
    """
    if frames < 1 or not 0 < rate < np.inf or not 0 <= blurred <= 1:
        raise SettingError("frames are 1 or more, the rate above 0 and the share of blurred frames 0 to 1", where="wave")
    rng = np.random.default_rng(seed)
    phases = rng.uniform(0, 2 * np.pi, (6, len(_PERIODS)))
    moments = []
    for number in range(frames):
        time, jerk = number / rate, bool(rng.random() < blurred)
        spread = _EXPOSURE * _JERK * np.linspace(-0.5, 0.5, _SHUTTER_STEPS) if jerk else np.zeros(1)
        spread = spread[np.argsort(np.abs(spread), kind="stable")]
        moments.append(Moment(time, tuple(_pose(board, lens, _hand(time + delay, phases)) for delay in spread), jerk))
    return moments


def _hand(time: float, phases: Floats) -> Floats:
    """Six wandering numbers between -1 and 1."""
    waves = np.sin(2 * np.pi * time / np.array(_PERIODS) + phases)
    return np.asarray(np.clip(waves @ [0.55, 0.35, 0.25], -1, 1))


def _pose(board: Board, lens: Lens, hand: Floats) -> Pose:
    """Right, down, near, tilt up, tilt sideways and turn from the hand's six numbers."""
    points = board.points
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    filling = _FARTHEST * (_CLOSEST / _FARTHEST) ** ((hand[2] + 1) / 2)
    distance = np.ptp(points, axis=0).max() * min(lens.focal) / (filling * min(lens.size))
    pixel = (np.array(lens.size) - 1) / 2 + 0.45 * hand[:2] * lens.size
    ray = lens.rays(pixel)
    if not np.isfinite(ray).all():
        ray = np.array([0.0, 0.0, 1.0])
    tilt = Pose.from_vectors(
        _STEEPEST * np.array([hand[3], hand[4], 0.0]) / max(1.0, float(np.hypot(hand[3], hand[4]))), np.zeros(3)
    )
    turn = Pose.from_vectors([0.0, 0.0, 0.8 * hand[5]], np.zeros(3))
    rotation = (tilt @ turn).rotation
    return Pose(rotation, ray / ray[2] * distance - rotation @ middle)

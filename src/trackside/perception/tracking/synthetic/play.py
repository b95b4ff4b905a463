"""SYNTHETIC team play: two teams of eleven who all look the same, on a pitch of which the camera sees the middle.

Each has a place in the formation, follows the ball with the team, runs now and then, hides others from the camera, and
leaves the picture for 1 to 30 s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError, Tracks
from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.synthetic.detector import Flaws, detect, mistake, together
from trackside.perception.tracking.synthetic.scene import Scene
from trackside.perception.tracking.synthetic.view import View

PITCH = (105.0, 68.0)
# Metres: what the camera sees of the pitch in the middle, about.
_VIEW = View(eye=(52.5, -30.0, 22.0), looks_at=(52.5, 30.0), focal=1250.0)
# 4-4-2, as shares of the pitch, of the team that defends the left goal.
_FORMATION = np.array(
    [[0.22, 0.5], [0.32, 0.2], [0.3, 0.4], [0.3, 0.6], [0.32, 0.8], [0.46, 0.15], [0.44, 0.4], [0.44, 0.6], [0.46, 0.85],
     [0.58, 0.4], [0.58, 0.6]]
)  # fmt: skip
_HEIGHT, _SLIM = 1.8, 0.4
# Steering: seconds to turn towards where one wants to be, and to take up a speed. Metres a second, jog and run.
_HURRY, _INERTIA, _JOG, _RUN = 2.0, 0.5, (1.0, 4.0), (5.0, 8.0)
# A player runs somewhere every so many seconds, and goes out of the picture every so many.
_RUNS, _LEAVES = 12.0, 25.0
# Seconds out of the picture; the way back takes a few more.
_AWAY = (1.0, 26.0)
# Share of a box from which somebody hidden behind others cannot be seen.
_HIDDEN = 0.65


def team_play(seed: int, *, seconds: float = 60.0, flaws: Flaws | None = None, fps: float = 25.0) -> Scene:
    """SYNTHETIC play of 2 x 11 look-alikes.

    Args:
        seed: of its chance; the same seed and settings give the same scene.
        seconds: how long it lasts.
        flaws: of the detector; its false people are anywhere on the pitch.
        fps: frames a second.

    Raises:
        SettingError: it does not last a frame.
    """
    if not 1 / fps <= seconds <= 24 * 3600:
        raise SettingError(f"need at least a frame and at most a day, got {seconds} s", where="synthetic play")
    flaws, chance = Flaws() if flaws is None else flaws, np.random.default_rng(seed)
    scene = Scene({}, {}, {}, fps, _VIEW, np.empty((0, 4)), seed)
    # An average player's height differs by a few centimetres.
    heights = chance.normal(_HEIGHT, 0.06, 22)
    for step, places in enumerate(_walks(chance, round(seconds * fps), fps)):
        boxes = _boxes(places, heights)
        seen = _in_picture(boxes) & ~_hidden(boxes)
        frame = step + 1
        false = _boxes(chance.uniform(0, PITCH, (chance.poisson(flaws.false), 2)), _HEIGHT)
        scene.truth[frame] = _tracks(boxes[seen], seen.nonzero()[0] + 1)
        scene.found[frame] = together(detect(boxes[seen], flaws, chance), mistake(false, chance), chance)
        scene.times[frame] = step / fps
    return scene


def _walks(chance: np.random.Generator, steps: int, fps: float) -> Floats:
    """Metres [t, 22, 2]."""
    home = np.concatenate([_FORMATION, 1 - _FORMATION]) * PITCH
    places, speeds = home + chance.normal(0, 2, home.shape), np.zeros_like(home)
    ball, push = np.zeros(2), np.zeros(2)
    goals, until, quick = home.copy(), np.zeros(len(home)), np.full(len(home), 3.0)
    walks = np.empty((steps, *home.shape))
    for step in range(steps):
        time = step / fps
        # The ball wanders about the middle; the teams go half the way with it.
        push += (-push / 3 + chance.normal(0, 4, 2) * np.sqrt(fps)) / fps
        ball += (push - ball / 15) / fps
        _choose(chance, time, fps, places, goals, until, quick)
        idle = time >= until
        wanted = np.where(idle[:, None], home + ball / 2, goals)
        way = wanted - places
        far = np.hypot(way[:, 0], way[:, 1])
        pace = np.minimum(far / _HURRY, np.where(idle, _JOG[1], quick))
        target = way / np.maximum(far, 1e-9)[:, None] * pace[:, None]
        speeds += (target - speeds) / _INERTIA / fps + chance.normal(0, 1.0, speeds.shape) / np.sqrt(fps)
        places = places + speeds / fps
        walks[step] = places
    return walks


def _choose(
    chance: np.random.Generator,
    time: float,
    fps: float,
    places: Floats,
    goals: Floats,
    until: Floats,
    quick: Floats,
) -> None:
    """Some start a run, some leave the picture; changes goals [22, 2], times [22] and speeds [22] in place."""
    free = (time >= until).nonzero()[0]
    runs = free[chance.random(len(free)) < 1 / (_RUNS * fps)]
    goals[runs] = places[runs] + chance.normal(0, 12, (len(runs), 2))
    until[runs], quick[runs] = time + chance.uniform(2, 5, len(runs)), chance.uniform(*_RUN, len(runs))
    leaves = free[chance.random(len(free)) < 1 / (_LEAVES * fps)]
    side = np.where(places[leaves, 0] < PITCH[0] / 2, -1, 1)
    # Out by the nearer side, as far as it is, and a few metres.
    goals[leaves, 0] = PITCH[0] / 2 + side * chance.uniform(50, 58, len(leaves))
    goals[leaves, 1] = places[leaves, 1]
    distance = np.abs(goals[leaves, 0] - places[leaves, 0])
    quick[leaves] = chance.uniform(*_RUN, len(leaves))
    until[leaves] = time + distance / quick[leaves] + chance.uniform(*_AWAY, len(leaves))


def _boxes(places: Floats, heights: Floats | float) -> Floats:
    feet, scale = _VIEW.pixels(places)
    tall = feet[:, 1] - _VIEW.pixels(places, heights)[0][:, 1]
    half = scale * _SLIM
    return np.stack([feet[:, 0] - half, feet[:, 1] - tall, feet[:, 0] + half, feet[:, 1]], axis=1)


def _in_picture(boxes: Floats) -> NDArray[np.bool_]:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.asarray((middle >= 0).all(axis=1) & (middle < [_VIEW.width, _VIEW.height]).all(axis=1))


def _hidden(boxes: Floats) -> NDArray[np.bool_]:
    """Who is covered by somebody nearer, whose feet are lower in the picture, bool [n]."""
    shared = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    cover = np.maximum(shared, 0).prod(axis=2) / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)[:, None]
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    return np.asarray((np.where(nearer, cover, 0) > _HIDDEN).any(axis=1))


def _tracks(boxes: Floats, ids: NDArray[np.intp]) -> Tracks:
    count = len(ids)
    return Tracks(boxes.astype(np.float32), np.ones(count, np.float32), np.zeros(count, np.int32), (), ids.astype(np.int64))

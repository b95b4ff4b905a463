"""What is known of how things move at a place: one name in the editor.

`free`: people who turn any time. `straight line`: vehicles, runners on a track seen from the side, things on a belt.
`lane`: swimmers, who stay in their lane and turn at its walls. `plane`: people on a pitch, in metres on the ground.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import SettingError, nearest
from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.kalman import ConstantVelocity, Noise
from trackside.perception.tracking.lane import LaneMotion
from trackside.perception.tracking.lanes import LANE_WIDTH, Lanes
from trackside.perception.tracking.motion import Motion
from trackside.perception.tracking.plane import PlaneMotion
from trackside.perception.tracking.plane_state import decay
from trackside.perception.tracking.presets import preset
from trackside.perception.tracking.settings import Round, TrackerSettings
from trackside.perception.tracking.similarity import Likeness

Prior = Literal["free", "straight line", "lane", "plane"]

# People reach a run or stop within a second: (3 m/s / 1.8 m)^2 in a second; their speed says little about the next second.
_FREE, _FREE_REST = Noise(acceleration=2.0, resizing=0.05, place=0.06, size=0.065, speed=2.0), 0.8
_STRAIGHT = Noise(acceleration=0.02, resizing=0.01, place=0.06, size=0.065, speed=3.0)
# Seconds. Under water: fifteen metres at a child's 1 m/s. On a pitch the likelihood decides, and nothing is lost by waiting.
_PATIENCE = {"free": 1.5, "straight line": 3.0, "lane": 15.0, "plane": 30.0}

# Seconds for which a track seen often is given out unseen: three frames at 25 a second.
_COAST = 0.12


class Free(ConstantVelocity):
    """Boxes whose velocity decays to rest: people who change direction any time.

    Args:
        noise: how they move and how well they are seen.
        rest: seconds in which a speed decays to 1/e.
    """

    def __init__(self, noise: Noise | None = None, rest: float = _FREE_REST) -> None:
        super().__init__(_FREE if noise is None else noise)
        self._rest = rest

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        if (dt := round(dt, 9)) != self._dt:
            self._dt, self._step, self._drift = dt, *_decaying(dt, self._noise, self._rest)
        super().predict(dt)


def _decaying(dt: float, noise: Noise, rest: float) -> tuple[Floats, Floats]:
    """The matrix [20, 20] and the offset [20, 1] that move a state of `ConstantVelocity` on while its velocity decays."""
    slide, left, drift = decay(dt, 1.0, rest)
    blocks = np.zeros((5, 5))
    blocks[:2, :2] = [[1, slide], [0, left]]
    # What a step F makes of a covariance P, F P F^T, by its entries: place, place with velocity, velocity.
    blocks[2:, 2:] = [[1, 2 * slide, slide**2], [0, left, slide * left], [0, 0, left**2]]
    intensity = [noise.acceleration, noise.acceleration, noise.resizing, noise.resizing]
    offset: Floats = np.kron([0, 0, drift[0, 0], drift[0, 1], drift[1, 1]], intensity)
    return np.asarray(np.kron(blocks, np.eye(4)), np.float64), offset[:, None]


def motion_prior(
    name: Prior,
    *,
    lanes: ArrayLike | Lanes | None = None,
    length: float | None = None,
    width: float = LANE_WIDTH,
    alone: bool = True,
    homography: ArrayLike | None = None,
    noise: Noise | None = None,
    fastest: float = 12.0,
) -> Motion:
    """A motion model by its name.

    Args:
        name: the prior.
        lanes: for `lane`: float [k, 4], x1 y1 x2 y2 of the middle of each lane from wall to wall, pixels; or lanes.
        length: for `lane`: metres from wall to wall; None for what the homography says.
        width: for `lane`: metres across one.
        alone: for `lane`: whether there is at most one in each, as in a race.
        homography: from pixels to metres on the ground or the water; `plane` needs it, for `lane` it tells the perspective.
        noise: for `free` and `straight line`, in box heights; None for what suits them.
        fastest: for `plane`: the greatest speed, m/s.

    Raises:
        SettingError: there is no such prior, or what it needs is missing or impossible.
    """
    if name not in get_args(Prior):
        raise SettingError(f"no motion prior {name!r}", where="prior", fix=nearest(str(name), get_args(Prior)))
    if name == "lane":
        if lanes is None:
            raise SettingError("the prior `lane` needs lanes", where="prior", fix="draw the middle of each, wall to wall")
        if not isinstance(lanes, Lanes):
            lanes = Lanes(lanes, length=length, width=width, homography=homography)
        return LaneMotion(lanes, alone=alone)
    if name == "plane":
        if homography is None:
            fix = "give four points of the ground in pixels and in metres"
            raise SettingError("the prior `plane` needs a homography", where="prior", fix=fix)
        return PlaneMotion(homography, fastest=fastest)
    return Free(noise) if name == "free" else ConstantVelocity(_STRAIGHT if noise is None else noise)


def patience(name: Prior) -> float:
    """Seconds for which a track that is not seen should wait under this prior: `keep_lost`."""
    return _PATIENCE[name]


def prior_settings(name: Prior, **changes: Any) -> TrackerSettings:
    """Settings of a tracker that suit a prior: its patience, identities for what is seen three times, misses filled.

    Args:
        name: the prior.
        changes: settings to change, by name.

    Raises:
        SettingError: there is no such setting, or a value is impossible.
    """
    if name in ("free", "straight line"):
        return preset("evidence", **{"keep_lost": patience(name), **changes})
    # The gate is the prior's own, in metres: whatever it lets through is alike enough.
    like = Likeness(least=0.0)
    rounds = (Round(like=like), Round(tracks="seen", found="faint", like=like), Round(tracks="new", like=like))
    settings = TrackerSettings(
        rounds=rounds,
        keep_lost=patience(name),
        sightings=3,
        at_once=False,
        coast=_COAST,
        paper="ours: motion priors in metres",
    )
    return preset(settings, **changes)

"""A Kalman filter in one dimension between two walls, for many at once.

A state is float64 [7, n], a column a track: place (metres from the first wall), velocity (m/s, away from it), their
covariance (place, both, velocity), seconds since it was seen, and the place where that was.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats

LaneState: TypeAlias = Floats

# Metres a second. Nobody swims faster, dives included; nobody under water goes slower.
FASTEST, SLOWEST = 3.0, 0.5
# Somebody who rests at a wall and goes under pushes off: any speed between the two is as likely.
_PUSH, _PUSH_VARIANCE = (FASTEST + SLOWEST) / 2, (FASTEST - SLOWEST) ** 2 / 12
# Metres from a wall that count as at it.
_AT_WALL = 2.0
# A turn takes its time and the push-off is not as fast as the approach: variances that it adds, m^2 and (m/s)^2.
_TURN_PLACE, _TURN_SPEED = 0.25, 1.0
# (m/s)^2: of somebody seen for the first time.
_FIRST_SPEED = 1.5**2
# (m/s)^2: of somebody found again after a gap.
_AGAIN_SPEED = 1.0


def started(along: Floats, spread: float) -> LaneState:
    """States of tracks first seen at these places [n], at rest."""
    zero = np.zeros_like(along)
    return np.stack([along, zero, zero + spread, zero, zero + _FIRST_SPEED, zero, along])


def advanced(state: LaneState, dt: float, lengths: Floats, acceleration: float, pause: float) -> LaneState:
    """The states after `dt` seconds; whoever comes to a wall turns.

    Args:
        state: before.
        dt: seconds, at least 0.
        lengths: metres between the walls, [n]; infinite for no walls.
        acceleration: intensity of the white noise, m^2/s^3.
        pause: seconds out of sight after which somebody who rested at a wall has pushed off.
    """
    place, speed, var, mixed, var_speed, unseen, last = state
    after = unseen + dt
    off = (unseen <= pause) & (after > pause) & (np.abs(speed) < SLOWEST)
    first, second = off & (place < _AT_WALL), off & (place > lengths - _AT_WALL)
    pushed = first | second
    speed = np.where(first, _PUSH, np.where(second, -_PUSH, speed))
    mixed, var_speed = np.where(pushed, 0, mixed), np.where(pushed, _PUSH_VARIANCE, var_speed)
    # Who has pushed off did so when last seen.
    step = np.where(pushed, after, dt)
    moved, turned = folded(place + speed * step, lengths)
    return np.stack([
        moved,
        np.where(turned, -speed, speed),
        var + 2 * step * mixed + step**2 * var_speed + acceleration * dt**3 / 3 + turned * _TURN_PLACE,
        mixed + step * var_speed + acceleration * dt**2 / 2,
        var_speed + acceleration * dt + turned * _TURN_SPEED,
        after,
        last,
    ])  # fmt: skip


def folded(place: Floats, lengths: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Places reflected at both walls until they are between them, and whether the way is now the other one."""
    walled = np.isfinite(lengths)
    length = np.where(walled, lengths, 1.0)
    rest = np.mod(place, 2 * length)
    turned = walled & (rest > length)
    inside = np.clip(np.where(turned, 2 * length - rest, rest), 0, length)
    return np.where(walled, inside, place), turned


def corrected(state: LaneState, along: Floats, spread: float) -> LaneState:
    """The states after sightings at these places [n] whose variance is `spread`."""
    place, speed, var, mixed, var_speed = state[:5]
    total = var + spread
    gain, pull = var / total, mixed / total
    surprise = along - place
    return np.stack([
        place + gain * surprise,
        np.clip(speed + pull * surprise, -FASTEST, FASTEST),
        (1 - gain) * var,
        (1 - gain) * mixed,
        var_speed - pull * mixed,
        np.zeros_like(along),
        along,
    ])  # fmt: skip


def found_again(state: LaneState, along: Floats, spread: float) -> LaneState:
    """As `corrected`, after a gap: the place is the seen one, and how fast it goes on is open."""
    zero = np.zeros_like(along)
    speed = corrected(state, along, spread)[1]
    return np.stack([along, speed, zero + spread, zero, zero + _AGAIN_SPEED, zero, along])

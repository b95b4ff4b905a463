"""Integrating motion to the ground: one throw to high accuracy, or thousands side by side.

One throw: SciPy's DOP853 (Hairer, Nørsett and Wanner 1993) with dense output. Many: the classical Runge-Kutta step of
order 4 on columns; a throw leaves the batch when it has landed, and the instant of landing comes from the cubic Hermite
interpolant of its last step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.flight.checks import Floats

# (state [k, n], throws [7, n]) -> derivative [k, n], or a height above the ground [n].
Motion = Callable[[Floats, Floats], Floats]
# Longer than any throw flies: 100 m/s straight up comes back after 20 s.
_LONGEST = 60.0
# A nanometre in a throw of 100 m.
_RELATIVE, _ABSOLUTE = 1e-10, 1e-10
# Halvings of the last step: 2^-32 of 0.02 s is 5e-12 s, less than a nanometre at 40 m/s.
_HALVINGS = 32


def one(motion: Motion, height: Motion, state: Floats, throw: Floats) -> tuple[float, Callable[[Floats], Floats]]:
    """Follow one throw to the ground.

    Args:
        motion: the derivative.
        height: of its lowest part above the ground.
        state: [k] at release.
        throw: [7, 1], handed to both.

    Returns:
        Time of landing, seconds, and the dense output: times [m] -> states [k, m].

    Raises:
        InputError: it does not come down within a minute.
    """
    from scipy.integrate import solve_ivp

    def event(_: float, at: Floats) -> float:
        return float(height(at[:, None], throw)[0])

    event.terminal, event.direction = True, -1.0  # type: ignore[attr-defined]
    found: Any = solve_ivp(
        lambda _, at: motion(at[:, None], throw)[:, 0],
        (0.0, _LONGEST),
        state,
        method="DOP853",
        events=event,
        dense_output=True,
        rtol=_RELATIVE,
        atol=_ABSOLUTE,
        max_step=0.25,  # a landing and a rise within one step would hide each other
    )
    if not found.success or not len(found.t_events[0]):
        raise _never()
    return float(found.t_events[0][0]), found.sol


def many(motion: Motion, height: Motion, states: Floats, throws: Floats, *, step: float) -> tuple[Floats, Floats]:
    """Follow many throws to the ground.

    Args:
        motion: the derivative.
        height: of the lowest part above the ground.
        states: [k, n] at release.
        throws: [7, n], handed to both.
        step: seconds.

    Returns:
        Times of landing [n], seconds, and states there [k, n].

    Raises:
        InputError: one does not come down within a minute.
    """
    times, landed = np.empty(states.shape[1]), np.empty_like(states)
    where, now, given, clock = np.arange(states.shape[1]), states, throws, 0.0
    slope = motion(now, given)
    while where.size:
        if clock > _LONGEST or not np.isfinite(now).all():
            raise _never()
        after = _advance(motion, now, slope, given, step)
        after_slope = motion(after, given)
        down = height(after, given) <= 0
        if down.any():
            hit = where[down]
            share, state = _meet(
                height, now[:, down], after[:, down], slope[:, down], after_slope[:, down], given[:, down], step
            )
            times[hit], landed[:, hit] = clock + share * step, state
            where, after, after_slope, given = where[~down], after[:, ~down], after_slope[:, ~down], given[:, ~down]
        now, slope, clock = after, after_slope, clock + step
    return times, landed


def _advance(motion: Motion, now: Floats, first: Floats, given: Floats, step: float) -> Floats:
    second = motion(now + step / 2 * first, given)
    third = motion(now + step / 2 * second, given)
    fourth = motion(now + step * third, given)
    return now + step / 6 * (first + 2 * (second + third) + fourth)


def _meet(
    height: Motion, before: Floats, after: Floats, slope: Floats, after_slope: Floats, given: Floats, step: float
) -> tuple[Floats, Floats]:
    """Bisect for the last instant above the ground on the Hermite interpolant: shares of the step [n] and states [k, n]."""
    low, high = np.zeros(before.shape[1]), np.ones(before.shape[1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = height(_hermite(before, after, slope, after_slope, middle, step), given) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    share = (low + high) / 2
    return share, _hermite(before, after, slope, after_slope, share, step)


def _hermite(before: Floats, after: Floats, slope: Floats, after_slope: Floats, share: Floats, step: float) -> Floats:
    rest = 1 - share
    ends = rest**2 * (1 + 2 * share) * before + share**2 * (3 - 2 * share) * after
    return np.asarray(ends + step * share * rest * (rest * slope - share * after_slope))


def _never() -> InputError:
    return InputError(
        "a throw does not come down within a minute",
        where="flight",
        fix="check speed, mass and the coefficients: lift that exceeds weight and drag carries it away",
    )

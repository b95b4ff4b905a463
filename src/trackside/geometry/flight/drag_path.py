"""Paths with quadratic drag at given times, many releases side by side: what a fit holds against what was seen."""

from __future__ import annotations

import numpy as np

from trackside.geometry.flight.checks import Floats

# Longest step of the integration between two sightings, seconds; a fit needs no more than micrometres.
_STEP = 0.02


def path(columns: Floats, since: Floats, fall: Floats, drag: float, through: Floats) -> Floats:
    """Where many releases are at the times of the sightings.

    Args:
        columns: float64 [2 d, m], place and velocity at release.
        since: float64 [n], seconds from release, ascending.
        fall: float64 [d], gravity as a vector, m/s^2.
        drag: rho Cd A / (2 m), 1/m.
        through: float64 [d], velocity of the air, m/s.

    Returns:
        Positions, float64 [d, n, m], metres: exact without drag, else by Runge-Kutta steps of order 4.
    """
    size = len(fall)
    if drag == 0:
        passed = since[:, None]
        return np.asarray(columns[:size, None] + passed * columns[size:, None] + passed**2 / 2 * fall[:, None, None])

    def motion(state: Floats) -> Floats:
        return np.concatenate([state[size:], fall[:, None] - resistance(state[size:], drag, through)])

    out = np.empty((size, len(since), columns.shape[1]))
    now, clock = columns, 0.0
    for place, instant in enumerate(since.tolist()):
        parts = int(np.ceil((instant - clock) / _STEP))
        step = (instant - clock) / max(parts, 1)
        for _ in range(parts):
            one = motion(now)
            two = motion(now + step / 2 * one)
            three = motion(now + step / 2 * two)
            now = now + step / 6 * (one + 2 * (two + three) + motion(now + step * three))
        clock = instant
        out[:, place] = now[:size]
    return out


def resistance(velocity: Floats, drag: float, through: Floats) -> Floats:
    """What drag takes from velocities [d, m], m/s^2."""
    relative = velocity - through[:, None]
    return np.asarray(drag * np.sqrt((relative**2).sum(axis=0)) * relative)

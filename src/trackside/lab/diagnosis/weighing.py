"""From signs to probabilities: naive Bayes over the known causes and "healthy", of which exactly one is the case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trackside.lab.diagnosis.causes import CAUSES, HEALTHY
from trackside.lab.diagnosis.signs import Sign

SILENT = 3.0
"""What a cause loses for which nothing was seen to speak."""
HEALTHY_ODDS = 4.0
"""Logarithm of how much likelier a run is healthy than it suffers from one given cause, before anything is seen."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cause (or `healthy`), its probability, and what speaks for it, strongest first."""

    id: str
    probability: float
    signs: tuple[Sign, ...] = ()


def weigh(signs: Sequence[Sign]) -> tuple[Ranked, ...]:
    """All causes and `healthy`, most probable first."""
    odds = {cause.id: math.log(cause.prior) for cause in CAUSES.values()}
    odds[HEALTHY] = HEALTHY_ODDS
    for sign in signs:
        odds[sign.cause] += sign.weight
    spoken = {sign.cause for sign in signs if sign.weight > 0}
    for name in odds:  # What nothing speaks for is named only where nothing speaks for anything.
        odds[name] -= 0.0 if name == HEALTHY or name in spoken else SILENT
    top = max(odds.values())
    shares = {name: math.exp(value - top) for name, value in odds.items()}
    whole = sum(shares.values())
    ranked = [Ranked(name, share / whole, _speaking(signs, name)) for name, share in shares.items()]
    return tuple(sorted(ranked, key=lambda one: -one.probability))


def _speaking(signs: Sequence[Sign], cause: str) -> tuple[Sign, ...]:
    mine = [sign for sign in signs if sign.cause == cause and sign.weight > 0]
    return tuple(sorted(mine, key=lambda sign: -sign.weight))

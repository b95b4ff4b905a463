"""What each idea could gain: its share of the mistakes, its ceiling, its price.

The ceiling of an idea is the error rate if every mistake with its tag were solved and none came new. It is what decides
whether an idea deserves a week (Ng, Machine Learning Yearning, chapter 14).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError, nearest
from trackside.lab.errors.intervals import product_interval, weighted_share, wilson

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Idea:
    """One tag, or several together. Shares and rates are 0 to 1; intervals are 95 %.

    Attributes:
        tags: the tags; a mistake with several of them counts once.
        count: mistakes that were looked at and have one of the tags.
        share: of all mistakes.
        share_interval: accounts for how few were looked at.
        ceiling: the error rate if all of them were solved.
        ceiling_interval: accounts for how few were looked at and for how small the evaluation set is.
        gain: by how much the error rate falls.
        gain_interval: the same for the gain.
        person_days: what it costs, or NaN.
    """

    tags: tuple[str, ...]
    count: int
    share: float
    share_interval: Interval
    ceiling: float
    ceiling_interval: Interval
    gain: float
    gain_interval: Interval
    person_days: float = math.nan

    @property
    def name(self) -> str:
        """The tags, joined."""
        return " + ".join(self.tags)

    @property
    def points_per_day(self) -> float:
        """Percentage points of error rate a person day, at the ceiling; NaN without a cost."""
        return 100 * self.gain / self.person_days if self.person_days > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Ideas:
    """All ideas side by side.

    Attributes:
        error_rate: as it is.
        error_interval: 95 %.
        answers: size of the evaluation set.
        mistakes: mistakes in it.
        looked_at: mistakes that people looked at.
        untagged: share of the mistakes that no tag explains.
        single: one a tag: the cheapest point first where costs are known, else the greatest gain.
        together: combinations that were asked for.
        in_turn: the tags of `single` one after the other, each with all before it.
    """

    error_rate: float
    error_interval: Interval
    answers: int
    mistakes: int
    looked_at: int
    untagged: float
    single: tuple[Idea, ...]
    together: tuple[Idea, ...] = ()
    in_turn: tuple[Idea, ...] = ()


def ideas(
    tags: Sequence[Sequence[str]],
    *,
    answers: int,
    mistakes: int,
    weights: NDArray[np.float64] | None = None,
    costs: Mapping[str, float] | None = None,
    together: Sequence[Sequence[str]] = (),
) -> Ideas:
    """The ceilings of all tags.

    Args:
        tags: of each mistake that was looked at, its tags (none is an answer too).
        answers: size of the evaluation set.
        mistakes: mistakes in it.
        weights: float64, how many mistakes each stands for (`Drawn.weights`); None for equal chances.
        costs: person days by tag.
        together: combinations of tags whose joint ceiling is wanted.

    Raises:
        InputError: nothing was looked at, counts that cannot be, a cost that is not above 0, or an unknown tag.
    """
    if not tags:
        raise InputError("no mistake was looked at yet", fix="tag some first, or mark them as seen")
    if not 0 < mistakes <= answers or len(tags) > mistakes:
        raise InputError(f"{len(tags)} looked at of {mistakes} mistakes among {answers} answers cannot be")
    known = sorted({tag for part in tags for tag in part})
    prices = dict(costs or {})
    _check_names([*prices, *(tag for part in together for tag in part)], known)
    for tag, days in prices.items():
        if not days > 0 or not math.isfinite(days):
            raise InputError(f"cannot cost {days:g} person days", where=tag, fix="give a number above 0")
    share_of = np.ones(len(tags)) if weights is None else np.asarray(weights, np.float64)
    has = {tag: np.array([tag in part for part in tags], bool) for tag in known}
    counted = _Counted(has, share_of, answers, mistakes, prices)
    single = sorted((counted.idea((tag,)) for tag in known), key=_order)
    names = [idea.tags[0] for idea in single]
    return Ideas(
        mistakes / answers,
        wilson(mistakes, answers),
        answers,
        mistakes,
        len(tags),
        float(share_of[[not part for part in tags]].sum() / share_of.sum()),
        tuple(single),
        tuple(counted.idea(tuple(dict.fromkeys(part))) for part in together if part),
        tuple(counted.idea(tuple(names[: length + 1])) for length in range(len(names))),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    has: Mapping[str, NDArray[np.bool_]]
    weights: NDArray[np.float64]
    answers: int
    mistakes: int
    prices: Mapping[str, float]

    def idea(self, tags: tuple[str, ...]) -> Idea:
        """The idea of solving all these tags."""
        any_of = np.logical_or.reduce([self.has[tag] for tag in tags])
        share, interval, count = weighted_share(any_of, self.weights)
        rate = self.mistakes / self.answers
        errors = (float(self.mistakes), float(self.answers))
        days = sum(self.prices.get(tag, math.nan) for tag in tags)
        return Idea(
            tags,
            int(any_of.sum()),
            share,
            interval,
            rate * (1 - share),
            product_interval(errors, ((1 - share) * count, count)),
            rate * share,
            product_interval(errors, (share * count, count)),
            days,
        )


def _order(idea: Idea) -> tuple[bool, float, float, str]:
    per_day = idea.points_per_day
    return math.isnan(per_day), 0.0 if math.isnan(per_day) else -per_day, -idea.gain, idea.name


def _check_names(named: Sequence[str], known: Sequence[str]) -> None:
    for tag in named:
        if tag not in known:
            raise InputError(f"no mistake has the tag {tag!r}", fix=nearest(tag, known))

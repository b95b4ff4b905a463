"""What the questions about quality share: columns, pictures of the evidence, suspects and the numbers of an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from trackside.core import Measurement, Number, Plot
from trackside.data.checking import DataAnswer, Subject
from trackside.data.evidence import contact_sheet
from trackside.data.quality.extractor import QUALITY
from trackside.data.suspects import Suspect
from trackside.data.wording import in_percent, percent

_SHOWN, _SUSPECTS = 12, 500
_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Flagged:
    """Pictures that one rule points to.

    Attributes:
        name: what they are, plural: "blurred pictures".
        rows: their rows in the data set, worst first.
        reasons: why, one clause each.
        scores: 0 to 1 each.
    """

    name: str
    rows: NDArray[np.intp]
    reasons: tuple[str, ...]
    scores: tuple[float, ...]

    @classmethod
    def of(
        cls, name: str, flags: NDArray[np.bool_], badness: NDArray[np.float64], reason: Callable[[int], str], score: float
    ) -> Flagged:
        """From flags [n]; those of the greatest badness [n] first."""
        rows = np.flatnonzero(flags)
        rows = rows[np.argsort(-np.nan_to_num(badness[rows]), kind="stable")]
        # All of one rule are about as suspicious; within it, the worst comes first.
        scores = tuple((score * (1 - 0.2 * np.arange(len(rows)) / max(len(rows), 1))).tolist())
        return cls(name, rows, tuple(reason(int(row)) for row in rows), scores)


def numbers(subject: Subject, *names: str, extractor: str = QUALITY) -> list[NDArray[np.float64]]:
    """Columns as float64 [n], NaN for pictures that cannot be read."""
    readable = subject.scan.readable
    found = []
    for name in names:
        try:
            values = subject.scan.column(extractor, name).astype(np.float64)
        except KeyError:
            values = np.full(len(readable), np.nan)
        found.append(np.where(readable, values, np.nan))
    return found


def thumbnails(subject: Subject) -> NDArray[np.uint8]:
    """uint8 [n, 16, 16, 3]; zeros for pictures that cannot be read."""
    try:
        return np.asarray(subject.scan.column(QUALITY, "small"), np.uint8)
    except KeyError:
        return np.zeros((len(subject.dataset), 16, 16, 3), np.uint8)


def answer(subject: Subject, check: str, found: Sequence[Flagged], fine: str, next_step: str) -> DataAnswer:
    """An answer that counts what rules found: numbers "share of NAME" and "share of NAME, at least" for each, in percent;
    evidence pictures and suspects.
    """
    total = len(subject.dataset)
    if not total:
        return DataAnswer(Measurement(missing="the data set is empty"), applies=False)
    measured = [Number(one.name, len(one.rows)) for one in found]
    measured += [Number(f"share of {one.name}", in_percent(len(one.rows) / total), "%") for one in found]
    measured += [Number(f"share of {one.name}, at least", in_percent(at_least(len(one.rows), total)), "%") for one in found]
    some = [one for one in found if len(one.rows)]
    says = (
        "; ".join(f"{one.name}: {len(one.rows):,} of {total:,} ({percent(len(one.rows) / total)})" for one in some) or fine
    )
    return DataAnswer(
        Measurement(tuple(measured), tuple(_sheet(subject, one) for one in some)),
        says,
        next_step=next_step,
        extra=tuple(suspect for one in some for suspect in _suspects(subject, check, one)),
    )


def at_least(count: int, total: int) -> float:
    """The share that a source makes at least, if it made `count` of `total`: one-sided 95 % (Clopper and Pearson 1934)."""
    return float(beta.ppf(_CHANCE, count, total - count + 1)) if count else 0.0


def _sheet(subject: Subject, one: Flagged) -> Plot:
    pictures = [subject.picture(int(row)) for row in one.rows[:_SHOWN]]
    names = [str(subject.dataset.items.names[row]) for row in one.rows[:_SHOWN]]
    captions = [f"{name}\n{reason}" for name, reason in zip(names, one.reasons, strict=False)]
    return Plot(one.name, png=contact_sheet(pictures, captions))


def _suspects(subject: Subject, check: str, one: Flagged) -> list[Suspect]:
    names = subject.dataset.items.names
    return [
        Suspect(check, str(names[row]), score, reason)
        for row, score, reason in zip(one.rows[:_SUSPECTS], one.scores, one.reasons, strict=False)
    ]

"""The checks `split-drift` and `label-shift`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import Cause, Measurement, Number, Plot, Threshold, Verdict
from trackside.data.checking import FEATURES, DataAnswer, Subject, data_check
from trackside.data.drift.domain import DEALS, Told, tell_apart
from trackside.data.drift.shifts import Shift, property_shifts, share_shift
from trackside.data.drift.splits import (
    LEAST,
    Pair,
    class_ranks,
    features,
    group_means,
    pairs,
    properties,
    rank_features,
    unit_numbers,
)
from trackside.data.evidence import contact_sheet
from trackside.data.quality.extractor import QUALITY
from trackside.data.wording import counted, in_percent, percent

# One deal in a hundred, corrected for all pairs of splits: with as many for the formats, about 2 % of random splits alarm.
_SURE = 0.01
_TOLD, _MOVED, _FORMATS, _LABELS = (
    "splits told apart, AUC at least",
    "largest sure shift of a property",
    "sure shift of file formats",
    "sure shift of class shares",
)
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Compared:
    """Two splits held against each other.

    Attributes:
        pair: the splits.
        told: by a classifier that sees the pictures.
        made: by a classifier that sees the ranks of their properties.
        shifts: each property by itself.
        formats: the file formats.
        questions: classifiers asked in all, with those of other pairs.
    """

    pair: Pair
    told: Told
    made: Told
    shifts: list[Shift]
    formats: Shift
    questions: int

    @property
    def p(self) -> float:
        """How often chance lets either classifier tell as much, corrected for all that were asked (Bonferroni)."""
        return min(1.0, self.questions * min(self.told.p, self.made.p))

    @property
    def surely(self) -> float:
        """The lower end of the AUC's interval, 0.5 where chance explains it."""
        return max(self.told.low, 0.5) if self.questions * self.told.p <= _SURE else 0.5

    @property
    def sure(self) -> list[Shift]:
        """Properties that moved beyond chance; none where no classifier tells the splits apart."""
        return [one for one in self.shifts if one.p <= _SURE] if self.p <= _SURE else []

    @property
    def moved(self) -> float:
        """The largest distance of those."""
        return max([one.distance for one in self.sure], default=0.0)


@data_check(
    "split-drift",
    asks="Do the splits look as if they came from one source?",
    needs=(QUALITY, FEATURES),
    costs="seconds",
    source="Lopez-Paz and Oquab 2017, Revisiting classifier two-sample tests; Rabanser et al. 2019, Failing loudly",
    thresholds=[
        Threshold(_TOLD, at_most=0.55, otherwise=Verdict.WARN, reason="a score on one split says less of the other"),
        Threshold(_MOVED, at_most=0.15, otherwise=Verdict.WARN, reason="a property that moves so far was caused, not drawn"),
        Threshold(_FORMATS, at_most=10, otherwise=Verdict.WARN, reason="files written otherwise were made otherwise"),
    ],
)
def split_drift(subject: Subject) -> DataAnswer:
    """A classifier of splits, and each property by itself."""
    table, kind = _table(subject)
    asked = pairs(subject, np.asarray(np.isfinite(table).all(1)))
    compared = [_compare(subject, pair, table, len(asked)) for pair in asked]
    if not compared:
        missing = f"fewer than two splits have {LEAST} pictures that can be read"
        return DataAnswer(Measurement(missing=missing), applies=False)
    worst = max(compared, key=lambda one: (one.surely, one.moved, one.told.auc))
    numbers = (
        Number(_TOLD, max(one.surely for one in compared)),
        Number(_MOVED, max(one.moved for one in compared)),
        Number(_FORMATS, in_percent(max(one.formats.distance if one.formats.p <= _SURE else 0.0 for one in compared)), "%"),
        Number("AUC of telling them apart", worst.told.auc),
        Number("AUC by their properties alone", worst.made.auc),
        Number("random splits told apart as well, corrected for the number asked", in_percent(worst.p), "%"),
    )
    shown = worst.surely > 0.5 or worst.moved > 0
    plots = (_sheet(subject, worst),) if shown else ()
    return DataAnswer(
        Measurement(numbers, plots),
        _says(worst, kind),
        tuple(Cause(_cause(one)) for one in worst.sure)[:4],
        "find out what was done otherwise (camera, day, program); mix the sources over the splits, or keep the split as a "
        "test of the other source and say so",
    )


@data_check(
    "label-shift",
    asks="Have the splits the same shares of classes?",
    costs="nothing",
    source="chi squared by random deals",
    thresholds=[
        Threshold(_LABELS, at_most=10, otherwise=Verdict.WARN, reason="accuracy over all classes is then not comparable")
    ],
)
def label_shift(subject: Subject) -> DataAnswer:
    """Shares of classes in splits."""
    labels = subject.dataset.items.labels.astype(np.int64)
    found, asked = [], pairs(subject, labels >= 0)
    for pair in asked:
        rng = subject.generator(f"labels {pair.names[1]}")
        found.append((pair, share_shift("classes", *_by_group(subject, pair, labels), rng, len(asked))))
    if not found or len(np.unique(labels[labels >= 0])) < 2:
        return DataAnswer(Measurement(missing=f"fewer than two splits with {LEAST} labels, or one class"), applies=False)
    pair, shift = min(found, key=lambda one: (one[1].p > _SURE, -one[1].distance))
    absent = _absent(pair, labels)
    numbers = (
        Number(_LABELS, in_percent(max(one.distance if one.p <= _SURE else 0.0 for _, one in found)), "%"),
        Number("total variation distance", in_percent(shift.distance), "%"),
        Number("random splits that differ as much, corrected for the number asked", in_percent(shift.p), "%"),
        Number("classes that only one split has", absent),
    )
    return DataAnswer(Measurement(numbers), _label_words(subject, pair, shift, labels, absent), next_step=_LABEL_REMEDY)


_LABEL_REMEDY = "split again by class, or weigh the score by class"


def _table(subject: Subject) -> tuple[NDArray[np.float64], str]:
    try:
        return features(subject)
    except KeyError:  # No picture could be read, so there are no columns.
        return np.full((len(subject.dataset), 1), np.nan), "nothing"


def _compare(subject: Subject, pair: Pair, table: NDArray[np.float64], pairs_asked: int) -> Compared:
    items, rng = subject.dataset.items, subject.generator(f"drift to {pair.names[1]}")
    groups, labels = unit_numbers(items.groups[pair.rows]), items.labels[pair.rows].astype(np.int64)
    questions = 2 * pairs_asked
    told = tell_apart(table[pair.rows], pair.second, labels, groups, rng, DEALS * questions)
    second = group_means(pair.second.astype(np.float64), groups) > 0.5
    raw = {name: column[pair.rows] for name, column in properties(subject).items()}
    ranks = {name: class_ranks(column, labels, rng) for name, column in raw.items()}
    made = tell_apart(rank_features(ranks), pair.second, labels, groups, rng, DEALS * questions)
    ranked = {name: group_means(column, groups) for name, column in ranks.items()}
    moved = [_with_medians(one, raw[one.name], pair.second) for one in property_shifts(ranked, second, pairs_asked)]
    kinds = subject.scan.column("file@1", "format")[pair.rows]
    _, numbers = np.unique(kinds, return_inverse=True)
    firsts = np.unique(groups, return_index=True)[1]
    formats = share_shift("formats", numbers[firsts].astype(np.int64), second, rng, pairs_asked)
    return Compared(pair, told, made, moved, formats, questions)


def _with_medians(shift: Shift, values: NDArray[np.float64], second: NDArray[np.bool_]) -> Shift:
    """The shift, with medians of the property itself instead of its ranks."""
    first, other = (float(np.nanmedian(values[side])) for side in (~second, second))
    return replace(shift, first=first, second=other)


def _by_group(subject: Subject, pair: Pair, labels: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Labels and sides, one row for each class of each group: twenty frames of one video are one observation."""
    groups = unit_numbers(subject.dataset.items.groups[pair.rows])
    rows = np.unique(np.stack([groups, labels[pair.rows], pair.second.astype(np.int64)], 1), axis=0, return_index=True)[1]
    return labels[pair.rows][rows], pair.second[rows]


def _says(worst: Compared, kind: str) -> str:
    told, (first, second) = worst.told, worst.pair.names
    auc = f"AUC {told.auc:.2f} ({told.low:.2f} to {told.high:.2f}, chance 0.50; {kind})"
    words = f"; most surely moved: {_cause(worst.sure[0])}" if worst.sure else ""
    if worst.formats.p <= _SURE:
        words += f"; file formats differ by {percent(worst.formats.distance)}"
    if worst.surely > 0.5:
        return f"pictures of {first!r} and {second!r} can be told apart: {auc}{words}"
    if worst.sure:
        return f"pictures of {first!r} and {second!r} can be told apart by their properties: AUC {worst.made.auc:.2f}{words}"
    return f"pictures of {first!r} and {second!r} cannot be told apart beyond chance: {auc}{words}"


def _cause(one: Shift) -> str:
    return f"{one.name}: median {one.first:,.4g} against {one.second:,.4g}"


def _sheet(subject: Subject, worst: Compared) -> Plot:
    """The pictures of each split that are most like it and least like the other."""
    order = np.argsort(worst.told.scores, kind="stable")
    first = [row for row in order if not worst.pair.second[row]][:_SHOWN]
    second = [row for row in order[::-1] if worst.pair.second[row]][:_SHOWN]
    rows = [int(worst.pair.rows[row]) for row in (*first, *second)]
    names, splits = subject.dataset.items.names, subject.dataset.items.splits
    sheet = contact_sheet([subject.picture(row) for row in rows], [f"{names[row]}\n{splits[row]}" for row in rows], _SHOWN)
    return Plot(f"most typical of {worst.pair.names[0]!r} (above) and of {worst.pair.names[1]!r}", png=sheet)


def _absent(pair: Pair, labels: NDArray[np.int64]) -> int:
    sides = [set(labels[pair.rows[side]].tolist()) for side in (~pair.second, pair.second)]
    return len(sides[0] ^ sides[1])


def _label_words(subject: Subject, pair: Pair, shift: Shift, labels: NDArray[np.int64], absent: int) -> str:
    first, second = pair.names
    only = f"; {counted(absent, 'classes')} in one of them only" if absent else ""
    if shift.p > _SURE:
        return f"classes have the same shares in {first!r} and {second!r} as far as chance can tell{only}"
    counts = [
        np.bincount(labels[pair.rows[side]], minlength=len(subject.dataset.classes)) for side in (~pair.second, pair.second)
    ]
    shares = [one / max(one.sum(), 1) for one in counts]
    most = int(np.abs(shares[0] - shares[1]).argmax())
    name = subject.dataset.classes[most]
    return f"{name!r} is {percent(shares[0][most])} of {first!r} and {percent(shares[1][most])} of {second!r}{only}"

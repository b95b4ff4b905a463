"""The checks `label-errors`, `class-balance` and `enough-data`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Cause, Measurement, Number, Plot, Threshold, Verdict
from trackside.data.checking import FEATURES, DataAnswer, Missing, Subject, data_check
from trackside.data.evidence import contact_sheet
from trackside.data.labels.balance import Balance, measure_balance
from trackside.data.labels.curve import LearningCurve, learning_curve
from trackside.data.labels.errors import LabelErrors, find_label_errors
from trackside.data.labels.folds import Ints, together
from trackside.data.suspects import Suspect
from trackside.data.wording import counted, in_percent, named, percent

_SURE_SHARE = "wrong labels, at least"
_TOLD = "planted wrong labels told from given ones"
_LEAST_TOLD = 0.85
_BARELY = 0.95
_FEW = "classes of fewer than 10 items"
_GAIN = "error that twice the data saves, at least"
_RATIO, _EMPTY = "largest class over smallest", "classes without items"
_LIKELY = 0.5
_SHOWN = 12
# A list that nobody ends helps nobody.
_MOST_SUSPECTS = 5000


@data_check(
    "label-errors",
    asks="Which labels are wrong?",
    needs=(FEATURES,),
    costs="half a minute for 10,000 items",
    source="Northcutt, Jiang and Chuang 2021, Confident learning; Blanchard, Lee and Scott 2010 for their number",
    thresholds=[
        Threshold(
            _SURE_SHARE,
            at_most=1.0,
            otherwise=Verdict.WARN,
            reason="test sets that people trust have 3.3 % on average (Northcutt et al. 2021), MNIST 0.15 %",
        ),
        Threshold(
            _TOLD,
            at_least=_LEAST_TOLD,
            otherwise=Verdict.UNKNOWN,
            reason="below it the features cannot tell the classes, or over a seventh of the labels is wrong",
        ),
    ],
)
def label_errors(subject: Subject) -> DataAnswer:
    """Rank labels by how badly they fit, and estimate how many are wrong."""
    labels = subject.dataset.items.labels
    if not subject.dataset.is_labelled:
        return DataAnswer(Measurement(missing="no item has a class"), applies=False)
    try:
        features = subject.features()
    except Missing as error:
        return DataAnswer(Measurement(missing=str(error)))
    found = find_label_errors(features, labels, units=units_of(subject), seed=subject.seed)
    judged = int(found.judged.sum())
    if not judged:
        return DataAnswer(Measurement(missing="fewer than two classes with four readable items, or fewer than 20 in all"))
    share, likely = found.share, np.flatnonzero(np.nan_to_num(found.probability) > _LIKELY)
    numbers = (
        Number(_SURE_SHARE, 100 * share.low, "%"),
        Number("wrong labels, estimated", 100 * share.value, "%"),
        Number("wrong labels, at most", 100 * share.high, "%"),
        Number("labels more likely wrong than right", len(likely)),
        Number(_TOLD, found.told),
        Number("labels judged", judged),
        Number("labels not judged", len(labels) - judged),
    )
    if found.told < _LEAST_TOLD:
        return _untold(found, numbers)
    ranked = found.ranking[: min(max(len(likely), round(share.value * judged)), _MOST_SUSPECTS)]
    plots = (_label_sheet(subject, found, ranked[:_SHOWN]),) if len(ranked) else ()
    return DataAnswer(
        Measurement(numbers, plots + _confusion_plot(subject, found)),
        f"about {100 * share.value:.1f} % of {judged:,} labels are wrong (95 %: {100 * share.low:.1f} to "
        f"{100 * share.high:.1f} %); {len(likely):,} are more likely wrong than right",
        _confused(subject, found, ranked),
        "look through the relabel queue from the top, then check again",
        tuple(_suspect(subject, found, int(row)) for row in ranked),
    )


@data_check(
    "class-balance",
    asks="Are the classes even?",
    costs="nothing",
    source="Buda, Maki and Mazurowski 2018, A systematic study of the class imbalance problem",
    thresholds=[
        Threshold(_EMPTY, at_most=0, otherwise=Verdict.WARN, reason="a class without items can never be learned"),
        Threshold(
            _RATIO,
            at_most=10,
            otherwise=Verdict.WARN,
            reason="scores fell from there in the study, and accuracy hides the small",
        ),
        Threshold(_FEW, at_most=0, otherwise=Verdict.NOTE, reason="of so few, neither training nor a test can say much"),
    ],
)
def class_balance(subject: Subject) -> DataAnswer:
    """Count."""
    classes = subject.dataset.classes
    if not classes or not subject.dataset.is_labelled:
        return DataAnswer(Measurement(missing="no item has a class"), applies=False)
    found = measure_balance(subject.dataset.items.labels, len(classes))
    numbers = (
        Number("classes", len(classes)),
        Number(_RATIO, found.ratio),
        Number(_EMPTY, found.empty),
        Number(_FEW, int(((found.members > 0) & (found.members < 10)).sum())),
        Number("as uncertain as this many even classes", found.effective),
        Number("accuracy of always answering the largest class", in_percent(found.majority), "%"),
    )
    largest, smallest = int(found.members.argmax()), _smallest(found)
    empty = f"; {counted(found.empty, 'classes')} without items: {named(found.without(classes))}" if found.empty else ""
    return DataAnswer(
        Measurement(numbers, (_bars(found, classes),)),
        f"{classes[largest]} has {counted(int(found.members[largest]), 'items')}, {classes[smallest]} "
        f"{found.members[smallest]:,}{empty}; who always answers {classes[largest]} is right in {percent(found.majority)} "
        "of cases",
        (),
        "collect items of the small classes first; until then report each class's score and weigh classes in training",
    )


@data_check(
    "enough-data",
    asks="Would twice the data help?",
    needs=(FEATURES,),
    costs="seconds",
    source="Hestness et al. 2017, Deep learning scaling is predictable, empirically; Cortes et al. 1993, Learning curves",
    thresholds=[
        Threshold(
            _GAIN,
            at_most=2.0,
            otherwise=Verdict.NOTE,
            reason="a gain this sure and this large is seldom had more cheaply than by collecting",
        )
    ],
)
def enough_data(subject: Subject) -> DataAnswer:
    """Learn from more and more of the data, and continue the curve."""
    if not subject.dataset.is_labelled:
        return DataAnswer(Measurement(missing="no item has a class"), applies=False)
    try:
        features = subject.features()
    except Missing as error:
        return DataAnswer(Measurement(missing=str(error)))
    curve = learning_curve(features, subject.dataset.items.labels, units=units_of(subject), seed=subject.seed)
    if curve is None:
        return DataAnswer(Measurement(missing="fewer than 40 readable items of two classes"))
    guessing = 1 - measure_balance(subject.dataset.items.labels, len(subject.dataset.classes)).majority
    if curve.at_all > _BARELY * guessing:
        why = f"a probe on these features errs with {100 * curve.at_all:.0f} %, hardly less than guessing: no curve to go by"
        return DataAnswer(Measurement(missing=why))
    numbers = (
        Number(_GAIN, 100 * curve.gain_low, "%"),
        Number("error of a probe now", 100 * curve.at_all, "%"),
        Number("expected with twice the data", 100 * curve.at_twice, "%"),
        Number("lower end of its 95 % interval", 100 * curve.low, "%"),
        Number("upper end of its 95 % interval", 100 * curve.high, "%"),
    )
    return DataAnswer(
        Measurement(numbers, (_curve_plot(curve),)),
        f"a probe errs with {100 * curve.at_all:.1f} % now; with twice the data {100 * curve.at_twice:.1f} % are expected "
        f"(95 %: {100 * curve.low:.1f} to {100 * curve.high:.1f} %)",
        (),
        f"collect more, first of {_weakest(subject, curve)}: there the probe errs most",
    )


def _untold(found: LabelErrors, numbers: tuple[Number, ...]) -> DataAnswer:
    """Nobody is accused by features that cannot tell the classes."""
    return DataAnswer(
        Measurement(numbers),
        f"these features cannot say: only {percent(found.told)} of planted wrong labels look worse than the given ones, "
        "so either they do not tell the classes apart, or over a seventh of the labels is wrong",
        (),
        "give features of a network that knows such pictures (--features), or look at a hundred labels by eye",
    )


def units_of(subject: Subject) -> Ints:
    """What may not be torn apart: groups, and files whose pixels are the same."""

    def made() -> Ints:
        pixels = [bytes(row) for row in subject.scan.column("file@1", "pixels")] if subject.scan.readable.any() else None
        known = [mark if fine else b"" for mark, fine in zip(pixels, subject.scan.readable, strict=True)] if pixels else None
        return together(len(subject.dataset), subject.dataset.items.groups, known)

    return np.asarray(subject.once("units", made), np.intp)


def _suspect(subject: Subject, found: LabelErrors, row: int) -> Suspect:
    classes, items = subject.dataset.classes, subject.dataset.items
    better = classes[int(found.suggestion[row])]
    reason = f"looks like {better}, is labelled {subject.dataset.label_name(row)}"
    return Suspect("label-errors", str(items.names[row]), float(found.probability[row]), reason, "label", better)


def _confused(subject: Subject, found: LabelErrors, ranked: Ints) -> tuple[Cause, ...]:
    """The pairs of classes that most suspects belong to."""
    if not len(ranked):
        return ()
    labels, classes = subject.dataset.items.labels[ranked], subject.dataset.classes
    pairs, counts = np.unique(np.stack([labels, found.suggestion[ranked]], axis=1), axis=0, return_counts=True)
    best = np.argsort(-counts, kind="stable")[:3]
    return tuple(
        Cause(f"{counts[one]:,} labelled {classes[pairs[one, 0]]} that look like {classes[pairs[one, 1]]}") for one in best
    )


def _label_sheet(subject: Subject, found: LabelErrors, rows: Ints) -> Plot:
    classes = subject.dataset.classes
    captions = [f"{subject.dataset.label_name(int(row))}?\nrather {classes[int(found.suggestion[row])]}" for row in rows]
    return Plot("Most suspect labels", png=contact_sheet([subject.picture(int(row)) for row in rows], captions))


def _confusion_plot(subject: Subject, found: LabelErrors) -> tuple[Plot, ...]:
    if found.confusions is None or len(subject.dataset.classes) > 40:
        return ()
    heat: dict[str, Any] = {"type": "heatmap", "z": found.confusions, "x": list(subject.dataset.classes)}
    heat |= {"y": list(subject.dataset.classes), "colorscale": "Blues"}
    layout = {
        "xaxis": {"title": {"text": "what it looks like"}},
        "yaxis": {"title": {"text": "label"}, "autorange": "reversed"},
    }
    return (Plot("Labels against what the items confidently look like", {"data": [heat], "layout": layout}),)


def _smallest(found: Balance) -> int:
    return int(np.where(found.members > 0, found.members, np.iinfo(np.int64).max).argmin())


def _bars(found: Balance, classes: tuple[str, ...]) -> Plot:
    order = np.argsort(-found.members, kind="stable")
    if len(order) > 40:
        order = np.r_[order[:20], order[-20:]]
    bars = {"type": "bar", "x": [classes[one] for one in order], "y": found.members[order]}
    return Plot("Items of each class", {"data": [bars], "layout": {"yaxis": {"title": {"text": "items"}}}})


def _curve_plot(curve: LearningCurve) -> Plot:
    whole = curve.sizes[-1] * 1.25
    measured = {"type": "scatter", "mode": "markers", "name": "measured", "x": curve.sizes, "y": 100 * curve.errors}
    law = {"type": "scatter", "mode": "lines", "name": "power law", "x": np.r_[curve.sizes, whole, 2 * whole]}
    law |= {"y": 100 * np.r_[curve.fitted, curve.at_all, curve.at_twice]}
    ends = {"type": "data", "symmetric": False, "array": [100 * (curve.high - curve.at_twice)]}
    ends |= {"arrayminus": [100 * (curve.at_twice - curve.low)]}
    twice = {"type": "scatter", "mode": "markers", "name": "twice the data", "x": [2 * whole], "y": [100 * curve.at_twice]}
    axes = {"xaxis": {"type": "log", "title": {"text": "items"}}, "yaxis": {"title": {"text": "error, %"}}}
    return Plot("Error of a probe by number of items", {"data": [measured, law, {**twice, "error_y": ends}], "layout": axes})


def _weakest(subject: Subject, curve: LearningCurve) -> str:
    errors: NDArray[np.float64] = np.nan_to_num(curve.by_class, nan=-1)
    best = np.argsort(-errors, kind="stable")[:3]
    return ", ".join(subject.dataset.classes[int(one)] for one in best if errors[one] >= 0)

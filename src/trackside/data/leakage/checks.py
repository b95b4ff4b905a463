"""Questions about leakage: does an evaluation split hold what the training split knows, and what does that do to scores?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, Measurement, Number, Plot, Threshold, Verdict
from trackside.core.findings import Cause
from trackside.data.checking import FEATURES, DataAnswer, Missing, Subject, data_check
from trackside.data.duplicates.checks import altered_pairs, exact_pairs
from trackside.data.duplicates.groups import duplicate_groups
from trackside.data.duplicates.sketching import SketchExtractor
from trackside.data.evidence import contact_sheet
from trackside.data.leakage.grouping import group_inflation, shared_groups
from trackside.data.leakage.inflation import Inflation, metric_inflation
from trackside.data.leakage.probes import PROBES
from trackside.data.leakage.sharing import Leak, evaluation_splits, leaked, training_split
from trackside.data.suspects import Suspect
from trackside.data.wording import counted, percent

Rows = NDArray[np.int64]
_SHOWN = 12
_SOURCE = "Barz and Denzler 2020 (ciFAIR): 3.3 % of CIFAR-10's and 10 % of CIFAR-100's test pictures are in training"
_FOUND_ENOUGH = 0.9
_POINT = 0.01
"""A point of accuracy: less is within what another seed of training changes."""


@data_check(
    "split-leakage",
    asks="Does an evaluation split hold copies of training pictures, and how much do they inflate the score?",
    needs=(SketchExtractor.name, FEATURES),
    costs="two simple models on frozen features",
    source=_SOURCE,
    thresholds=(
        Threshold("leaked pictures", at_most=0, otherwise=Verdict.WARN, reason="a test must ask what training did not show"),
        Threshold("inflation", at_most=_POINT, reason="a point of accuracy is more than another seed changes"),
    ),
)
def split_leakage(subject: Subject) -> DataAnswer:
    """Exact and altered copies across splits, and the score with and without them."""
    splits = subject.dataset.items.splits
    training, names = training_split(splits), evaluation_splits(splits)
    if not names or not subject.scan.readable.any():
        return DataAnswer(applies=False)
    groups = _copies(subject)
    leaks = {name: leaked(splits, training, name, groups) for name in names}
    total = sum(len(leak.rows) for leak in leaks.values())
    if not total:
        none = (Number("leaked pictures", 0), Number("inflation", 0.0))
        return DataAnswer(Measurement(none), f"no picture of {' or '.join(names)} is a copy of one of {training}")
    numbers, missing = _inflations(subject, training, leaks)
    # Not measured, it is at most the share that leaked: right about all of these, and about none without them.
    most = max(len(leak.rows) / int((splits == name).sum()) for name, leak in leaks.items())
    found = [number.value for number in numbers if number.name.startswith("inflation (")]
    worst = float(np.nanmax(found)) if np.isfinite(found).any() else most
    counts = [Number(f"leaked pictures of {name}", len(leak.rows)) for name, leak in leaks.items()]
    shown = (Number("leaked pictures", total), Number("inflation", worst))
    measured = Measurement((*shown, *counts, *numbers), _sheet(subject, leaks))
    causes = (Cause("the data was split at random, picture by picture"), Cause("altered copies were made before splitting"))
    says = _says(training, leaks, worst, missing) + _missed(subject)
    step = "drop these pictures from the evaluation splits, or move them to their originals"
    return DataAnswer(measured, says, causes, step, tuple(_suspects(subject, training, leaks)))


@data_check(
    "group-leakage",
    asks="Is a group (a video, an athlete, a session) in two splits, and how much does that inflate the score?",
    needs=(FEATURES,),
    costs="two simple models, each fitted on six splits",
    source="scikit-learn's user guide, section 3.1.2.4: cross-validation iterators for grouped data",
    thresholds=(
        Threshold("items of shared groups", at_most=0, otherwise=Verdict.WARN, reason="two frames of a video are one test"),
        Threshold("inflation, lower bound", at_most=_POINT, reason="beyond what chance explains"),
    ),
)
def group_leakage(subject: Subject) -> DataAnswer:
    """Groups across splits, and the score of the given split against group-disjoint ones."""
    items = subject.dataset.items
    training, names = training_split(items.splits), evaluation_splits(items.splits)
    if not names or not (items.groups != "").any():
        return DataAnswer(applies=False)
    known = np.flatnonzero(items.splits == training)
    rows = np.flatnonzero(np.isin(items.splits, np.array(names, object)))
    shared = rows[shared_groups(items.groups, known, rows)]
    if not len(shared):
        none = (Number("items of shared groups", 0), Number("inflation, lower bound", 0.0))
        return DataAnswer(Measurement(none), f"no group of {training} is in another split")
    numbers, missing = _group_numbers(subject, known, rows)
    count = len({str(items.groups[row]) for row in shared})
    says = f"in other splits too: {counted(count, 'groups')} of {training}, with {counted(len(shared), 'items')}"
    bounds = [number.value for number in numbers if number.name.startswith("inflation, lower bound")]
    low = float(np.nanmax(bounds)) if np.isfinite(bounds).any() else 0.0
    says += f"; that inflates the score by at least {100 * low:.1f} points" if low > 0 else ""
    says += f" (inflation not measured: {missing})" if missing else ""
    suspects = tuple(_group_suspects(subject, shared, training))
    shown = (Number("items of shared groups", len(shared)), Number("shared groups", count))
    measured = Measurement((*shown, Number("inflation, lower bound", max(low, 0.0)), *numbers))
    step = "split again by group: trackside data split --by group"
    return DataAnswer(measured, says, (Cause("the data was split at random, item by item"),), step, suspects)


def _copies(subject: Subject) -> Rows:
    """The group of copies of each item: exact ones, altered ones, and nearly the same scene, which leaks as well."""
    first, second, _ = exact_pairs(subject)
    pairs = altered_pairs(subject)
    both = np.concatenate([first, pairs.first]), np.concatenate([second, pairs.second])
    return duplicate_groups(len(subject.dataset), *both)


def _inflations(subject: Subject, training: str, leaks: Mapping[str, Leak]) -> tuple[tuple[Number, ...], str]:
    """Scores of each evaluation split with leaks, as it is and without them; or why there are none."""
    if not subject.dataset.is_labelled:
        return (), "there are no classes"
    try:
        numbers = [
            number
            for name, leak in leaks.items()
            if len(leak.rows)
            for model, rows, correct in _answers(subject, training, name)
            for number in _of_one(f"{model}, {name}", metric_inflation(correct, np.isin(rows, leak.rows), subject.seed))
        ]
    except (Missing, InputError) as error:
        return (), str(error)
    return tuple(numbers), "" if numbers else "too few labelled pictures"


def _answers(subject: Subject, training: str, name: str) -> list[tuple[str, Rows, NDArray[np.bool_]]]:
    """Model, labelled rows of the split, and whether it is right about each: the user's own model if it was given."""
    dataset = subject.dataset
    labels = dataset.items.labels
    if subject.predictions is not None:
        rows = np.flatnonzero((dataset.items.splits == name) & (labels >= 0) & (subject.predictions != ""))
        right = np.array([subject.predictions[row] == dataset.label_name(int(row)) for row in rows], bool)
        return [("your model", rows, right)] if len(rows) else []
    features = subject.features()
    usable = np.isfinite(features).all(1) & (labels >= 0)
    train = np.flatnonzero((dataset.items.splits == training) & usable)
    rows = np.flatnonzero((dataset.items.splits == name) & usable)
    if not len(train) or not len(rows):
        return []
    given = {model: probe(features[train], labels[train], features[rows], subject.seed) for model, probe in PROBES.items()}
    return [(model, rows, np.asarray(answer == labels[rows])) for model, answer in given.items()]


def _of_one(who: str, found: Inflation) -> tuple[Number, ...]:
    return (
        Number(f"accuracy with leaks ({who})", found.whole),
        Number(f"accuracy without ({who})", found.clean),
        Number(f"inflation ({who})", found.difference),
        Number(f"inflation, lower bound ({who})", found.low),
        Number(f"inflation, upper bound ({who})", found.high),
    )


def _group_numbers(subject: Subject, training: Rows, evaluation: Rows) -> tuple[tuple[Number, ...], str]:
    labels, groups = subject.dataset.items.labels, subject.dataset.items.groups
    if not subject.dataset.is_labelled:
        return (), "there are no classes"
    try:
        features = subject.features()
        usable = np.isfinite(features).all(1) & (labels >= 0)
        training, evaluation = training[usable[training]], evaluation[usable[evaluation]]
        if not len(training) or not len(evaluation):
            return (), "too few labelled items"
        found = {
            model: group_inflation(features, labels, groups, training, evaluation, probe, subject.seed)
            for model, probe in PROBES.items()
        }
    except (Missing, InputError) as error:
        return (), str(error)
    if all(np.isnan(one.difference) for one in found.values()):
        return (), "there are too few groups to split them without"
    numbers: list[Number] = []
    for model, one in found.items():
        numbers += [
            Number(f"accuracy of this split ({model})", one.given),
            Number(f"accuracy with groups kept together ({model})", one.disjoint),
            Number(f"inflation ({model})", one.difference),
            Number(f"inflation, lower bound ({model})", one.low),
            Number(f"inflation, upper bound ({model})", one.high),
        ]
    return tuple(numbers), ""


def _says(training: str, leaks: Mapping[str, Leak], worst: float, missing: str) -> str:
    parts = [f"{counted(len(leak.rows), 'pictures')} of {name}" for name, leak in leaks.items() if len(leak.rows)]
    says = f"{' and '.join(parts)} are copies of pictures of {training}"
    if missing:
        return f"{says}, which inflates accuracy by at most {100 * worst:.1f} points (not measured: {missing})"
    return f"{says}, which inflates accuracy by {100 * worst:.1f} points"


def _missed(subject: Subject) -> str:
    """What there is to add where many altered copies of this data set are not found."""
    recall = altered_pairs(subject).calibration.recall
    if np.isnan(recall) or recall >= _FOUND_ENOUGH:
        return ""
    return f"; of copies planted as a test only {percent(recall)} were found: there may be more of them, and more inflation"


def _suspects(subject: Subject, training: str, leaks: Mapping[str, Leak]) -> list[Suspect]:
    names = subject.dataset.items.names
    return [
        Suspect("split-leakage", str(names[row]), 1.0, f"a copy is in {training}: drop it from {split}, or move it there",
                "pair", partner=str(names[partner]))
        for split, leak in leaks.items()
        for row, partner in zip(leak.rows, leak.partners, strict=True)
    ]  # fmt: skip


def _group_suspects(subject: Subject, rows: Rows, training: str) -> list[Suspect]:
    items = subject.dataset.items
    return [
        Suspect(
            "group-leakage", str(items.names[row]), 0.5, f"its group {items.groups[row]} is in {training} too: move it there"
        )
        for row in rows
    ]


def _sheet(subject: Subject, leaks: Mapping[str, Leak]) -> tuple[Plot, ...]:
    names, splits = subject.dataset.items.names, subject.dataset.items.splits
    pairs = [pair for leak in leaks.values() for pair in zip(leak.partners, leak.rows, strict=True)][:_SHOWN]
    rows = [int(row) for pair in pairs for row in pair]
    captions = [f"{names[row]}\n{splits[row]}" for row in rows]
    return (Plot("known from training", png=contact_sheet([subject.picture(row) for row in rows], captions, columns=4)),)

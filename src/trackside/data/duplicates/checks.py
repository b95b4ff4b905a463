"""Questions about copies: is any picture in the data set twice, as it is or altered?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Measurement, Number, Plot, Threshold, Verdict
from trackside.core.findings import Cause
from trackside.data.checking import EXTRACTORS, DataAnswer, Subject, data_check
from trackside.data.duplicates.exact import find_exact
from trackside.data.duplicates.find import Pairs, find_duplicates, same_group
from trackside.data.duplicates.groups import duplicate_groups
from trackside.data.duplicates.sketching import Sketches, SketchExtractor
from trackside.data.evidence import contact_sheet
from trackside.data.looking import look_at
from trackside.data.suspects import Suspect
from trackside.data.wording import percent

Rows = NDArray[np.int64]
EXTRACTORS.add(SketchExtractor.name, SketchExtractor)
_SHOWN = 12
# Where fewer of the planted copies are found, of a number that can tell, finding none says nothing.
_SEEN, _ENOUGH = 0.5, 10
_BARZ = "Barz and Denzler, 'Do we train on test data? Purging CIFAR of near-duplicates', J. Imaging 6(6), 2020"
_LOWE = "Lowe 2004 (SIFT); Sivic and Zisserman 2003 (visual words); threshold: Benjamini and Hochberg 1995"
_TWICE = "a picture that is there twice counts twice, and half of it may end in the test split"


@data_check(
    "exact-duplicates",
    asks="Is any picture in the data set twice?",
    costs="nothing beyond the pass over the pictures",
    source=_BARZ,
    thresholds=(
        Threshold("copies", at_most=0, otherwise=Verdict.WARN, reason=_TWICE),
        Threshold("copies with another class", at_most=0, reason="one of the two labels of one picture is wrong"),
    ),
)
def exact_duplicates(subject: Subject) -> DataAnswer:
    """Files with the same bytes, and pictures with the same pixels."""
    if not subject.scan.readable.any():
        return DataAnswer(applies=False)
    first, second, same_file = exact_pairs(subject)
    disagree = _other_class(subject, first, second)
    numbers = (
        Number("copies", len(first)),
        Number("copies byte for byte", int(same_file.sum())),
        Number("copies with another class", int(disagree.sum())),
        Number("share of pictures", 100 * len(first) / int(subject.scan.readable.sum()), "%"),
    )
    order = np.argsort(~disagree, kind="stable")
    whys = ["the same file" if same else "the same pixels in another file" for same in same_file]
    suspects = tuple(
        _suspect(subject, "exact-duplicates", first[row], second[row], 1.0, whys[row], disagrees=bool(disagree[row]))
        for row in order
    )
    says = "no picture is there twice"
    if len(first):
        says = f"{len(first):,} of {len(subject.dataset):,} pictures are the same as another"
    if disagree.any():
        says += f", and {int(disagree.sum())} of them have another class than their copy"
    plots = _sheet(subject, "the same picture twice", first[order], second[order], [whys[row] for row in order])
    causes = (Cause("pictures were gathered from several places, or exported twice"),)
    step = "drop the copies; where classes differ, look which one is right first"
    return DataAnswer(Measurement(numbers, plots), says, causes, step, suspects)


@data_check(
    "transformed-duplicates",
    asks="Are there altered copies: cropped, mirrored, turned, recompressed, recoloured?",
    needs=(SketchExtractor.name,),
    costs="about 5 ms a picture, and 150 pictures altered and looked for again",
    source=_LOWE,
    thresholds=(Threshold("altered copies", at_most=0, otherwise=Verdict.WARN, reason=_TWICE),),
)
def transformed_duplicates(subject: Subject) -> DataAnswer:
    """Pairs of pictures whose local features and pixels agree under one transform."""
    if not subject.scan.readable.any():
        return DataAnswer(applies=False)
    pairs = altered_pairs(subject)
    within = same_group(subject.dataset.items.groups, pairs.first, pairs.second)
    copies = np.flatnonzero(pairs.are_copies & ~within)
    scenes = len(pairs) - len(copies)
    first, second, kinds = pairs.first[copies], pairs.second[copies], [str(pairs.kinds[row]) for row in copies]
    disagree = _other_class(subject, first, second)
    suspects = tuple(
        _suspect(subject, "transformed-duplicates", a, b, float(score), f"looks like a copy: {kind}", disagrees=bool(other))
        for a, b, score, kind, other in zip(first, second, pairs.scores[copies], kinds, disagree, strict=True)
    )
    plots = _sheet(subject, "original and copy", first, second, kinds)
    says = _says(len(copies), scenes, pairs)
    causes = (Cause("augmented or edited pictures were saved among the originals"), Cause("one source was scraped twice"))
    blind = (
        "tell which pictures belong to one video or session (a column `group`), or look at the map for what lies together"
    )
    step = "keep one of each group, or keep each group in one split" if len(copies) else blind
    return DataAnswer(Measurement(_numbers(pairs, first, second, scenes), plots), says, causes, step, suspects)


def exact_pairs(subject: Subject) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Exact copies, found once for all checks; as `find_exact`."""
    return subject.once("exact copies", lambda: find_exact(subject.scan))  # type: ignore[no-any-return]


def altered_pairs(subject: Subject) -> Pairs:
    """Altered copies, found once for all checks; without exact ones."""
    return subject.once("altered copies", lambda: _find_altered(subject))  # type: ignore[no-any-return]


def _find_altered(subject: Subject) -> Pairs:
    """Of exact copies only the first is looked at, so that they neither crowd out others nor count twice."""
    _, second, _ = exact_pairs(subject)
    alone = np.setdiff1d(np.flatnonzero(subject.scan.readable), second)
    sketches = Sketches.of_scan(subject.scan).take(alone)

    def picture(row: int) -> RGB:
        return look_at(subject.dataset.path(int(alone[row]))).rgb

    groups = subject.dataset.items.groups[alone]
    found = find_duplicates(sketches, picture=picture, groups=groups, seed=subject.seed)
    count = len(subject.dataset)
    return Pairs(alone[found.first], alone[found.second], found.scores, found.kinds, count, found.calibration, found.weak)


def _other_class(subject: Subject, first: Rows, second: Rows) -> NDArray[np.bool_]:
    labels = subject.dataset.items.labels
    return np.asarray((labels[first] != labels[second]) & (labels[first] >= 0) & (labels[second] >= 0))


def _numbers(pairs: Pairs, first: Rows, second: Rows, scenes: int) -> tuple[Number, ...]:
    calibration = pairs.calibration
    low, high = calibration.recall_interval()
    members = np.unique(np.concatenate([first, second]))
    groups = duplicate_groups(pairs.count, first, second)[members]
    copies = len(members) - len(np.unique(groups))
    blind = not copies and not calibration.recall >= _SEEN
    numbers = (
        Number("altered copies", float("nan") if blind and calibration.planted >= _ENOUGH else copies),
        Number("groups", len(np.unique(groups))),
        Number("pairs of nearly the same scene", scenes),
        Number("threshold", calibration.threshold),
        Number("expected precision", calibration.precision),
        Number("recall of planted copies", calibration.recall),
        Number("recall, lower bound", low),
        Number("recall, upper bound", high),
        Number("pictures with too little detail", pairs.weak),
    )
    # Nothing found has no precision.
    return tuple(number for number in numbers if not np.isnan(number.value))


def _says(copies: int, scenes: int, pairs: Pairs) -> str:
    calibration = pairs.calibration
    says = f"{copies:,} pairs of altered copies" if copies else "no altered copies"
    if scenes:
        says += f", and {scenes:,} pairs of nearly the same scene"
    if calibration.planted:
        says += f"; of {calibration.planted} copies planted as a test, {percent(calibration.recall)} were found"
    if calibration.planted and calibration.recall < _SEEN:
        says += ": these pictures are too alike to tell more copies without false alarms"
    if calibration.found:
        says += f"; about {percent(calibration.precision)} of the pairs are expected to be right"
    return says


def _suspect(subject: Subject, check: str, first: int, second: int, score: float, why: str, *, disagrees: bool) -> Suspect:
    names, dataset = subject.dataset.items.names, subject.dataset
    reason = f"{why}, but the other one is {dataset.label_name(int(first))}" if disagrees else why
    return Suspect(check, str(names[second]), min(score + 0.5 * disagrees, 1.0), reason, "pair", partner=str(names[first]))


def _sheet(subject: Subject, title: str, first: Rows, second: Rows, whys: Sequence[str]) -> tuple[Plot, ...]:
    """Originals and copies side by side, the surest first; none without pairs."""
    if len(first) == 0:
        return ()
    names = subject.dataset.items.names
    first, second = first[:_SHOWN], second[:_SHOWN]
    rows = [row for pair in zip(first, second, strict=True) for row in pair]
    captions = []
    for a, b, why in zip(first, second, whys, strict=False):
        captions += [str(names[a]), str(names[b]) + "\n" + why]
    return (Plot(title, png=contact_sheet([subject.picture(int(row)) for row in rows], captions, columns=4)),)

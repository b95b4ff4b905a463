"""Whether annotators agree well enough for a network to learn from what they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Cause, Measurement, Number, Plot, Threshold, Verdict
from trackside.data.agreement.boxes import box_agreement
from trackside.data.agreement.coefficients import krippendorff_alpha
from trackside.data.agreement.consensus import dawid_skene
from trackside.data.agreement.intervals import Interval
from trackside.data.agreement.keypoints import keypoint_agreement
from trackside.data.agreement.ratings import Ratings, ratings_of
from trackside.data.agreement.tables import confusions, of_each_annotator, of_each_class
from trackside.data.checking import DataAnswer, Subject, data_check
from trackside.data.evidence import contact_sheet
from trackside.data.suspects import Kind, Suspect
from trackside.data.wording import counted, percent

_ALPHA, _FOUND, _NEAR = "Krippendorff's alpha", "boxes that both drew", "points that lie together"
_GUIDE = "write down how disputed cases are to be labelled (`trackside data agree` drafts that guide), and label them again"
_MOST_SHOWN = 12
_NOT_ASKED = Measurement(missing="nothing was judged by two annotators")


@data_check(
    "label-agreement",
    asks="Do annotators agree on the classes?",
    source="Krippendorff 2004, Content Analysis, 2nd edition, section 11.4.2",
    thresholds=(
        Threshold(
            _ALPHA, at_least=0.667, reason="below it, no conclusion should be drawn from the labels (Krippendorff 2004)"
        ),
        Threshold(
            _ALPHA, at_least=0.8, otherwise=Verdict.WARN, reason="below it, only tentative conclusions (Krippendorff 2004)"
        ),
    ),
)
def label_agreement(subject: Subject) -> DataAnswer:
    """Krippendorff's alpha of the classes of whole items, by class and annotator, and the items that are disputed."""
    ratings = ratings_of(subject.dataset)
    shared = int(ratings.shared.sum())
    if not shared:
        return DataAnswer(_NOT_ASKED, applies=False)
    alpha = krippendorff_alpha(ratings.values, seed=subject.seed)
    if np.isnan(alpha.value):
        why = "all annotators gave one class to everything, so that nothing could have differed"
        return DataAnswer(Measurement(missing=why))
    people = of_each_annotator(ratings, subject.seed)
    plots = (_bars("agreement by class", of_each_class(ratings, subject.seed)), _bars("agreement by annotator", people))
    numbers = (*_numbers(_ALPHA, alpha), Number("items judged twice or more", shared))
    disputed = np.flatnonzero(ratings.disputed)
    said = f"disputed: {len(disputed):,} of {counted(shared, 'items')} that several judged; {_ALPHA} is {alpha}"
    return DataAnswer(
        Measurement(numbers, (*plots, *_sheet(subject, ratings, disputed))),
        said,
        _causes(ratings, people),
        _GUIDE,
        _disputes(subject, ratings, disputed),
    )


@data_check(
    "box-agreement",
    asks="Do annotators draw the same boxes?",
    source="matching at IoU 0.5: Everingham et al. 2010, The PASCAL Visual Object Classes Challenge, section 4.2",
    thresholds=(
        Threshold(
            _FOUND,
            at_least=0.8,
            otherwise=Verdict.WARN,
            reason="no detector can be measured better than the people who drew its ground truth agree",
        ),
    ),
)
def boxes_agree(subject: Subject) -> DataAnswer:
    """The F1 of one annotator's boxes against another's, overlap and class of matched ones."""
    found = box_agreement(subject.dataset, seed=subject.seed)
    if found is None:
        return DataAnswer(_NOT_ASKED, applies=False)
    numbers = (
        *_numbers(_FOUND, found.found),
        *_numbers("mean overlap", found.overlap),
        *_numbers("same class", found.named),
    )
    plots = (_bars("boxes by class", found.by_class), _bars("boxes by annotator", found.by_annotator))
    images = counted(found.images, "images")
    said = f"on {images} that two annotators worked on, both drew {percent(found.found.value)} of the boxes"
    return DataAnswer(
        Measurement(numbers, plots), said, (), _GUIDE, _suspects(subject, found.disputed, "box-agreement", "box")
    )


@data_check(
    "keypoint-agreement",
    asks="Do annotators put keypoints in the same places?",
    source="PCK at 0.1: Yang and Ramanan 2013, Articulated Human Detection with Flexible Mixtures of Parts, section 6.1",
    thresholds=(
        Threshold(
            _NEAR,
            at_least=0.9,
            otherwise=Verdict.WARN,
            reason="a pose network cannot be measured to a tenth of the body where people do not agree to a tenth",
        ),
    ),
)
def keypoints_agree(subject: Subject) -> DataAnswer:
    """The share of points that two annotators put within a tenth of the object's size, and exchanged sides."""
    found = keypoint_agreement(subject.dataset, seed=subject.seed)
    if found is None:
        return DataAnswer(_NOT_ASKED, applies=False)
    swapped = len(found.swapped)
    numbers = (
        *_numbers(_NEAR, found.near),
        *_numbers("mean distance", found.distance),
        Number("left and right exchanged", swapped),
    )
    plots = (_bars("points that lie together, by point", found.by_point), _bars("by annotator", found.by_annotator))
    said = f"of {found.objects} objects marked twice, {percent(found.near.value)} of the points lie together"
    said += f"; in {swapped} images left and right are exchanged" if swapped else ""
    causes = (Cause("left and right mean the picture's sides to one and the person's to another"),) if swapped else ()
    suspects = _suspects(subject, found.swapped, "keypoint-agreement", "keypoint")
    return DataAnswer(Measurement(numbers, plots), said, causes, _GUIDE, suspects)


def _numbers(name: str, found: Interval) -> tuple[Number, ...]:
    return (Number(name, found.value), Number(f"{name}, 95 % from", found.low), Number(f"{name}, 95 % to", found.high))


def _bars(title: str, found: Mapping[str, Interval]) -> Plot:
    """A bar a class or annotator, with its interval."""
    values = list(found.values())
    errors = {
        "type": "data",
        "array": [one.high - one.value for one in values],
        "arrayminus": [one.value - one.low for one in values],
    }
    bars: dict[str, Any] = {"type": "bar", "x": list(found), "y": [one.value for one in values], "error_y": errors}
    return Plot(title, {"data": [bars], "layout": {"yaxis": {"range": [None, 1]}, "height": 320}})


def _causes(ratings: Ratings, people: Mapping[str, Interval]) -> tuple[Cause, ...]:
    causes = [
        Cause(f"{first} and {second} are not told apart the same way ({counted(count, 'items')})")
        for first, second, count in confusions(ratings)[:3]
    ]
    known = {name: one for name, one in people.items() if np.isfinite(one.value)}
    if len(known) > 2:
        least = min(known, key=lambda name: known[name].value)
        others = float(np.median([one.value for name, one in known.items() if name != least]))
        if known[least].high < others:
            causes.insert(0, Cause(f"{least} differs from the others (kappa {known[least].value:.2f}, theirs {others:.2f})"))
    return tuple(causes)


def _sheet(subject: Subject, ratings: Ratings, disputed: NDArray[np.intp]) -> tuple[Plot, ...]:
    rows = disputed[:_MOST_SHOWN]
    if not len(rows):
        return ()
    pictures = [subject.picture(int(ratings.units[row])) for row in rows]
    return (Plot("disputed items", png=contact_sheet(pictures, [_opinions(ratings, int(row)) for row in rows])),)


def _opinions(ratings: Ratings, row: int) -> str:
    """`ann: bee, ben: ant`."""
    given = ((who, value) for who, value in zip(ratings.annotators, ratings.values[row], strict=True) if value >= 0)
    return ", ".join(f"{who}: {ratings.classes[value]}" for who, value in given)


def _disputes(subject: Subject, ratings: Ratings, disputed: NDArray[np.intp]) -> tuple[Suspect, ...]:
    if not len(disputed):
        return ()
    consensus = dawid_skene(ratings)
    names = subject.dataset.items.names
    return tuple(
        Suspect(
            "label-agreement",
            str(names[ratings.units[row]]),
            float(np.clip(1 - consensus.probabilities[row] / 2, 0.5, 1.0)),
            f"annotators differ ({_opinions(ratings, int(row))})",
            "label",
            ratings.classes[consensus.classes[row]],
        )
        for row in disputed
    )


def _suspects(subject: Subject, items: Sequence[int] | NDArray[np.int64], check: str, kind: Kind) -> tuple[Suspect, ...]:
    names = subject.dataset.items.names
    return tuple(Suspect(check, str(names[item]), 0.7, f"annotators' {kind}s differ", kind) for item in items)

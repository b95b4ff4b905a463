"""Are boxes and keypoints possible, are sides as they should be, and is nothing left out?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Measurement, Number, Plot, Threshold, TracksideError, Verdict
from trackside.core.images import resized
from trackside.data.annotating.geometry import Faults, box_faults, point_faults
from trackside.data.annotating.missing import LeftOut, gaps_of_tracks, seen_without_box
from trackside.data.annotating.sides import FEWEST, exchanged
from trackside.data.checking import DataAnswer, Subject, data_check
from trackside.data.evidence import contact_sheet
from trackside.data.looking import look_at
from trackside.data.suspects import Kind, Suspect
from trackside.data.wording import counted, in_percent

_MOST_SHOWN = 12
_ONE_PERCENT = "a network learns the rest in spite of one in a hundred; each is still worth mending"


def _thresholds(number: str) -> tuple[Threshold, ...]:
    return (
        Threshold(f"share of {number}", at_most=1, reason=_ONE_PERCENT),
        Threshold(number, at_most=0, otherwise=Verdict.WARN, reason="none of them can be right"),
    )


@data_check(
    "impossible-boxes",
    asks="Are there boxes that no object can have?",
    source="geometry",
    thresholds=_thresholds("impossible boxes"),
)
def impossible_boxes(subject: Subject) -> DataAnswer:
    """Boxes that are not numbers, inside out, empty, outside their picture, or there twice."""
    given = int((~np.isnan(subject.dataset.annotations.boxes).all(axis=1)).sum())
    if not given:
        return DataAnswer(Measurement(missing="there are no boxes"), applies=False)
    faults = box_faults(subject.dataset, _sizes(subject))
    return _answer(subject, "impossible-boxes", faults, "impossible boxes", given, "box")


@data_check(
    "impossible-keypoints",
    asks="Are there keypoints that no object can have?",
    source="geometry",
    thresholds=_thresholds("impossible keypoints"),
)
def impossible_keypoints(subject: Subject) -> DataAnswer:
    """Keypoints that are not numbers, outside their picture or box, or on one spot."""
    points = subject.dataset.annotations.points
    given = int((points[:, :, 2] > 0).any(axis=1).sum()) if points.shape[1] else 0
    if not given:
        return DataAnswer(Measurement(missing="there are no keypoints"), applies=False)
    faults = point_faults(subject.dataset, _sizes(subject))
    return _answer(subject, "impossible-keypoints", faults, "impossible keypoints", given, "keypoint")


@data_check(
    "exchanged-sides",
    asks="Are left and right exchanged in some keypoints?",
    costs="compares each pose to up to 4,000 others",
    source="nearest neighbours in pose, as labelled and with sides exchanged",
    thresholds=(
        Threshold("poses with sides exchanged", at_most=0, otherwise=Verdict.WARN, reason="a network learns both as one"),
    ),
)
def exchanged_sides(subject: Subject) -> DataAnswer:
    """Poses that fit the data set's own poses only with left and right exchanged."""
    dataset = subject.dataset
    if not dataset.annotations.points.shape[1]:
        return DataAnswer(Measurement(missing="there are no keypoints"), applies=False)
    scores = exchanged(dataset.annotations.points, dataset.keypoints, subject.seed)
    judged = int(np.isfinite(scores).sum())
    if not judged:
        return DataAnswer(Measurement(missing=f"fewer than {FEWEST} objects are marked on both sides"), applies=False)
    rows = np.flatnonzero(scores > 0)
    reason = "its points fit the other poses only with left and right exchanged"
    faults = Faults(rows, (reason,) * len(rows), scores[rows])
    return _answer(subject, "exchanged-sides", faults, "poses with sides exchanged", judged, "keypoint")


@data_check(
    "missing-objects",
    asks="Were objects left out beside others that were marked?",
    source="gaps of tracks; a detector's finds (annotations with a score) without a person's box",
    thresholds=(
        Threshold(
            "share left out",
            at_most=2,
            otherwise=Verdict.WARN,
            reason="what is there without a box teaches the network to see nothing there",
        ),
    ),
)
def missing_objects(subject: Subject) -> DataAnswer:
    """Pictures in which a track is missing for a moment, and what a detector sees where nobody drew a box."""
    dataset = subject.dataset
    drawn = int((dataset.annotations.has_box & np.isnan(dataset.annotations.scores)).sum())
    if not drawn:
        return DataAnswer(Measurement(missing="nobody has drawn boxes"), applies=False)
    parts = (gaps_of_tracks(dataset), seen_without_box(dataset))
    count = sum(map(len, parts))
    numbers = (
        Number("boxes", drawn),
        Number("left out", count),
        Number("share left out", in_percent(count / (drawn + count)), "%"),
    )
    said = (
        f"probably left out beside {counted(drawn, 'boxes')}: {counted(count, 'objects')}"
        if count
        else f"none of {counted(drawn, 'boxes')} has a gap beside it"
    )
    suspects = tuple(suspect for part in parts for suspect in _left_out(subject, part))
    sheet = _left_out_sheet(subject, parts)
    return DataAnswer(Measurement(numbers, sheet), said, (), "draw them; the places are in the queue", suspects)


def _sizes(subject: Subject) -> NDArray[np.int32]:
    """int32 [n, 2]: as the pictures are; as the data set says where they cannot be read."""
    try:
        seen = np.stack([subject.scan.column("file@1", name) for name in ("width", "height")], axis=1)
    except KeyError:  # No picture can be read.
        return subject.dataset.items.sizes
    return np.asarray(np.where(seen > 0, seen, subject.dataset.items.sizes), np.int32)


def _answer(subject: Subject, check: str, faults: Faults, what: str, given: int, kind: Kind) -> DataAnswer:
    count = len(faults)
    numbers = (Number("looked at", given), Number(what, count), Number(f"share of {what}", in_percent(count / given), "%"))
    frequent = ", ".join(f"{times} x {reason}" for reason, times in Counter(faults.reasons).most_common(3))
    said = f"{count} of {given} cannot be right: {frequent}" if count else f"all {given} are possible"
    names = subject.dataset.items.names[subject.dataset.annotations.items[faults.rows]]
    suspects = tuple(
        Suspect(check, str(name), float(score), reason, kind, annotation=int(row))
        for name, row, reason, score in zip(names, faults.rows, faults.reasons, faults.scores, strict=True)
    )
    return DataAnswer(Measurement(numbers, _sheet(subject, faults)), said, (), "mend them in the queue", suspects)


def _left_out(subject: Subject, part: LeftOut) -> tuple[Suspect, ...]:
    names, classes = subject.dataset.items.names, subject.dataset.classes
    return tuple(
        Suspect("missing-objects", str(names[item]), float(score), reason, "box", classes[label] if label >= 0 else "")
        for item, label, reason, score in zip(part.items, part.classes, part.reasons, part.scores, strict=True)
    )


def _sheet(subject: Subject, faults: Faults) -> tuple[Plot, ...]:
    """The worst, drawn into their pictures."""
    chosen = np.argsort(-faults.scores, kind="stable")[:_MOST_SHOWN]
    notes = subject.dataset.annotations
    rows = faults.rows[chosen]
    pictures = [_drawn(subject, int(notes.items[row]), notes.boxes[row], notes.points[row]) for row in rows]
    captions = [str(subject.dataset.items.names[notes.items[row]]) for row in rows]
    return (Plot("the worst of them", png=contact_sheet(pictures, captions)),) if pictures else ()


def _left_out_sheet(subject: Subject, parts: Sequence[LeftOut]) -> tuple[Plot, ...]:
    places = [(int(item), box) for part in parts for item, box in zip(part.items, part.boxes, strict=True)][:_MOST_SHOWN]
    pictures = [_drawn(subject, item, box, np.empty((0, 3))) for item, box in places]
    captions = [str(subject.dataset.items.names[item]) for item, _ in places]
    return (Plot("where they probably are", png=contact_sheet(pictures, captions)),) if pictures else ()


def _drawn(subject: Subject, item: int, box: NDArray[np.float64], points: NDArray[np.float64]) -> RGB:
    """A small picture with a box and points in it."""
    import cv2

    try:
        looked = look_at(subject.dataset.path(item))
    except TracksideError:
        return subject.picture(item)
    scale = 160 / max(looked.rgb.shape[:2])
    small = resized(
        looked.rgb, max(1, round(looked.rgb.shape[1] * scale)), max(1, round(looked.rgb.shape[0] * scale))
    ).copy()
    ratio = small.shape[1] / looked.width
    if np.isfinite(box).all():
        corners = np.clip(box * ratio, -1e4, 1e4).round().astype(int).tolist()
        cv2.rectangle(small, tuple(corners[:2]), tuple(corners[2:]), (230, 60, 40), 2)
    for x, y, seen in points:
        if seen > 0 and np.isfinite((x, y)).all() and max(abs(x), abs(y)) < 1e6:
            cv2.circle(small, (round(x * ratio), round(y * ratio)), 3, (40, 120, 230), -1)
    return small

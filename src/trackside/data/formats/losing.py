"""What of a data set a format cannot hold, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.building import in_order
from trackside.data.formats.format import Format
from trackside.data.items import Texts
from trackside.data.wording import counted

Count = Callable[[Dataset], int]


def losses_of(dataset: Dataset, format: Format) -> Iterator[str]:
    """A clause for each part of the data set that is used and that the format does not keep."""
    for part, (count, words) in _PARTS.items():
        number = 0 if part in format.holds else count(dataset)
        if number:
            yield _said(words, number)
    others = sorted(name for name in dataset.info if name != format.name and dataset.info[name])
    if others and "info" not in format.holds:
        yield f"what the format {' and '.join(others)} held besides (licences, descriptions)"
    places = format.places(dataset)
    moved = int((places != dataset.items.names).sum())
    if moved:
        yield f"the names of {counted(moved, 'items')}: the pictures are placed as the format wants them"


def _said(words: str, number: int) -> str:
    """The clause with its number, and the word behind it for one or several."""
    before, _, after = words.partition("{} ")
    return before + counted(number, after)


def _filled(column: Texts) -> int:
    return sum(map(bool, column))


def _empty_classes(dataset: Dataset) -> int:
    used = set(dataset.items.labels.tolist()) | set(dataset.annotations.classes.tolist())
    return len(dataset.classes) - len(used - {NO_CLASS})


def _points(dataset: Dataset) -> int:
    points = dataset.annotations.points
    return int((~np.isnan(points).all(axis=(1, 2))).sum()) if points.shape[1] else 0


_PARTS: dict[str, tuple[Count, str]] = {
    "labels": (lambda data: int((data.items.labels != NO_CLASS).sum()), "the class of {} items"),
    "splits": (lambda data: _filled(data.items.splits), "the split of {} items"),
    "groups": (lambda data: _filled(data.items.groups), "the group of {} items"),
    "times": (lambda data: int((~np.isnan(data.items.times)).sum()), "the time of {} items"),
    "sizes": (lambda data: int(data.items.sizes.any(axis=1).sum()), "the size that was written of {} items"),
    "texts": (lambda data: _filled(data.items.texts), "the transcript of {} items"),
    "item_extras": (lambda data: _filled(data.items.extras), "what the source held besides of {} items"),
    "annotations": (lambda data: len(data.annotations), "{} annotations"),
    "boxes": (lambda data: int(data.annotations.has_box.sum()), "{} boxes"),
    "points": (_points, "{} sets of keypoints"),
    "keypoint_names": (lambda data: len(data.keypoints), "the names of {} keypoints"),
    "classes_of_annotations": (
        lambda data: int((data.annotations.classes != NO_CLASS).sum()),
        "the class of {} annotations",
    ),
    "scores": (lambda data: int((~np.isnan(data.annotations.scores)).sum()), "the score of {} annotations"),
    "tracks": (lambda data: int((data.annotations.tracks != -1).sum()), "the track of {} annotations"),
    "annotators": (lambda data: _filled(data.annotations.annotators), "who drew {} annotations"),
    "annotation_extras": (
        lambda data: _filled(data.annotations.extras),
        "what the source held besides of {} annotations",
    ),
    "empty_classes": (_empty_classes, "{} classes without a member"),
    "class_order": (
        lambda data: int(list(data.classes) != in_order(data.classes)) and len(data.classes),
        "the order of the {} classes: they will be in order of name",
    ),
}

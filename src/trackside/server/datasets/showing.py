"""Items of an opened data set as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.server.datasets.opened import Opened
from trackside.server.datasets.shapes import BoxShape, ClassCount, Facets, ItemShape, ItemsShape, SuspectShape

# Words of one facet: beyond, a list is not for choosing from. The largest stay.
_MOST_WORDS = 5000
# Boxes of one item.
_MOST_BOXES = 2000


def facets(data: Opened) -> Facets:
    """What the grid can be filtered by."""
    _, starts = data.items_of_class
    return Facets(
        classes=_counted(data.classes, np.diff(starts)),
        splits=_counted(data.splits, _count(data.column["splits"], len(data.splits))),
        groups=_counted(data.groups, _count(data.column["groups"], len(data.groups))),
        checks=[ClassCount(name=name, count=len(rows)) for name, rows in data.suspects.rows_of_checks.items()],
        troubles=data.troubles,
        keypoints=data.keypoints,
        bones=data.bones,
    )


def items(data: Opened, rows: NDArray[Any], total: int) -> ItemsShape:
    """Some items as columns."""
    column = data.column
    boxes = column["starts"][rows + 1] - column["starts"][rows]
    return ItemsShape(
        total=total,
        rows=rows.tolist(),
        names=[data.names[row] for row in rows],
        labels=_words(data.classes, column["labels"][rows]),
        splits=_words(data.splits, column["splits"][rows]),
        groups=_words(data.groups, column["groups"][rows]),
        widths=column["sizes"][rows, 0].tolist(),
        heights=column["sizes"][rows, 1].tolist(),
        boxes=boxes.tolist(),
        suspicion=np.round(column["suspicion"][rows].astype(np.float64), 4).tolist(),
    )


def item(data: Opened, row: int) -> ItemShape:
    """One item whole."""
    width, height = (int(value) for value in data.column["sizes"][row])
    return ItemShape(
        row=row,
        name=data.names[row],
        label=data.label(row),
        split=data.word(data.splits, int(data.column["splits"][row])),
        group=data.word(data.groups, int(data.column["groups"][row])),
        width=width,
        height=height,
        annotations=boxes(data, row),
        suspects=suspects(data, row),
        **data.extras(row),
    )


def boxes(data: Opened, row: int) -> list[BoxShape]:
    """The annotations of an item, the first 2,000 of them."""
    return [_box(data, place) for place in data.annotations_of(row)[:_MOST_BOXES]]


def suspects(data: Opened, row: int) -> list[SuspectShape]:
    """What checks say of an item, worst first."""
    columns = data.suspects.columns
    return [
        SuspectShape(
            **{name: columns[name][place] for name in columns}, partner_row=data.row_of.get(columns["partner"][place])
        )
        for place in data.suspects.of(row)
    ]


def _box(data: Opened, place: int) -> BoxShape:
    column = data.column
    x1, y1, x2, y2 = (float(value) for value in column["boxes"][place])
    return BoxShape(
        annotation=int(column["annotation_rows"][place]),
        label=data.word(data.classes, int(column["annotation_classes"][place])),
        box=(x1, y1, x2, y2) if np.isfinite([x1, y1, x2, y2]).all() else None,
        points=_points(column["points"][place]),
        annotator=data.word(data.annotators, int(column["annotators"][place])),
    )


def _points(points: NDArray[np.float64]) -> list[tuple[float, float, float]]:
    """x, y, visibility of each; a point that is nowhere is not labelled. None at all if no point is anywhere."""
    known = np.asarray(np.isfinite(points).all(axis=1))
    if not known.any():
        return []
    return [(x, y, v) for x, y, v in np.where(known[:, None], points, 0.0).tolist()]


def _words(words: list[str], codes: Iterable[int]) -> list[str]:
    return [words[code] if code >= 0 else "" for code in codes]


def _count(codes: NDArray[Any], n: int) -> NDArray[np.int64]:
    return np.bincount(codes[codes >= 0], minlength=n)


def _counted(words: list[str], counts: NDArray[Any]) -> list[ClassCount]:
    """Words with how many items have them; if there are too many, those of the most items."""
    kept = range(len(words))
    chosen = kept if len(words) <= _MOST_WORDS else sorted(np.argsort(-counts, kind="stable")[:_MOST_WORDS].tolist())
    return [ClassCount(name=words[code], count=int(counts[code])) for code in chosen]

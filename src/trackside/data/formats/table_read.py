"""Rows of a table become items and annotations."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.formats.building import NO_ITEM, Builder
from trackside.data.formats.encoding import mended
from trackside.data.formats.table_columns import NUMBERS, Columns

# int32 for sizes, whole floats for tracks.
_LARGEST_SIZE, _LARGEST_TRACK = 2**31 - 1, 2**53
_LONGEST_LINE_NOTE = 60


class TableReader:
    """Adds batches of rows to a builder.

    Args:
        builder: takes them.
        columns: what the columns mean.
        file: the table's name, for troubles.
        first_line: line of the first row in the file; rows are taken for one line each.
        base: the folder that paths are relative to.
    """

    def __init__(self, builder: Builder, columns: Columns, file: str, first_line: int = 1, base: str = "") -> None:
        self.builder, self.columns, self.file, self.base = builder, columns, file, base
        self.line = first_line
        self._seen: dict[str, int] = {}
        self._points = builder.points_of(list(columns.points))

    def add(self, batch: Any) -> None:
        """Add a `pyarrow.RecordBatch`; cells of any type."""
        texts, numbers = self._cells(batch)
        boxes, points = self._boxes(numbers, batch.num_rows), self._point_values(batch)
        start = self.line
        self.line += batch.num_rows
        others = {name: _texts(batch.column(name)) for name in self.columns.others}
        for row in range(batch.num_rows):
            one = {role: column[row] for role, column in texts.items()}
            values = {role: float(column[row]) for role, column in numbers.items()}
            extra = {name: column[row] for name, column in others.items() if column[row]}
            item = self._item(one, values, extra, start + row)
            if item != NO_ITEM and self.columns.has_annotations:
                self._annotation(item, one, values, boxes[row], None if points is None else points[row], start + row)

    def _cells(self, batch: Any) -> tuple[dict[str, list[str]], dict[str, NDArray[np.float64]]]:
        texts, numbers = {}, {}
        for role, name in self.columns.roles.items():
            if role in NUMBERS:
                numbers[role] = self._numbers(batch.column(name), name)
            else:
                texts[role] = self._checked(batch.column(name), name)
        return texts, numbers

    def _checked(self, column: Any, name: str) -> list[str]:
        texts = _texts(column)
        for row, text in enumerate(texts):
            if "\udc80" <= max(text, default="") <= "\udcff":
                self.builder.trouble(self.file, f"the {name} is not UTF-8; it was read as Windows-1252", self.line + row)
                texts[row] = mended(text)
        return texts

    def _numbers(self, column: Any, name: str) -> NDArray[np.float64]:
        quick = _quick_numbers(column)
        if quick is not None:
            return quick
        values = np.full(len(column), math.nan)
        for row, text in enumerate(_texts(column)):
            try:
                values[row] = float(text) if text.strip() else math.nan
            except ValueError:
                what = f"the {name} {text[:_LONGEST_LINE_NOTE]!r} is no number"
                self.builder.trouble(self.file, what, self.line + row)
        return values

    def _boxes(self, numbers: Mapping[str, NDArray[np.float64]], count: int) -> NDArray[np.float64]:
        if not self.columns.has_boxes:
            return np.full((count, 4), np.nan)
        if "x2" in numbers:
            return np.stack([numbers[role] for role in ("x1", "y1", "x2", "y2")], axis=1)
        x, y = numbers["x1"], numbers["y1"]
        return np.stack([x, y, x + numbers["box_width"], y + numbers["box_height"]], axis=1)

    def _point_values(self, batch: Any) -> NDArray[np.float64] | None:
        if not self.columns.points:
            return None
        triples = [[self._numbers(batch.column(name), name) for name in names] for names in self.columns.points.values()]
        return np.asarray(np.transpose(np.array(triples), (2, 0, 1)))

    def _item(self, one: Mapping[str, str], values: Mapping[str, float], extra: dict[str, Any], line: int) -> int:
        text = one.get("path", "") if "path" in self.columns.roles else f"{self.file}:{line}"
        if self.columns.has_annotations:
            seen = self._seen.get(text)
            if seen is not None:
                self.builder.same_label(seen, one.get("label", ""), line)
                return seen
        row = self.builder.item(
            text,
            where=self.file,
            line=line,
            base=self.base if "path" in self.columns.roles else "",
            label=self.builder.class_of(one.get("label", "")),
            split=one.get("split", ""),
            group=one.get("group", ""),
            time=values.get("time", math.nan),
            size=(_size(values.get("width", 0)), _size(values.get("height", 0))),
            transcript=one.get("text", ""),
            extra={**extra, **self._json(one.get("extra", ""), line)},
            again="" if self.columns.has_annotations else "is named twice; the first counts",
        )
        self._seen[text] = row
        return row

    def _json(self, text: str, line: int) -> dict[str, Any]:
        if not text:
            return {}
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self.builder.trouble(self.file, "what is kept besides is no JSON object", line)
            return {}
        return found

    def _annotation(
        self,
        item: int,
        one: Mapping[str, str],
        values: Mapping[str, float],
        box: NDArray[np.float64],
        points: NDArray[np.float64] | None,
        line: int,
    ) -> None:
        known = ~np.isnan(box)
        if known.any() and not np.isfinite(box).all():
            self.builder.trouble(self.file, "the box is not four finite numbers; it was left out", line)
            return
        has_points = points is not None and not np.isnan(points).all()
        track = values.get("track", math.nan)
        told = (one.get("box_class"), one.get("annotator"), one.get("box_extra"), has_points, known.any())
        if not any(told) and math.isnan(track) and math.isnan(values.get("score", math.nan)):
            return
        kind = self.builder.class_of(one.get("box_class", ""))
        if "label" not in self.columns.roles and not known.any() and not has_points:
            self.builder.vote(item, kind)
        self.builder.annotation(
            item,
            kind=kind,
            box=box.tolist(),
            points=(self._points, points) if has_points and points is not None else None,
            score=values.get("score", math.nan),
            track=int(track) if abs(track) < _LARGEST_TRACK else -1,
            annotator=one.get("annotator", ""),
            extra=self._json(one.get("box_extra", ""), line),
        )


def add_all(reader: TableReader, batches: Iterable[Any]) -> None:
    """Add one batch after the other."""
    for batch in batches:
        if batch.num_rows:
            reader.add(batch)


def _size(value: float) -> int:
    return int(value) if 0 < value <= _LARGEST_SIZE else 0


def _texts(column: Any) -> list[str]:
    """Cells as texts; bytes that are not UTF-8 as surrogates, for `_checked` to find."""
    import pyarrow as pa

    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        try:
            return [text or "" for text in column.cast(pa.string()).to_pylist()]
        except pa.ArrowInvalid:
            return [(cell or b"").decode("utf-8", "surrogateescape") for cell in column.to_pylist()]
    return ["" if cell is None else cell if isinstance(cell, str) else str(cell) for cell in column.to_pylist()]


def _quick_numbers(column: Any) -> NDArray[np.float64] | None:
    """The whole column at once, or None where a cell is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if pa.types.is_binary(column.type) or pa.types.is_string(column.type):
            trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
            column = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        cast = column.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return np.asarray(cast.to_numpy(zero_copy_only=False), np.float64)


def beside(path: Path) -> Path:
    """The file that keeps what a CSV cannot: classes in their order, keypoints, licences."""
    return path.with_name(path.name + ".trackside")

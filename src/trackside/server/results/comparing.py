"""Two results side by side: which settings differ, and how far the numbers lie apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trackside.server.results.columns import numeric, opened
from trackside.server.results.describing import describe
from trackside.server.results.finding import Result
from trackside.server.results.rows import TIME
from trackside.server.results.shapes import ComparedTable, Comparison

Numbers = dict[str, float | int | None]
# Identities and class numbers are names; their mean says nothing.
_NAMES = frozenset(("id", TIME))
_BATCH = 1 << 17


def compare_results(left: Result, right: Result) -> Comparison:
    """Compare two results; each may have tables and columns that the other lacks."""
    ours, theirs = _measured(left), _measured(right)
    tables = [_table(name, ours.get(name), theirs.get(name)) for name in dict.fromkeys([*ours, *theirs])]
    return Comparison(left=describe(left), right=describe(right), settings=differing(left.graph, right.graph), tables=tables)


def differing(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The settings and wires of two pipelines that differ, as `block.setting`; an absent one is None."""
    ours, theirs = _flat(left), _flat(right)
    names = [name for name in dict.fromkeys([*ours, *theirs]) if ours.get(name) != theirs.get(name)]
    return [{"name": name, "left": ours.get(name), "right": theirs.get(name)} for name in names]


def _flat(graph: Mapping[str, Any]) -> dict[str, Any]:
    flat = {f"{block}.{name}": value for block, use in graph.get("blocks", {}).items() for name, value in use.items()}
    return {**flat, "save": graph.get("save") or None}


class _Measured:
    """The number of rows of a table, and mean, least and largest of its numeric columns."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, Numbers] = {}


def _measured(result: Result) -> dict[str, _Measured]:
    return {name: _measure(result, name) for name in result.tables}


def _measure(result: Result, name: str) -> _Measured:
    found = _Measured()
    with result.table(name) as path, opened(path) as file:
        found.rows = file.metadata.num_rows
        columns = [column for column in numeric(file.schema_arrow) if column not in _NAMES]
        sums = {column: _Sum() for column in columns}
        for batch in file.iter_batches(_BATCH, columns=columns) if columns else ():
            for column, one in sums.items():
                one.add(batch.column(column).to_numpy(zero_copy_only=False))
    found.columns = {column: one.numbers for column, one in sums.items()}
    return found


class _Sum:
    """Count, mean, least and largest of numbers that come in parts; what is not finite does not count."""

    def __init__(self) -> None:
        self._count, self._total = 0, 0.0
        self._least, self._most = float("inf"), float("-inf")

    def add(self, values: Any) -> None:
        """Take a part."""
        wide = np.asarray(values, np.float64)
        finite = wide[np.isfinite(wide)]
        if len(finite):
            self._count += len(finite)
            self._total += float(finite.sum())
            self._least, self._most = min(self._least, float(finite.min())), max(self._most, float(finite.max()))

    @property
    def numbers(self) -> Numbers:
        """What was found; None where nothing was."""
        if not self._count:
            return {"count": 0, "mean": None, "min": None, "max": None}
        mean = self._total / self._count
        return {"count": self._count, "mean": _json(mean), "min": self._least, "max": self._most}


def _json(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _table(name: str, ours: _Measured | None, theirs: _Measured | None) -> ComparedTable:
    left, right = (side.columns if side else {} for side in (ours, theirs))
    columns = [_column(column, left.get(column), right.get(column)) for column in dict.fromkeys([*left, *right])]
    rows = [side.rows if side else None for side in (ours, theirs)]
    return ComparedTable(name=name, rows=rows, columns=columns)


def _column(name: str, left: Numbers | None, right: Numbers | None) -> dict[str, Any]:
    return {"name": name, "left": left, "right": right, "difference": _difference(left or {}, right or {})}


def _difference(left: Numbers, right: Numbers) -> Numbers:
    """Right less left."""
    pairs = {name: (left.get(name), right.get(name)) for name in ("mean", "min", "max")}
    return {n: None if a is None or b is None else _json(b - a) for n, (a, b) in pairs.items()}

"""Rows of a table: sorted by a column, searched, of a span of time, a page at a time.

The table is read in batches, and of each only the columns that decide; what is kept are the row numbers up to the end of the
page. So a page costs one look at one or two columns, whatever the number of rows, and memory does not grow with the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from trackside.core import nearest
from trackside.server.problems import Refused
from trackside.server.results.columns import opened, shown
from trackside.server.results.order import first_rows
from trackside.server.results.shapes import TablePage

TIME = "time_s"
_BATCH = 1 << 17
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a table.

    Attributes:
        offset: rows to pass over.
        limit: rows wanted.
        sort: column to sort by; the table's own order if empty.
        down: largest first.
        q: text that some cell holds; a number stands for itself too.
        time_from: first media time wanted, seconds.
        time_to: last media time wanted, seconds.
    """

    offset: int = 0
    limit: int = 100
    sort: str = ""
    down: bool = False
    q: str = ""
    time_from: float | None = None
    time_to: float | None = None

    @property
    def filters(self) -> bool:
        """Whether some rows are left out."""
        return bool(self.q) or self.time_from is not None or self.time_to is not None


def table_page(path: Path, ask: Ask) -> TablePage:
    """One page of a table.

    Raises:
        Refused: 422, there is no such column.
        InputError: the table cannot be read.
    """
    with opened(path) as plain:
        columns = shown(plain.schema_arrow)
    texts = [name for name, kind in columns.items() if kind == "text"]
    # Texts repeat: each is then looked at once a batch, not once a row.
    with opened(path, read_dictionary=texts) as file:
        rows, total = matching(file, ask)
        found = [[_plain(value) for value in row] for row in taken(file, rows, list(columns))]
    return TablePage(columns=list(columns), types=list(columns.values()), rows=found, total=total, offset=ask.offset)


def matching(file: parquet.ParquetFile, ask: Ask) -> tuple[Rows, int]:
    """The numbers of the rows of a page, in order, and how many match in all."""
    columns = shown(file.schema_arrow)
    _check(ask, columns)
    end = min(ask.offset + ask.limit, file.metadata.num_rows)
    if not ask.sort and not ask.filters:
        return np.arange(ask.offset, end, dtype=np.int64), file.metadata.num_rows
    kept, total = _first(file, ask, columns, end)
    return kept[ask.offset :], total


def taken(file: parquet.ParquetFile, rows: Rows, columns: list[str]) -> list[tuple[Any, ...]]:
    """The cells of some rows, in that order. Row groups are read one at a time."""
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
    ends = np.cumsum(sizes, dtype=np.int64)
    group = np.searchsorted(ends, rows, side="right")
    cells: dict[int, tuple[Any, ...]] = {}
    for number in np.unique(group).tolist():
        wanted = rows[group == number]
        part = file.read_row_group(number, columns=columns).take(wanted - (ends[number] - sizes[number]))
        lists = [part.column(name).to_pylist() for name in columns]
        cells |= dict(zip(wanted.tolist(), zip(*lists, strict=True), strict=True))
    return [cells[row] for row in rows.tolist()] if columns else []


def _check(ask: Ask, columns: dict[str, str]) -> None:
    if ask.sort and ask.sort not in columns:
        raise Refused(422, f"the table has no column {ask.sort!r}", nearest(ask.sort, columns))
    if TIME not in columns and (ask.time_from is not None or ask.time_to is not None):
        raise Refused(422, "the table has no times", "ask without a span of time")


def _first(file: parquet.ParquetFile, ask: Ask, columns: dict[str, str], count: int) -> tuple[Rows, int]:
    """The first `count` rows that match, in the order asked for, and how many match in all."""
    kept, keys, total = np.empty(0, np.int64), None, 0
    for start, batch in _batches(file, _needed(ask, columns)):
        rows = np.flatnonzero(_mask(batch, ask, columns)).astype(np.int64)
        total += len(rows)
        if ask.sort:
            values = batch.column(ask.sort).take(pa.array(rows))
            keys = values if keys is None else _joined(keys, values)
            kept = np.concatenate([kept, rows + start])
            best = first_rows(keys, count, down=ask.down)
            kept, keys = kept[best], keys.take(pa.array(best))
        elif len(kept) < count:
            kept = np.concatenate([kept, rows[: count - len(kept)] + start])
    return kept, total


def _joined(one: pa.Array, other: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(one.type):
        return pa.concat_arrays([one, other])
    # Of the dictionary only the texts that are used stay, or it would grow with the table.
    return pa.concat_arrays([one.dictionary_decode(), other.dictionary_decode()]).dictionary_encode()


def _batches(file: parquet.ParquetFile, columns: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    start = 0
    for batch in file.iter_batches(_BATCH, columns=columns):
        yield start, batch
        start += batch.num_rows


def _needed(ask: Ask, columns: dict[str, str]) -> list[str]:
    wanted = {ask.sort} if ask.sort else set()
    if ask.time_from is not None or ask.time_to is not None:
        wanted.add(TIME)
    if ask.q:
        wanted.update(name for name, kind in columns.items() if kind == "text")
        if _number(ask.q) is not None:
            wanted.update(name for name, kind in columns.items() if kind == "integer")
    return sorted(wanted)


def _mask(batch: pa.RecordBatch, ask: Ask, columns: dict[str, str]) -> NDArray[np.bool_]:
    mask = np.ones(batch.num_rows, np.bool_)
    if ask.time_from is not None or ask.time_to is not None:
        times = batch.column(TIME).to_numpy(zero_copy_only=False)
        mask &= times >= (-math.inf if ask.time_from is None else ask.time_from)
        mask &= times <= (math.inf if ask.time_to is None else ask.time_to)
    if ask.q:
        mask &= _holds(batch, ask.q, columns)
    return mask


def _holds(batch: pa.RecordBatch, q: str, columns: dict[str, str]) -> NDArray[np.bool_]:
    """Rows in which some text holds `q`, in capitals or not, or a whole number is it."""
    held = np.zeros(batch.num_rows, np.bool_)
    number = _number(q)
    for name in batch.schema.names:
        values = batch.column(name)
        if columns[name] == "text":
            encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
            hits = pc.match_substring(encoded.dictionary, q, ignore_case=True).take(encoded.indices)
            held |= hits.fill_null(False).to_numpy(zero_copy_only=False)
        elif columns[name] == "integer" and number is not None:
            held |= values.fill_null(0 if number else 1).to_numpy(zero_copy_only=False) == number
    return held


def _number(q: str) -> int | None:
    digits = q.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None


def _plain(value: Any) -> Any:
    """JSON has neither NaN nor infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value

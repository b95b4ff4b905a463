"""Rows sorted, searched and in pages are exactly those that sorting and searching everything gives."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings, strategies as st
from starlette.testclient import TestClient

from trackside.server.problems import Refused
from trackside.server.results import rows as module
from trackside.server.results.order import first_rows
from trackside.server.results.rows import Ask, table_page

from .conftest import Put, graph

N = 1000


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table in small row groups, read in small batches: every seam is met."""
    monkeypatch.setattr(module, "_BATCH", 64)
    random = np.random.default_rng(0)
    values = random.normal(size=N)
    values[::7] = np.nan
    columns = {
        "frame": np.arange(N),
        "time_s": np.arange(N) / 10,
        "id": random.integers(1, 20, N),
        "class": [f"kind {n}" for n in random.integers(0, 30, N)],
        "value": values,
        "big": np.where(np.arange(N) == 5, np.inf, 0.0),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(2 * N, np.float32)), 2),
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet", row_group_size=97)
    return tmp_path / "t.parquet"


def whole(path: Path) -> list[dict[str, Any]]:
    return [dict(row) for row in parquet.read_table(path).drop_columns(["frame", "vector"]).to_pylist()]


def page(path: Path, **asked: Any) -> tuple[list[dict[str, Any]], int]:
    found = table_page(path, Ask(**asked))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows], found.total


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


def test_rows_come_in_the_tables_order_without_internal_columns(table: Path) -> None:
    found = table_page(table, Ask(95, 5))
    assert dict(zip(found.columns, found.types, strict=True)) == {
        "time_s": "number", "id": "integer", "class": "text", "value": "number", "big": "number",
    }  # fmt: skip
    assert page(table, offset=95, limit=5) == (plain(whole(table)[95:100]), N)
    assert page(table, offset=N - 2, limit=5)[0] == plain(whole(table)[-2:])
    assert page(table, offset=10**9) == ([], N)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", ["time_s", "id", "class", "value"])
def test_pages_of_a_sorted_table_are_those_of_the_whole_sort(table: Path, sort: str, down: bool) -> None:
    rows = whole(table)
    there = [row for row in rows if not (isinstance(row[sort], float) and math.isnan(row[sort]))]
    ordered = sorted(there, key=lambda row: row[sort], reverse=down)
    if down:  # Python keeps the order of equals in reverse too.
        ordered = sorted(there, key=lambda row: row[sort])
        ordered = [row for value in sorted({r[sort] for r in there}, reverse=True) for row in ordered if row[sort] == value]
    expected = plain([*ordered, *(row for row in rows if row not in there)])
    pages = [page(table, offset=o, limit=200, sort=sort, down=down)[0] for o in range(0, N, 200)]
    assert [row for one in pages for row in one] == expected


def test_a_search_finds_texts_in_any_case_and_whole_numbers(table: Path) -> None:
    rows = whole(table)
    kinds = [row for row in rows if "kind 12" in row["class"]]
    assert page(table, q="KIND 12", limit=200) == (plain(kinds), len(kinds))
    sevens = [row for row in rows if row["id"] == 7 or "7" in row["class"]]
    assert page(table, q="7", limit=200, offset=3)[1] == len(sevens)
    assert page(table, q="#7", limit=200)[0] == plain([row for row in rows if row["id"] == 7])
    assert page(table, q="nothing of it") == ([], 0)
    for strange in ("(", "%", "\0", "9" * 90, "²"):
        assert page(table, q=strange)[1] >= 0


def test_a_span_of_time_a_search_and_an_order_go_together(table: Path) -> None:
    expected = [row for row in whole(table) if 20 <= row["time_s"] <= 60 and "kind 1" in row["class"]]
    expected.sort(key=lambda row: row["id"])
    found = page(table, q="kind 1", time_from=20.0, time_to=60.0, sort="id", limit=10, offset=4)
    assert found == (plain(expected[4:14]), len(expected))


def test_an_unknown_column_is_refused_with_the_nearest(table: Path) -> None:
    with pytest.raises(Refused, match="did you mean 'value'"):
        table_page(table, Ask(sort="valeu"))
    with pytest.raises(Refused, match="no column 'vector'"):
        table_page(table, Ask(sort="vector"))


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=40)
    | st.lists(st.one_of(st.none(), st.sampled_from(["", "b", "a", "ä", "B"])), max_size=40)
    | st.lists(st.one_of(st.none(), st.booleans()), max_size=40)
    | st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), max_size=40),
    st.integers(0, 50),
    st.booleans(),
)
def test_the_first_rows_are_those_of_a_whole_stable_sort(values: list[Any], count: int, down: bool) -> None:
    there = [n for n, value in enumerate(values) if value is not None]
    distinct = sorted({values[n] for n in there}, key=lambda v: v.encode() if isinstance(v, str) else v, reverse=down)
    ordered = [n for value in distinct for n in there if values[n] == value]
    expected = [*ordered, *(n for n, value in enumerate(values) if value is None)][:count]
    kind = None if any(v is not None for v in values) else pa.int64()
    assert first_rows(pa.array(values, kind), count, down=down).tolist() == expected


def test_the_largest_whole_numbers_keep_their_order() -> None:
    values = pa.array([2**62, 2**62 + 1, -(2**63), 2**62 - 1])
    assert first_rows(values, 4, down=True).tolist() == [1, 0, 3, 2]


def test_a_table_over_http(client: TestClient, put: Put, boxes: Path) -> None:
    one = put(graph(boxes))
    answer = client.get(f"/api/results/{one}/tables/zones-events", params={"q": "right", "sort": "value", "order": "down"})
    found = answer.json()
    assert found["total"] == len(found["rows"]) > 0
    assert {row[found["columns"].index("place")] for row in found["rows"]} == {"right half"}
    for wrong in ({"sort": "\0"}, {"sort": "frame"}, {"offset": -1}, {"time_from": "nan"}, {"limit": 10**9}):
        answer = client.get(f"/api/results/{one}/tables/tracks", params=wrong)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["what"]

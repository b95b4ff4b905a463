"""Rows on disk: vectors, columns without entries, and parts of bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import pytest

from trackside.core import Detections, Embeddings, Events, Keypoints, Table, Tracks
from trackside.pipelines import tabular
from trackside.pipelines.kinds import Recording
from trackside.pipelines.tabular import TableWriter


def written(folder: Path, values: list[Any], **options: Any) -> Any:
    """The rows of values, one a record, 0.1 s apart, as they come back from disk."""
    writer = TableWriter(folder / "table", **options)
    for index, value in enumerate(values):
        writer.add(index, index / 10, value)
    writer.close()
    return Recording("block.port", folder / "table.parquet", type(values[0]).__name__).arrow()


def some_vectors(*counts: int, dim: int = 4) -> list[Embeddings]:
    """So many vectors in each record; the second of all is not known."""
    rng, found = np.random.default_rng(0), []
    for count in counts:
        vectors = rng.normal(size=(count, dim)).astype(np.float32)
        found.append(Embeddings(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)))
    found[0].vectors[1] = np.nan
    return found


def test_vectors_come_back_bit_for_bit_with_their_rows(tmp_path: Path) -> None:
    values = some_vectors(3, 0, 2)
    table = written(tmp_path, values)
    assert table.column_names == ["frame", "time_s", "row", "vector"]
    assert table["frame"].to_pylist() == [0, 0, 0, 2, 2]
    assert table["time_s"].to_pylist() == [0, 0, 0, 0.2, 0.2]
    assert table["row"].to_pylist() == [0, 1, 2, 0, 1]
    assert str(table.schema.field("vector").type).startswith("fixed_size_list<") and table["vector"].type.list_size == 4
    found = np.array(table["vector"].to_pylist(), np.float32)
    np.testing.assert_array_equal(found, np.concatenate([value.vectors for value in values]))


def test_vectors_stay_out_of_spreadsheets(tmp_path: Path) -> None:
    written(tmp_path, some_vectors(2, 1))
    assert (tmp_path / "table.csv").read_text().splitlines() == ['"frame","time_s","row"', "0,0,0", "0,0,1", "1,0.1,0"]


def test_pictures_in_which_there_is_nobody_have_no_vectors(tmp_path: Path) -> None:
    table = written(tmp_path, [Embeddings(np.empty((0, 4), np.float32))] * 3)
    assert (table.num_rows, table["vector"].type.list_size) == (0, 4)


def test_vectors_are_written_in_parts_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "_BYTES_IN_MEMORY", 1000)
    values = some_vectors(*[10] * 40)  # 160 bytes a record: seven make a part.
    table = written(tmp_path, values)
    found = np.array(table["vector"].to_pylist(), np.float32)
    np.testing.assert_array_equal(found, np.concatenate([value.vectors for value in values]))
    assert parquet.ParquetFile(tmp_path / "table.parquet").num_row_groups == 6


BOX = np.array([[1, 2, 3, 4]])
LATE = {
    "detections": (Detections.empty(("person",)), Detections(BOX, [0.5], [0], ("person",))),  # type: ignore[arg-type]
    "tracks": (Tracks.empty(("person",)), Tracks(BOX, [0.5], [0], ("person",), [7])),  # type: ignore[arg-type]
    "events": (Events(), Events.at(1.0, [("enter", 7, "door", 0.5)])),
    "poses": (
        Keypoints(np.empty((0, 17, 2)), np.empty((0, 17)), "coco17", np.empty(0, np.int64)),  # type: ignore[arg-type]
        Keypoints(np.ones((1, 17, 2)), np.ones((1, 17)), "coco17", np.array([7])),  # type: ignore[arg-type]
    ),
    "table": (Table({"what": [], "n": np.empty(0)}), Table({"what": ["jump"], "n": np.array([1.0])})),
}


@pytest.mark.parametrize(("nothing", "something"), LATE.values(), ids=LATE)
def test_what_comes_late_is_written_after_a_long_nothing(nothing: Any, something: Any, tmp_path: Path) -> None:
    """Forty seconds without anybody make a part without rows, whose columns have types all the same."""
    expected = written(tmp_path, [something])
    table = written(tmp_path, [nothing] * 1500 + [something])
    assert table.schema.types == expected.schema.types
    assert table.drop_columns(["frame", "time_s"]).to_pylist() == expected.drop_columns(["frame", "time_s"]).to_pylist()


def test_the_kind_of_rows_is_told_in_the_file(tmp_path: Path) -> None:
    for options, kind in (({}, b"Table"), ({"kind": "Tracks"}, b"Tracks")):
        written(tmp_path, [Table({"id": np.array([1])})], **options)
        assert parquet.read_schema(tmp_path / "table.parquet").metadata[b"kind"] == kind

"""Rows of every kind, and writing them to Parquet and CSV without holding more than a part of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import SKELETONS, Alarms, Detections, Embeddings, Events, Keypoints, Table, Tracks, TracksideError
from trackside.core.files import cannot_write

# Records that are held before they become a row group: some hundred kilobytes for a busy scene, under a minute of video.
_RECORDS_IN_MEMORY = 1024
# Vectors are heavy: a row group of them is at most about this large.
_BYTES_IN_MEMORY = 32 * 2**20

Sample = tuple[int, float, Any]
"""Index, media time in seconds, value."""
Columns = dict[str, Any]


def columns_of(samples: Sequence[Sample]) -> Columns:
    """The rows of several records' values of one kind, as columns: `frame`, `time_s`, and what the kind holds.

    Raises:
        TracksideError: a value whose kind has no rows.
    """
    make = _maker(samples[0][2])
    counts = [len(value) for _, _, value in samples]
    if isinstance(samples[0][2], Keypoints):
        counts = [value.points.shape[0] * value.points.shape[1] for _, _, value in samples]
    frames = np.repeat(np.array([index for index, _, _ in samples], np.int64), counts)
    times = np.repeat(np.array([time for _, time, _ in samples], np.float64), counts)
    columns: Columns = {"frame": frames, "time_s": times}
    columns.update(make([value for _, _, value in samples]))
    return columns


def _maker(value: Any) -> Callable[[list[Any]], Columns]:
    for kind, make in _MAKERS:
        if isinstance(value, kind):
            return make
    raise TracksideError(f"a {type(value).__name__} has no rows", fix="save a block's table, detections, tracks or events")


def _detections(values: list[Detections]) -> Columns:
    boxes = np.concatenate([value.boxes for value in values])
    names = [value.label(row) for value in values for row in range(len(value))]
    return {
        "class": names,
        "score": np.concatenate([value.scores for value in values]),
        **{name: boxes[:, column] for column, name in enumerate(("x1", "y1", "x2", "y2"))},
    }


def _tracks(values: list[Tracks]) -> Columns:
    return {"id": np.concatenate([value.ids for value in values]), **_detections(list(values))}


def _keypoints(values: list[Keypoints]) -> Columns:
    names = SKELETONS[values[0].skeleton].points
    points = np.concatenate([value.points for value in values]).reshape(-1, 2)
    people = [value.ids for value in values if value.ids is not None]
    ids = np.concatenate(people)
    return {
        "id": np.repeat(ids, len(names)),
        "point": list(names) * len(ids),
        "x": points[:, 0],
        "y": points[:, 1],
        "score": np.concatenate([value.scores for value in values]).reshape(-1),
    }


def _events(values: list[Events]) -> Columns:
    return {
        "time_s": np.concatenate([value.times for value in values]),
        "event": [name for value in values for name in value.names],
        "id": np.concatenate([value.ids for value in values]),
        "place": [place for value in values for place in value.places],
        "value": np.concatenate([value.values for value in values]),
    }


def _alarms(values: list[Alarms]) -> Columns:
    alarms = [alarm for value in values for alarm in value]
    return {
        "time_s": np.array([alarm.time for alarm in alarms], np.float64),
        "decided_s": np.array([alarm.decided for alarm in alarms], np.float64),
        "rule": [alarm.rule for alarm in alarms],
        "event": [alarm.what for alarm in alarms],
        "id": np.array([alarm.track for alarm in alarms], np.int64),
        "place": [alarm.place for alarm in alarms],
        "class": [alarm.label for alarm in alarms],
        "score": np.array([alarm.score for alarm in alarms], np.float32),
        "value": np.array([alarm.value for alarm in alarms], np.float64),
        "repeats": np.array([alarm.repeats for alarm in alarms], np.int64),
        "why": [alarm.why for alarm in alarms],
    }


def _embeddings(values: list[Embeddings]) -> Columns:
    import pyarrow as pa

    vectors = np.concatenate([value.vectors for value in values])
    rows = np.concatenate([np.arange(len(value), dtype=np.int32) for value in values])
    return {"row": rows, "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])}


def _table(values: list[Table]) -> Columns:
    return {name: _join([value.columns[name] for value in values]) for name in values[0].columns}


def _join(parts: list[Any]) -> Any:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [entry for part in parts for entry in part]


# The first that matches makes the rows, so a special kind stands before the general one.
_MAKERS: tuple[tuple[type, Callable[[list[Any]], Columns]], ...] = (
    (Tracks, _tracks),
    (Detections, _detections),
    (Keypoints, _keypoints),
    (Events, _events),
    (Alarms, _alarms),
    (Embeddings, _embeddings),
    (Table, _table),
)


def _for_spreadsheets(table: Any) -> Any:
    """The same rows with empty cells for NaN, which spreadsheets take for a text, at most four decimals, and no vectors."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = table.drop_columns([field.name for field in table.schema if pa.types.is_fixed_size_list(field.type)])
    for number, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            column = table.column(number)
            rounded = pc.round(pc.cast(column, pa.float64()), 4)
            empty = pa.scalar(None, pa.float64())
            table = table.set_column(number, field.name, pc.if_else(pc.is_nan(column), empty, rounded))
    return table


def _with_types(table: Any) -> Any:
    """The same rows, where a column without any entry is of texts: numbers come as arrays, which have a type when empty."""
    import pyarrow as pa

    for number, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.string()))
    return table


class TableWriter:
    """Writes values of one kind to `<path>.parquet`, and to `<path>.csv` if asked, a part at a time.

    Args:
        path: without suffix.
        csv: whether to write CSV too.
        kind: the kind that the rows are of; that of the values if empty.
    """

    def __init__(self, path: Path, *, csv: bool = True, kind: str = "") -> None:
        self._path = path
        self._csv = csv
        self._kind = kind
        self._samples: list[Sample] = []
        self._bytes = 0
        self._parquet: Any = None
        self._text: Any = None

    def add(self, index: int, time: float, value: Any) -> None:
        """Take one record's value."""
        self._samples.append((index, time, value))
        self._bytes += value.vectors.nbytes if isinstance(value, Embeddings) else 0
        if len(self._samples) >= _RECORDS_IN_MEMORY or self._bytes >= _BYTES_IN_MEMORY:
            self._flush()

    def close(self) -> None:
        """Write what is left. Values without rows still make a table with its columns; no values make no file.

        Raises:
            OutputError: the disk is full or not writable.
        """
        if self._samples:
            self._flush()
        try:
            for writer in (self._parquet, self._text):
                if writer is not None:
                    writer.close()
        except OSError as error:
            raise cannot_write(self._path, error) from error
        self._parquet = self._text = None

    def _flush(self) -> None:
        import pyarrow as pa

        table = _with_types(pa.table(columns_of(self._samples)))
        kind = self._kind or type(self._samples[0][2]).__name__
        self._samples.clear()
        self._bytes = 0
        try:
            if self._parquet is None:
                self._open(table.schema, kind)
            self._parquet.write_table(table.replace_schema_metadata({"kind": kind}))
            if self._text is not None:
                self._text.write_table(_for_spreadsheets(table))
        except OSError as error:
            raise cannot_write(self._path, error) from error
        except (pa.ArrowInvalid, ValueError) as error:
            fix = "give the same columns, with the same types, for every record"
            raise TracksideError(f"rows of different shape ({error})", where=self._path.name, fix=fix) from error

    def _open(self, schema: Any, kind: str) -> None:
        import pyarrow.csv as csv
        import pyarrow.parquet as parquet

        self._parquet = parquet.ParquetWriter(
            self._path.with_name(f"{self._path.name}.parquet"), schema.with_metadata({"kind": kind}), compression="zstd"
        )
        if self._csv:
            text_schema = _for_spreadsheets(schema.empty_table()).schema
            self._text = csv.CSVWriter(str(self._path.with_name(f"{self._path.name}.csv")), text_schema)

"""Result tables as Parquet files: what is in them, read from the metadata alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from trackside.core import InputError

# The frame's number is ours: people read times.
_INTERNAL = frozenset(("frame",))


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[parquet.ParquetFile]:
    """A Parquet file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        file = parquet.ParquetFile(path, **options)
    except (OSError, pa.ArrowException) as error:
        raise InputError("the table cannot be read", fix="run the video again") from error
    with file:
        yield file


def kind_of(file: parquet.ParquetFile) -> str:
    """The kind that the rows came from: Tracks, Events, ..."""
    return ((file.schema_arrow.metadata or {}).get(b"kind") or b"Table").decode("utf-8", "replace")


def shown(schema: pa.Schema) -> dict[str, str]:
    """The columns that people see and what is in each: number, integer, boolean, text or time. Vectors are not shown."""
    types = {field.name: _type(field.type) for field in schema if field.name not in _INTERNAL}
    return {name: kind for name, kind in types.items() if kind}


def numeric(schema: pa.Schema) -> list[str]:
    """The columns that hold measured numbers."""
    return [name for name, kind in shown(schema).items() if kind in ("number", "integer")]


def _type(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        return _type(type_.value_type)
    for kind, test in (
        ("integer", pa.types.is_integer),
        ("number", pa.types.is_floating),
        ("boolean", pa.types.is_boolean),
        ("text", pa.types.is_string),
        ("text", pa.types.is_large_string),
        ("time", pa.types.is_timestamp),
    ):
        if test(type_):
            return kind
    return ""

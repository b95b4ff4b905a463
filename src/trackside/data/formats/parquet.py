"""Parquet tables, with the columns of the CSV format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.core.files import atomic_open
from trackside.data.dataset import Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import split_in
from trackside.data.formats.table_columns import columns_of
from trackside.data.formats.table_read import TableReader
from trackside.data.formats.table_write import tables
from trackside.data.formats.there import files_at, is_file

_KEY = b"trackside"
_ROWS = 65536


def recognise_parquet(path: Path) -> str:
    """What of Parquet is at a path."""
    files = _files(path)
    return f"Parquet tables ({', '.join(file.name for file in files[:3])})" if files else ""


def _files(path: Path) -> list[Path]:
    files = files_at(path, "*.parquet")
    return [file for file in files if file.suffix.lower() == ".parquet"]


def read_parquet(path: Path, *, images: Path | None = None, columns: Mapping[str, str] | None = None) -> Dataset:
    """Read Parquet tables.

    Args:
        path: a file, or a folder with some.
        images: the folder that paths are relative to; found by looking if not given.
        columns: role (`path`, `label`, `x1`, ...) to the column that plays it, where its name does not tell.

    Raises:
        InputError: there is none, it is no Parquet, or its columns cannot be told.
        SettingError: `columns` names what is not there.
    """
    files = _files(path) or ([path] if is_file(path) else [])
    if not files:
        raise InputError("holds no Parquet table", where=str(path), fix="give a .parquet file")
    opened = [(file, _open(file)) for file in files]
    kept = _kept(opened[0][1])
    builder = Builder(root_of(path, images), "parquet", kept.get("classes", ()))
    builder.points_of(kept.get("keypoints", ()))
    has_paths = False
    for file, table in opened:
        roles = columns_of(table.schema_arrow.names, columns or {}, file.name)
        has_paths |= "path" in roles.roles
        reader = None
        for batch in table.iter_batches(batch_size=_ROWS):
            if reader is None:
                reader = TableReader(builder, roles, file.name, 1, _base(builder, batch, roles.roles.get("path"), images))
            reader.add(batch)
        if len(files) > 1 and split_in(file.stem):
            builder.split_from(split_in(file.stem))
    if "classes" not in kept:
        builder.sort_classes()
    dataset = builder.build(kept.get("info", {}))
    absent = absent_pictures(dataset) if has_paths else []
    return replace(dataset, troubles=(*dataset.troubles, *absent))


def _open(file: Path) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"is no Parquet table ({str(error).splitlines()[0][:100]})", where=str(file)) from None


def _base(builder: Builder, batch: Any, column: str | None, images: Path | None) -> str:
    if column is None or images is not None:
        return ""
    return base_of(builder.root, [str(text) for text in batch.column(column).slice(0, 20).to_pylist()])


def _kept(table: Any) -> dict[str, Any]:
    try:
        found = json.loads((table.schema_arrow.metadata or {}).get(_KEY, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_parquet(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, a .parquet file, or `data.parquet` in the folder `path`."""
    from pyarrow import parquet

    file = path if path.suffix.lower() == ".parquet" else path / "data.parquet"
    kept = {"classes": list(dataset.classes), "keypoints": list(dataset.keypoints), "info": dict(dataset.info)}
    with atomic_open(file, "wb") as out:
        parts = tables(dataset)
        first = next(parts)
        schema = first.schema.with_metadata({_KEY: json.dumps(kept).encode()})
        with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
            writer.write_table(first.cast(schema))
            for part in parts:
                writer.write_table(part.cast(schema))
    return []


FORMATS.add("parquet", Format("parquet", "Parquet", recognise_parquet, read_parquet, write_parquet, suffixes=(".parquet",)))

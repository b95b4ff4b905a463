"""CSV and TSV tables: columns known by their names (`path`, `label`, `split`, `x1`, ...); see `table_columns`.

Read in blocks, so that a table larger than memory costs what it holds, not its text. What a CSV cannot say (classes in their
order, licences) is written to a small JSON file beside it, which other programs need not read.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.core.files import atomic_open, write_json
from trackside.data.dataset import Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.json_stream import begins_with
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import split_in
from trackside.data.formats.table_columns import Columns, columns_of
from trackside.data.formats.table_read import TableReader, add_all, beside
from trackside.data.formats.table_write import tables

_SUFFIXES = (".csv", ".tsv")
_BLOCK = 4 << 20
_DELIMITERS = "\t;,|"


def recognise_csv(path: Path) -> str:
    """What of tables is at a path: files whose columns can be told."""
    files = [file for file in csv_files(path) if _is_table(file)]
    return f"tables ({', '.join(file.name for file in files[:3])})" if files else ""


def csv_files(path: Path) -> list[Path]:
    """The tables at a path."""
    files = [path] if path.is_file() else sorted(path.glob("*")) if path.is_dir() else []
    return [file for file in files if file.suffix.lower() in _SUFFIXES and file.is_file()]


def _is_table(file: Path) -> bool:
    try:
        columns_of(_header(file)[0], {}, file.name)
    except InputError:
        return False
    return True


def read_csv(
    path: Path, *, images: Path | None = None, columns: Mapping[str, str] | None = None, delimiter: str | None = None
) -> Dataset:
    """Read tables; several in one folder are splits of one data set if their names say so (`train.csv`, `test.csv`).

    Args:
        path: a file, or a folder with some.
        images: the folder that paths are relative to; found by looking if not given.
        columns: role (`path`, `label`, `x1`, ...) to the column that plays it, where its name does not tell.
        delimiter: between cells; found by looking if not given.

    Raises:
        InputError: there is no table, it is empty, or its columns cannot be told.
        SettingError: `columns` names what is not there.
    """
    files = csv_files(path) or ([path] if path.is_file() else [])
    if not files:
        raise InputError("holds no table", where=str(path), fix="give a .csv or .tsv file")
    kept = _kept(files[0])
    builder = Builder(root_of(path, images), "csv", kept.get("classes", ()))
    builder.points_of(kept.get("keypoints", ()))
    for file in files:
        _read(builder, file, images, columns or {}, delimiter)
        if len(files) > 1 and split_in(file.stem):
            builder.split_from(split_in(file.stem))
    if "classes" not in kept:
        builder.sort_classes()
    dataset = builder.build(kept.get("info", {}))
    if not any(_header_has_path(file, columns or {}, delimiter) for file in files):
        return dataset
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


def _header_has_path(file: Path, given: Mapping[str, str], delimiter: str | None) -> bool:
    return "path" in columns_of(_header(file, delimiter)[0], given, file.name).roles


def _kept(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(beside(file).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("classes", []), list) else {}


def _header(file: Path, delimiter: str | None = None) -> tuple[list[str], str]:
    """The column names, and what stands between them."""
    import csv

    text = begins_with(file)
    line = text.partition("\n")[0]
    if not line.strip():
        raise InputError("is empty", where=str(file), fix="give a table with a row of column names")
    between = delimiter or max(_DELIMITERS, key=line.count)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=between)), between


def _read(builder: Builder, file: Path, images: Path | None, given: Mapping[str, str], delimiter: str | None) -> None:
    names, between = _header(file, delimiter)
    columns = columns_of(names, given, file.name)
    base = "" if images is not None else _base(builder.root, file, columns, names, between)
    reader = TableReader(builder, columns, file.name, 2, base)
    add_all(reader, _batches(builder, file, names, between))


def _base(root: Path, file: Path, columns: Columns, names: Sequence[str], between: str) -> str:
    if "path" not in columns.roles:
        return ""
    quiet = Builder(root, "csv")
    first = next(_batches(quiet, file, names, between), None)
    texts = [] if first is None else first.column(columns.roles["path"]).slice(0, 20).to_pylist()
    return base_of(root, [(text or b"").decode("utf-8", "replace") for text in texts])


def _batches(builder: Builder, file: Path, names: Sequence[str], between: str) -> Iterator[Any]:
    """Record batches of bytes; rows with too many or too few cells are troubles."""
    import pyarrow as pa
    from pyarrow import csv

    def skip(row: Any) -> str:
        what = f"the row has {row.actual_columns} cells where there are {row.expected_columns} columns"
        builder.trouble(file.name, what, row.number)
        return "skip"

    read = csv.ReadOptions(use_threads=False, block_size=_BLOCK, skip_rows=0)
    parse = csv.ParseOptions(delimiter=between, newlines_in_values=True, invalid_row_handler=skip)
    convert = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.binary()),
        check_utf8=False,
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    try:
        with csv.open_csv(file, read_options=read, parse_options=parse, convert_options=convert) as batches:
            yield from batches
    except pa.ArrowInvalid as error:
        builder.trouble(file.name, f"the rest cannot be read ({str(error).splitlines()[0][:120]})")


def write_csv(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, a .csv or .tsv file, or `data.csv` in the folder `path`."""
    from pyarrow import csv

    file = path if path.suffix.lower() in _SUFFIXES else path / "data.csv"
    options = csv.WriteOptions(delimiter="\t" if file.suffix.lower() == ".tsv" else ",")
    with atomic_open(file, "wb") as out:
        parts = tables(dataset)
        first = next(parts)
        with csv.CSVWriter(out, first.schema, write_options=options) as writer:
            writer.write_table(first)
            for part in parts:
                writer.write_table(part)
    kept = {"classes": list(dataset.classes), "keypoints": list(dataset.keypoints), "info": dict(dataset.info)}
    write_json(beside(file), kept)
    return []


FORMATS.add("csv", Format("csv", "CSV", recognise_csv, read_csv, write_csv, suffixes=_SUFFIXES))

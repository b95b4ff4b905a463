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
from trackside.data.formats.encoding import UTF8, encoding_of, title_of
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import split_in
from trackside.data.formats.table_columns import Columns, columns_of
from trackside.data.formats.table_read import TableReader, add_all, beside
from trackside.data.formats.table_write import tables
from trackside.data.formats.there import files_at, is_file

_SUFFIXES = (".csv", ".tsv")
_BLOCK = 4 << 20
# Bytes that hold the row of column names.
_BEGINNING = 1 << 16
_DELIMITERS = "\t;,|"


def recognise_csv(path: Path) -> str:
    """What of tables is at a path: files whose columns can be told."""
    files = [file for file in csv_files(path) if _is_table(file)]
    return f"tables ({', '.join(file.name for file in files[:3])})" if files else ""


def csv_files(path: Path) -> list[Path]:
    """The tables at a path."""
    files = files_at(path, "*")
    return [file for file in files if file.suffix.lower() in _SUFFIXES and is_file(file)]


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
    files = csv_files(path) or ([path] if is_file(path) else [])
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
    return "path" in columns_of(_header(file, delimiter, encoding_of(file))[0], given, file.name).roles


def _kept(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(beside(file).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("classes", []), list) else {}


def _header(file: Path, delimiter: str | None = None, encoding: str = "") -> tuple[list[str], str]:
    """The column names, and what stands between them. Raises InputError."""
    import csv

    text = _beginning(file, encoding or encoding_of(file, quick=True))
    line = text.partition("\n")[0]
    if not line.strip():
        raise InputError("is empty", where=str(file), fix="give a table with a row of column names")
    between = delimiter or max(_DELIMITERS, key=line.count)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=between)), between


def _beginning(file: Path, encoding: str) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_BEGINNING).decode("utf-8-sig" if encoding == UTF8 else encoding, "replace")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(file)) from None


def _read(builder: Builder, file: Path, images: Path | None, given: Mapping[str, str], delimiter: str | None) -> None:
    encoding = encoding_of(file)
    names, between = _header(file, delimiter, encoding)
    columns = columns_of(names, given, file.name)
    base = "" if images is not None else _base(builder.root, file, columns, names, between, encoding)
    if encoding != UTF8:
        builder.trouble(file.name, f"is not UTF-8; it was read as {title_of(encoding)}: save it as UTF-8 to be sure")
    reader = TableReader(builder, columns, file.name, 2, base)
    add_all(reader, _batches(builder, file, names, between, encoding))


def _base(root: Path, file: Path, columns: Columns, names: Sequence[str], between: str, encoding: str) -> str:
    if "path" not in columns.roles:
        return ""
    quiet = Builder(root, "csv")
    first = next(_batches(quiet, file, names, between, encoding), None)
    texts = [] if first is None else first.column(columns.roles["path"]).slice(0, 20).to_pylist()
    return base_of(root, [(text or b"").decode("utf-8", "replace") for text in texts])


def _batches(builder: Builder, file: Path, names: Sequence[str], between: str, encoding: str) -> Iterator[Any]:
    """Record batches of bytes; rows with too many or too few cells are troubles."""
    import pyarrow as pa
    from pyarrow import csv

    def skip(row: Any) -> str:
        what = f"the row has {row.actual_columns} cells where there are {row.expected_columns} columns"
        builder.trouble(file.name, what, row.number)
        return "skip"

    read = csv.ReadOptions(
        use_threads=False, block_size=_BLOCK, skip_rows=0, encoding="utf8" if encoding == UTF8 else encoding
    )
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
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
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

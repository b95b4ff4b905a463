"""Tables for spreadsheets, and back, without a way for a cell to become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trackside.core.errors import InputError
from trackside.core.files import atomic_open

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def escaped(text: str) -> str:
    """A cell that no spreadsheet computes: an apostrophe before whatever begins like a formula.

    Texts that begin with an apostrophe get one more, so that `unescaped` gives every text back.

    >>> escaped("=1+1"), escaped("-3.5"), unescaped(escaped("'tis"))
    ("'=1+1", '-3.5', "'tis")
    """
    return "'" + text if text.startswith((*_DANGEROUS, "'")) and not _is_number(text) else text


def unescaped(text: str) -> str:
    """What was escaped; texts that never were stay as they are."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_DANGEROUS, "'")) else text


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read names right), whole or not at all."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([escaped(name) for name in columns])
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    with atomic_open(path, "wb") as file:
        file.write(buffer.getvalue().encode("utf-8-sig"))


def read_table(path: Path, needs: Sequence[str] = ()) -> dict[str, list[str]]:
    """The columns of a CSV file with a heading; commas, semicolons or tabs between the cells.

    Raises:
        InputError: not to be read, no heading, a column that is needed is absent, or a row has too many cells.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", where=str(path), fix="save it as CSV in UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        heading = [unescaped(name.strip()) for name in next(lines, [])]
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"is no CSV ({error})", where=str(path), fix="save it as CSV in UTF-8") from None
    _check_heading(path, heading, needs)
    for number, row in rows:
        if len(row) > len(heading):
            raise InputError(f"has {len(row)} cells under {len(heading)} headings", where=f"{path}, line {number}")
    cells = [row + [""] * (len(heading) - len(row)) for _, row in rows]
    return {name: [unescaped(row[place]) for row in cells] for place, name in enumerate(heading)}


def need(columns: Mapping[str, object], names: Sequence[str], where: str) -> None:
    """Raise InputError if one of the columns is absent."""
    absent = [name for name in names if name not in columns]
    if absent:
        there = ", ".join(list(columns)[:12]) or "none"
        raise InputError(
            f"has no column {', '.join(map(repr, absent))}", where=where, fix=f"name one so; there are: {there}"
        )


def _check_heading(path: Path, heading: list[str], needs: Sequence[str]) -> None:
    if not heading or not any(heading):
        raise InputError("has no heading", where=str(path), fix="put the names of the columns into the first line")
    twice = sorted({name for name in heading if heading.count(name) > 1})
    if twice:
        raise InputError(f"has the column {twice[0]!r} twice", where=str(path), fix="rename one")
    need(dict.fromkeys(heading), needs, str(path))


def _delimiter(text: str) -> str:
    """What stands most often in the heading."""
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()

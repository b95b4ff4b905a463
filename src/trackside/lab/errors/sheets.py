"""Mistakes as a spreadsheet and back, so that a colleague may tag them there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trackside.core.errors import InputError
from trackside.data.dataset import Trouble
from trackside.data.queue.cells import read_table, write_table
from trackside.lab.errors.book import Book, tag_name

_OURS = ("key", "item", "truth", "prediction", "score", "tags", "comment", "looked_at", "by", "weight")
_YES = ("yes", "y", "1", "true", "x", "ja")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a spreadsheet brought: mistakes with news, mistakes as they were, and rows that could not be used."""

    changed: int
    same: int
    troubles: tuple[Trouble, ...] = ()


def export_sheet(book: Book, path: Path, draw: int | None = None) -> int:
    """Write a draw's mistakes as CSV: tags in one cell, separated by semicolons. Cells never become formulas.

    Returns:
        The number of mistakes.
    """
    mistakes = book.mistakes(draw)
    more = [name for name in dict.fromkeys(name for row in mistakes.columns for name in row) if name not in _OURS]
    rows = []
    for row in range(len(mistakes)):
        score = "" if mistakes.scores[row] != mistakes.scores[row] else repr(float(mistakes.scores[row]))
        answer = [mistakes.keys[row], mistakes.items[row], mistakes.truth[row], mistakes.predicted[row], score]
        said = ["; ".join(mistakes.tags[row]), mistakes.comments[row], "yes" if mistakes.seen[row] else "", mistakes.by[row]]
        others = [str(mistakes.columns[row].get(name, "")) for name in more]
        rows.append([*answer, *said, repr(float(mistakes.weights[row])), *others])
    write_table(path, (*_OURS, *more), rows)
    return len(rows)


def import_sheet(book: Book, path: Path, *, by: str = "") -> Taken:
    """Take tags and comments from a spreadsheet that `export_sheet` wrote. Other columns are ignored.

    A row with tags, a comment or `looked_at` counts as looked at, and its tags replace those of the book. A row with none of
    them leaves the book as it is.

    Args:
        book: the mistakes.
        path: CSV with the columns `key` and `tags`.
        by: who tagged; the column `by` if not given.

    Raises:
        InputError: the file cannot be read or lacks a column. A row that cannot be used is a trouble, not an error.
    """
    table = read_table(path, needs=("key", "tags"))
    empty = [""] * len(table["key"])
    comments, looked, people = (table.get(name, empty) for name in ("comment", "looked_at", "by"))
    known, changed, same, troubles = _known(book), 0, 0, []
    for row, (key, cell) in enumerate(zip(table["key"], table["tags"], strict=True)):
        try:
            tags = tuple(sorted({tag_name(tag) for tag in cell.split(";") if tag.strip()}))
            if not (tags or comments[row].strip() or looked[row].strip().lower() in _YES):
                continue
            if key not in known:
                raise InputError("no such mistake was drawn", where=key)
            before = known[key]
            if before is not None and before == (tags, comments[row] if "comment" in table else before[1]):
                same += 1
                continue
            gone = [] if before is None else [tag for tag in before[0] if tag not in tags]
            comment = comments[row] if "comment" in table else None
            book.tag(key, tags, remove=gone, comment=comment, by=by or people[row])
            changed += 1
        except InputError as error:
            troubles.append(Trouble(f"{path.name}, {key}", str(error)))
    return Taken(changed, same, tuple(troubles))


def _known(book: Book) -> dict[str, tuple[tuple[str, ...], str] | None]:
    """What the book says of each mistake of any draw; None of those that nobody looked at."""
    found: dict[str, tuple[tuple[str, ...], str] | None] = {}
    for draw in book.draws():
        mistakes = book.mistakes(draw.id)
        for row, key in enumerate(mistakes.keys):
            found[key] = (mistakes.tags[row], mistakes.comments[row]) if mistakes.seen[row] else None
    return found

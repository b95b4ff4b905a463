"""Tagged mistakes: who said what of which mistake. One SQLite file, safe for several people and processes."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.data.items import objects
from trackside.data.queue.database import Database
from trackside.lab.errors.drawing import Drawn
from trackside.lab.errors.predictions import Predictions

_MARK = 0x54534542  # "TSEB"
_SCHEMA = (
    (
        """CREATE TABLE draws (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, answers INTEGER NOT NULL,
            mistakes INTEGER NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL)""",
        """CREATE TABLE mistakes (key TEXT PRIMARY KEY, item TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
            comment TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', at REAL) WITHOUT ROWID""",
        """CREATE TABLE drawn (draw INTEGER NOT NULL REFERENCES draws (id), place INTEGER NOT NULL,
            key TEXT NOT NULL REFERENCES mistakes (key), weight REAL NOT NULL, truth TEXT NOT NULL, predicted TEXT NOT NULL,
            score REAL, columns TEXT NOT NULL, PRIMARY KEY (draw, key)) WITHOUT ROWID""",
        """CREATE TABLE tagged (key TEXT NOT NULL REFERENCES mistakes (key), tag TEXT NOT NULL, PRIMARY KEY (key, tag))
            WITHOUT ROWID""",
        """CREATE TABLE costs (tag TEXT PRIMARY KEY, person_days REAL NOT NULL) WITHOUT ROWID""",
    ),
)
_LONGEST_TAG = 80


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw of mistakes: its number, where the predictions came from, how many answers and mistakes there were, and why."""

    id: int
    source: str
    answers: int
    mistakes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The mistakes of one draw, in the order in which to look at them; m rows.

    Attributes:
        keys, items, truth, predicted: str [m], as in `Predictions`.
        scores: float64 [m], NaN where not known.
        weights: float64 [m], how many mistakes each stands for.
        seen: bool [m], whether somebody looked at it. Only these count.
        tags: of each, in order of the alphabet.
        comments: str [m].
        by: str [m], who looked last.
        columns: of each, what else was known of it.
    """

    keys: NDArray[np.object_]
    items: NDArray[np.object_]
    truth: NDArray[np.object_]
    predicted: NDArray[np.object_]
    scores: NDArray[np.float64]
    weights: NDArray[np.float64]
    seen: NDArray[np.bool_]
    tags: tuple[tuple[str, ...], ...]
    comments: NDArray[np.object_]
    by: NDArray[np.object_]
    columns: tuple[Mapping[str, str | float], ...]

    def __len__(self) -> int:
        return len(self.keys)


class Book:
    """Tagged mistakes. A tag belongs to a mistake's key, so that it is still known at the next draw and after a fix.

    Args:
        path: the file; made when first written to.
        clock: seconds since 1970; tests give their own.

    Raises:
        InputError: (any method) the file is no such book, or a newer Trackside wrote it.
        OutputError: (any method) it cannot be written.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._database = Database(path, "book of mistakes", _MARK, _SCHEMA)

    def add(self, predictions: Predictions, drawn: Drawn, source: str = "") -> Draw:
        """Note a draw. What was said earlier of the same mistakes stays."""
        facts = (source, drawn.answers, drawn.mistakes, drawn.reason)
        with self._database.writing() as db:
            query = "INSERT INTO draws (source, answers, mistakes, reason, at) VALUES (?, ?, ?, ?, ?)"
            number = db.execute(query, (*facts, self._clock())).lastrowid or 0
            for place, (row, weight) in enumerate(zip(drawn.rows, drawn.weights, strict=True)):
                key, item = str(predictions.keys[row]), str(predictions.items[row])
                db.execute("INSERT INTO mistakes (key, item) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, item))
                db.execute(
                    "INSERT INTO drawn VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (number, place, key, float(weight), *_answer(predictions, int(row))),
                )
        return Draw(number, *facts)

    def draws(self) -> tuple[Draw, ...]:
        """All draws, newest first."""
        with self._database.reading() as db:
            rows = db.execute("SELECT id, source, answers, mistakes, reason FROM draws ORDER BY id DESC").fetchall()
        return tuple(Draw(*row) for row in rows)

    def draw(self, number: int | None = None) -> Draw:
        """A draw by its number, or the newest. Raises InputError if there is none."""
        found = [draw for draw in self.draws() if number is None or draw.id == number]
        if not found:
            what = "nothing was drawn yet" if number is None else f"there is no draw {number}"
            raise InputError(what, where=str(self.path), fix="run `trackside errors draw PREDICTIONS`")
        return found[0]

    def mistakes(self, number: int | None = None) -> Mistakes:
        """The mistakes of a draw (of the newest, if no number is given)."""
        draw = self.draw(number)
        query = "SELECT * FROM drawn JOIN mistakes USING (key) WHERE draw=? ORDER BY place"
        with self._database.reading() as db:
            rows = db.execute(query, (draw.id,)).fetchall()
            tags: dict[str, list[str]] = {row["key"]: [] for row in rows}
            for key, tag in db.execute("SELECT key, tag FROM tagged ORDER BY tag"):
                if key in tags:
                    tags[key].append(tag)
        return _mistakes(rows, tags)

    def tag(
        self, key: str, add: Iterable[str] = (), *, remove: Iterable[str] = (), comment: str | None = None, by: str = ""
    ) -> None:
        """Say what a mistake is. Without a tag it is marked as looked at: "none of my ideas".

        Args:
            key: the mistake.
            add: tags that it gets besides those it has; made by using them.
            remove: tags that it loses.
            comment: replaces the comment, if given.
            by: who.

        Raises:
            InputError: no such mistake, or a tag that is empty, over 80 letters long or holds a semicolon.
        """
        names = [tag_name(tag) for tag in add]
        with self._database.writing() as db:
            query = "UPDATE mistakes SET seen=1, by=?, at=?, comment=coalesce(?, comment) WHERE key=?"
            if not db.execute(query, (by, self._clock(), comment, key)).rowcount:
                raise InputError("no such mistake was drawn", where=key, fix="list them with `trackside errors tag --list`")
            db.executemany("INSERT INTO tagged VALUES (?, ?) ON CONFLICT DO NOTHING", [(key, name) for name in names])
            db.executemany("DELETE FROM tagged WHERE key=? AND tag=?", [(key, tag.strip()) for tag in remove])

    def unsee(self, key: str) -> None:
        """Forget all that was said of a mistake; it has to be looked at again."""
        with self._database.writing() as db:
            db.execute("DELETE FROM tagged WHERE key=?", (key,))
            db.execute("UPDATE mistakes SET seen=0, comment='', by='', at=NULL WHERE key=?", (key,))

    def rename(self, tag: str, to: str) -> int:
        """Rename a tag, or merge it into another. Returns how many mistakes had it."""
        name = tag_name(to)
        with self._database.writing() as db:
            keys = [(row["key"], name) for row in db.execute("SELECT key FROM tagged WHERE tag=?", (tag,))]
            db.execute("DELETE FROM tagged WHERE tag=?", (tag,))
            db.executemany("INSERT INTO tagged VALUES (?, ?) ON CONFLICT DO NOTHING", keys)
            db.execute("UPDATE OR REPLACE costs SET tag=? WHERE tag=?", (name, tag))
        return len(keys)

    def tags_of(self, keys: Sequence[str] | None = None) -> dict[str, tuple[str, ...]]:
        """The tags of all mistakes ever looked at, or of these."""
        with self._database.reading() as db:
            found: dict[str, list[str]] = {row["key"]: [] for row in db.execute("SELECT key FROM mistakes WHERE seen")}
            for key, tag in db.execute("SELECT key, tag FROM tagged ORDER BY tag"):
                found.setdefault(key, []).append(tag)
        return {key: tuple(found[key]) for key in (found if keys is None else keys) if key in found}

    def set_costs(self, costs: Mapping[str, float]) -> None:
        """Note what ideas cost, in person days; 0 forgets it.

        Raises:
            InputError: below 0 or not finite.
        """
        for tag, days in costs.items():
            if not 0 <= days < float("inf"):
                raise InputError(f"cannot cost {days:g} person days", where=tag, fix="give a number above 0")
        with self._database.writing() as db:
            db.executemany("INSERT OR REPLACE INTO costs VALUES (?, ?)", [(tag, float(days)) for tag, days in costs.items()])
            db.execute("DELETE FROM costs WHERE person_days=0")

    def costs(self) -> dict[str, float]:
        """Person days by tag."""
        with self._database.reading() as db:
            return {row["tag"]: row["person_days"] for row in db.execute("SELECT * FROM costs ORDER BY tag")}


def tag_name(tag: str) -> str:
    """A tag as it is kept: no blanks around it.

    Raises:
        InputError: empty, too long, or with a semicolon or line break, which separate tags in a spreadsheet.
    """
    name = " ".join(tag.split(" ")).strip()
    if not name or len(name) > _LONGEST_TAG or ";" in name or not name.isprintable():
        raise InputError(f"{name[:40]!r} can be no tag", fix=f"use 1 to {_LONGEST_TAG} letters without semicolon")
    return name


def _answer(predictions: Predictions, row: int) -> tuple[str, str, float | None, str]:
    """Truth, prediction, score (None where not known) and the other columns as JSON."""
    score = float(predictions.scores[row])
    columns = {name: column[row] for name, column in predictions.columns.items()}
    known = {name: value for name, value in columns.items() if value == value and value != ""}
    truth, predicted = str(predictions.truth[row]), str(predictions.predicted[row])
    return truth, predicted, None if score != score else score, json.dumps(known)


def _mistakes(rows: Sequence[sqlite3.Row], tags: Mapping[str, Sequence[str]]) -> Mistakes:
    def column(name: str) -> NDArray[np.object_]:
        return objects([row[name] for row in rows])

    return Mistakes(
        column("key"),
        column("item"),
        column("truth"),
        column("predicted"),
        np.array([np.nan if row["score"] is None else row["score"] for row in rows], np.float64),
        np.array([row["weight"] for row in rows], np.float64),
        np.array([row["seen"] for row in rows], bool),
        tuple(tuple(tags[row["key"]]) for row in rows),
        column("comment"),
        column("by"),
        tuple(json.loads(row["columns"]) for row in rows),
    )

"""The relabel queue: what every check points to, in one list, worked through by people.

One SQLite file. Several people and processes may use it at once, and what was decided survives a kill.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trackside.core.errors import InputError, nearest
from trackside.data.dataset import Dataset
from trackside.data.queue.database import Database
from trackside.data.queue.decisions import Decision
from trackside.data.queue.entries import STATES, Entries, read_entries
from trackside.data.queue.feeding import Fed, feed
from trackside.data.queue.schema import MARK, SCHEMA
from trackside.data.queue.speed import Worker, workers
from trackside.data.queue.states import states_of
from trackside.data.suspects import Suspect

LEASE = 600.0
"""Seconds that a claimed image is nobody else's."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are: by state; by check and state (an entry that two checks name counts for both)."""

    states: dict[str, int]
    checks: dict[str, dict[str, int]]
    actions: dict[str, int]


class Queue:
    """Images that somebody should look at.

    Args:
        path: the file; made when first written to.
        clock: seconds since 1970; tests give their own.

    Raises:
        InputError: (any method) the file is no relabel queue, or a newer Trackside wrote it.
        OutputError: (any method) the file cannot be written.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._database = Database(path, "relabel queue", MARK, SCHEMA)

    def feed(
        self,
        suspects: Iterable[Suspect],
        dataset_version: str = "",
        *,
        dataset: Dataset | None = None,
        complete: Sequence[str] = (),
    ) -> Fed:
        """Put in what checks found. The same twice changes nothing; news of a known suspect replaces the old.

        What was decided stays decided, unless the image, its label or its boxes changed otherwise than the decision asked.

        Args:
            suspects: from any number of checks.
            dataset_version: of the manifest, for the record.
            dataset: where the images are; without it, changes of images and labels are not noticed.
            complete: names of checks that looked at the whole data set: what they named earlier and do not name now leaves.
        """
        given = list(suspects)
        states, places = ({}, {}) if dataset is None else states_of(dataset, (suspect.item for suspect in given))
        with self._database.writing() as db:
            return feed(db, given, dataset_version, self._clock(), states, places, complete)

    def next(
        self,
        after: int | None = None,
        limit: int = 50,
        check: str | None = None,
        kind: str | None = None,
        state: str = "open",
    ) -> Entries:
        """A page of the queue, first to be looked at first, claimed or not.

        Args:
            after: the id of the last entry of the page before.
            limit: most entries.
            check: only what this check names.
            kind: only suspects of this kind ("label", "image", "box", "keypoint", "pair").
            state: one of `STATES`, or "all".
        """
        if state not in (*STATES, "all"):
            raise InputError(f"unknown state {state!r}", fix=nearest(state, (*STATES, "all")))
        with self._database.reading() as db:
            where, values = _filter(check, kind)
            if state != "all":
                where, values = [*where, "state=?"], [*values, state]
            if after is not None:
                row = _entry(db, after)
                where, values = [*where, "(rank<? OR (rank=? AND id>?))"], [*values, row["rank"], row["rank"], after]
            return read_entries(db, _select(db, where, values, limit), self._clock())

    def get(self, entry: int) -> Entries:
        """One entry. Raises InputError if there is none of that id."""
        with self._database.reading() as db:
            return read_entries(db, [_entry(db, entry)], self._clock())

    def ids(self, items: Iterable[str] | None = None, *states: str) -> dict[str, int]:
        """The number of every entry, by the name of its item.

        Args:
            items: names of items, if not all are meant; those without an entry are left out.
            states: only entries in one of these states, if any is given.
        """
        given = {"item": None if items is None else list(items), "state": list(states) or None}
        asked = {column: json.dumps(words) for column, words in given.items() if words is not None}
        where = " AND ".join(f"{column} IN (SELECT value FROM json_each(?))" for column in asked) or "1"
        query = f"SELECT item, id FROM entries WHERE {where}"
        with self._database.reading() as db:
            return {row["item"]: row["id"] for row in db.execute(query, list(asked.values()))}

    def claim(
        self, by: str, limit: int = 1, check: str | None = None, kind: str | None = None, seconds: float = LEASE
    ) -> Entries:
        """The next open entries that nobody else is looking at; for a while they are this person's.

        A person who claims again gets first what is theirs already.
        """
        now = self._clock()
        with self._database.writing() as db:
            where, values = _filter(check, kind)
            where += ["state='open'", "(claimed_until<=? OR claimed_by=?)"]
            rows = _select(
                db, where, [*values, now, by], limit, first="(claimed_by=? AND claimed_until>?) DESC,", named=(by, now)
            )
            leases = [(by, now + seconds, row["id"]) for row in rows]
            db.executemany("UPDATE entries SET claimed_by=?, claimed_until=? WHERE id=?", leases)
            return read_entries(db, [_entry(db, row["id"]) for row in rows], now)

    def release(self, by: str) -> int:
        """Give back what a person claimed and did not decide. Returns how many."""
        with self._database.writing() as db:
            return db.execute("UPDATE entries SET claimed_by='', claimed_until=0 WHERE claimed_by=?", (by,)).rowcount

    def decide(
        self,
        entry: int,
        decision: Decision,
        by: str,
        *,
        source: str | None = None,
        at: float | None = None,
        key: str | None = None,
    ) -> bool:
        """Decide about an entry. A later decision replaces an earlier one; both are kept.

        Args:
            entry: its id.
            decision: what shall be.
            by: who.
            source: where it was imported from; a second decision of the same source is ignored.
            at: seconds since 1970, if not now.
            key: the sender's name for this decision, so that it counts once when it is sent again (the answer was lost).

        Returns:
            Whether it was taken; False only for a source, or a key of this person, that is known.

        Raises:
            InputError: no such entry, or somebody else is looking at it now.
        """
        now = self._clock()
        with self._database.writing() as db:
            row = _entry(db, entry)
            known = "SELECT 1 FROM decisions WHERE source=? OR (by=? AND key=?)"
            if db.execute(known, (source, by, key)).fetchone():
                return False
            if source is None and row["claimed_until"] > now and row["claimed_by"] not in ("", by):
                raise InputError(f"{row['claimed_by']} is looking at it now", where=row["item"], fix="take the next one")
            values = (entry, decision.to_json(), decision.action, by, now if at is None else at)
            db.execute(
                """INSERT INTO decisions (entry, decision, action, by, at, picture, label, boxes, source, key)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (*values, row["picture"], row["label"], row["boxes"], source, key),
            )
            _set_state(db, entry)
        return True

    def undo(self, by: str, *, key: str | None = None) -> int | None:
        """Take back a person's last decision; with a `key` that is known nothing more, as `decide`.

        Returns:
            The entry, which stands as it stood before; None if there is none.
        """
        with self._database.writing() as db:
            done = db.execute("SELECT entry FROM decisions WHERE by=? AND undo_key=?", (by, key)).fetchone()
            if done is not None:
                return int(done["entry"])
            query = "SELECT id, entry FROM decisions WHERE by=? AND NOT undone AND source IS NULL ORDER BY id DESC LIMIT 1"
            row = db.execute(query, (by,)).fetchone()
            if row is None:
                return None
            db.execute("UPDATE decisions SET undone=1, undo_key=? WHERE id=?", (key, row["id"]))
            _set_state(db, row["entry"])
            return int(row["entry"])

    def reopen(self, entries: Iterable[int]) -> int:
        """Ask again about entries that were decided or skipped. Returns how many of them were."""
        query = "UPDATE entries SET state='open' WHERE id=? AND state IN ('decided', 'skipped')"
        with self._database.writing() as db:
            return max(0, db.executemany(query, [(int(entry),) for entry in entries]).rowcount)

    def counts(self) -> Counts:
        """How many entries in which state, in all and by check, and how many decisions of which action count."""
        with self._database.reading() as db:
            states = dict.fromkeys(STATES, 0) | {
                row[0]: row[1] for row in db.execute("SELECT state, count(*) FROM entries GROUP BY 1")
            }
            checks: dict[str, dict[str, int]] = {}
            query = """SELECT check_name, state, count(DISTINCT entry) FROM suspects JOIN entries ON id=entry
                WHERE active GROUP BY 1, 2 ORDER BY 1"""
            for name, state, count in db.execute(query):
                checks.setdefault(name, dict.fromkeys(STATES, 0))[state] = count
            query = """SELECT action, count(*) FROM decisions WHERE id IN
                (SELECT max(id) FROM decisions WHERE NOT undone GROUP BY entry) GROUP BY 1 ORDER BY 1"""
            return Counts(states, checks, dict(tuple(row) for row in db.execute(query)))

    def workers(self) -> tuple[Worker, ...]:
        """Who decided how many images here, and how fast. Imported decisions do not count."""
        with self._database.reading() as db:
            return workers(
                (row["by"], row["at"])
                for row in db.execute("SELECT by, at FROM decisions WHERE NOT undone AND source IS NULL")
            )

    def pages(self, state: str = "decided", size: int = 1000) -> Iterator[Entries]:
        """All entries of a state ("all": of any), page by page."""
        page = self.next(limit=size, state=state)
        while len(page):
            yield page
            page = self.next(after=int(page.ids[-1]), limit=size, state=state)


def _filter(check: str | None, kind: str | None) -> tuple[list[str], list[object]]:
    given = {"check_name": check, "kind": kind}
    parts = {name: value for name, value in given.items() if value is not None}
    if not parts:
        return [], []
    inside = " AND ".join(f"{name}=?" for name in parts)
    return [f"id IN (SELECT entry FROM suspects WHERE active AND {inside})"], list(parts.values())


def _select(
    db: sqlite3.Connection,
    where: Sequence[str],
    values: Sequence[object],
    limit: int,
    first: str = "",
    named: Sequence[object] = (),
) -> list[sqlite3.Row]:
    condition = " AND ".join(where) or "1"
    query = f"SELECT * FROM entries WHERE {condition} ORDER BY {first} rank DESC, id LIMIT ?"
    return db.execute(query, (*values, *named, max(limit, 0))).fetchall()


def _entry(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM entries WHERE id=?", (int(number),)).fetchone()
    if row is None:
        raise InputError("the queue has no such entry", where=str(number), fix="ask for the next entries again")
    return row


def _set_state(db: sqlite3.Connection, entry: int) -> None:
    """The state that follows from the decision that counts; nobody looks at the entry any more."""
    query = "SELECT action FROM decisions WHERE entry=? AND NOT undone ORDER BY id DESC LIMIT 1"
    row = db.execute(query, (entry,)).fetchone()
    state = "open" if row is None else "skipped" if row["action"] == "skip" else "decided"
    db.execute("UPDATE entries SET state=?, claimed_by='', claimed_until=0 WHERE id=?", (state, entry))

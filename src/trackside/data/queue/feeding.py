"""Putting suspects into the queue: the same twice is once, several checks on one image are one entry."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trackside.data.queue.decisions import Decision
from trackside.data.queue.states import State
from trackside.data.suspects import Suspect

# No check is believed wholly, so that a second one always adds something.
_MOST_BELIEVED = 0.98


@dataclass(frozen=True, slots=True)
class Fed:
    """What a feed did: entries that are new, that were there and got news, that were decided and are open again because the
    image or its label changed, and that left because no check points to them any more."""

    new: int = 0
    updated: int = 0
    reopened: int = 0
    gone: int = 0


def combined_rank(scores: Mapping[str, float]) -> float:
    """How much several checks together speak against an image, 0 to 1: 1 - prod(1 - 0.98 score), one score a check.

    The noisy-or of independent causes (Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, section 4.3.2): a second
    check that agrees always raises it, and several suspects of one check count as its worst.

    >>> round(combined_rank({"labels": 0.5}), 4), round(combined_rank({"labels": 0.5, "blur": 0.5}), 4)
    (0.49, 0.7399)
    """
    return 1.0 - math.prod(1.0 - _MOST_BELIEVED * score for score in scores.values())


def feed(
    db: sqlite3.Connection,
    suspects: Iterable[Suspect],
    version: str,
    now: float,
    states: Mapping[str, State],
    places: Mapping[int, int],
    complete: Sequence[str],
) -> Fed:
    """Put suspects in. See `Queue.feed`."""
    number = db.execute("INSERT INTO feeds (dataset_version, at) VALUES (?, ?)", (version, now)).lastrowid or 0
    worst = _worst(suspects, places)
    items = sorted({suspect.item for suspect in worst.values()})
    known = {row["item"]: row["id"] for row in db.execute("SELECT id, item FROM entries")}
    db.executemany("INSERT INTO entries (item) VALUES (?)", [(item,) for item in items if item not in known])
    ids = {row["item"]: row["id"] for row in db.execute("SELECT id, item FROM entries")}
    db.executemany(
        """INSERT INTO suspects (entry, check_name, kind, place, partner, score, reason, suggestion, annotation, feed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET score=excluded.score, reason=excluded.reason, suggestion=excluded.suggestion,
        annotation=excluded.annotation, feed=excluded.feed, active=1""",
        [(ids[suspect.item], *key[1:], *_row(suspect), number) for key, suspect in worst.items()],
    )
    touched = {ids[item] for item in items} | _retire(db, number, complete)
    reopened = _reopen(db, {ids[item]: states[item] for item in items if item in states})
    gone = _rerank(db, touched)
    new = sum(item not in known for item in items)
    return Fed(new, len(items) - new, reopened, gone)


Key = tuple[str, str, str, int, str]


def _worst(suspects: Iterable[Suspect], places: Mapping[int, int]) -> dict[Key, Suspect]:
    """One suspect for each (item, check, kind, place, partner): the worst."""
    worst: dict[Key, Suspect] = {}
    for suspect in suspects:
        place = places.get(suspect.annotation, suspect.annotation)
        key = (suspect.item, suspect.check, suspect.kind, place, suspect.partner)
        if key not in worst or _score(suspect) > _score(worst[key]):
            worst[key] = suspect
    return worst


def _row(suspect: Suspect) -> tuple[float, str, str, int]:
    return _score(suspect), suspect.reason, suspect.suggestion, int(suspect.annotation)


def _score(suspect: Suspect) -> float:
    """The score within 0 to 1. NaN counts as 0: the check could not say."""
    score = float(suspect.score)
    return 0.0 if math.isnan(score) else min(max(score, 0.0), 1.0)


def _retire(db: sqlite3.Connection, number: int, complete: Sequence[str]) -> set[int]:
    """Suspects of these checks that the checks did not name again. Returns their entries."""
    touched = set()
    for name in complete:
        old = (name, number)
        query = "SELECT DISTINCT entry FROM suspects WHERE check_name=? AND active AND feed<>?"
        touched |= {int(row[0]) for row in db.execute(query, old)}
        db.execute("UPDATE suspects SET active=0 WHERE check_name=? AND active AND feed<>?", old)
    return touched


def _reopen(db: sqlite3.Connection, states: Mapping[int, State]) -> int:
    """Note how the images stand now, and open those again whose decision rests on another image or label."""
    columns = [(state.picture, state.label, state.boxes, number) for number, state in states.items()]
    db.executemany("UPDATE entries SET picture=?, label=?, boxes=? WHERE id=?", columns)
    stale = []
    query = """SELECT d.* FROM decisions d JOIN entries e ON e.id=d.entry
        WHERE e.state IN ('decided', 'skipped') AND NOT d.undone ORDER BY d.id"""
    last = {row["entry"]: row for row in db.execute(query)}
    for number, row in last.items():
        before = State(row["picture"], row["label"], row["boxes"])
        if number in states and not states[number].holds(Decision.from_json(row["decision"]), before):
            stale.append((number,))
    db.executemany("UPDATE entries SET state='open' WHERE id=?", stale)
    return len(stale)


def _rerank(db: sqlite3.Connection, touched: set[int]) -> int:
    """New ranks of entries, and whether any check points to them still. Returns how many have left."""
    scores: dict[int, dict[str, float]] = {number: {} for number in touched}
    query = "SELECT entry, check_name, max(score) FROM suspects WHERE active GROUP BY entry, check_name"
    for entry, name, score in db.execute(query):
        if entry in scores:
            scores[entry][name] = score
    db.executemany(
        "UPDATE entries SET rank=? WHERE id=?", [(combined_rank(part), number) for number, part in scores.items()]
    )
    named = [(number,) for number, part in scores.items() if part]
    db.executemany("UPDATE entries SET state='open' WHERE id=? AND state='gone'", named)
    left = [(number,) for number, part in scores.items() if not part]
    return db.executemany("UPDATE entries SET state='gone' WHERE id=? AND state='open'", left).rowcount if left else 0

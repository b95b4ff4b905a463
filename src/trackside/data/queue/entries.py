"""What the queue gives: images to look at, each with all that was said against it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.items import objects
from trackside.data.queue.decisions import Decision
from trackside.data.suspects import Suspect

STATES = ("open", "decided", "skipped", "gone")
"""To be looked at; decided; passed on by somebody; no check points to it any more."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, who made it, and when (seconds since 1970)."""

    decision: Decision
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Entries:
    """Images of the queue, one row each, first to be looked at first.

    Attributes:
        ids: int64 [n], the number of the entry; stays the same for the life of the queue.
        items: str [n], names of the images.
        ranks: float64 [n], 0 to 1: how much all checks together speak against it.
        states: str [n], one of `STATES`.
        labels: str [n], class names as last fed; "" for none or not known.
        suspects: what each check said, per entry, worst first.
        decided: the decision that counts, or None, per entry.
        claimed: who is looking at it now, or "", per entry.
    """

    ids: NDArray[np.int64]
    items: NDArray[np.object_]
    ranks: NDArray[np.float64]
    states: NDArray[np.object_]
    labels: NDArray[np.object_]
    suspects: tuple[tuple[Suspect, ...], ...]
    decided: tuple[Decided | None, ...]
    claimed: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def to_json(self) -> list[dict[str, Any]]:
        """One object an entry, as JSON data."""
        return [
            {
                "id": int(self.ids[row]),
                "item": self.items[row],
                "rank": float(self.ranks[row]),
                "state": self.states[row],
                "label": self.labels[row],
                "suspects": [asdict(suspect) for suspect in self.suspects[row]],
                "decision": _decision_json(self.decided[row]),
                "claimed": self.claimed[row],
            }
            for row in range(len(self))
        ]


def read_entries(db: sqlite3.Connection, rows: Sequence[sqlite3.Row], now: float) -> Entries:
    """Entries of rows of the table `entries`, in the order of the rows."""
    ids = [int(row["id"]) for row in rows]
    suspects: dict[int, list[Suspect]] = {number: [] for number in ids}
    for part in _chunks(ids):
        query = f"SELECT * FROM suspects WHERE entry IN ({part}) AND active ORDER BY score DESC, check_name, place"
        for row in db.execute(query):
            suspects[row["entry"]].append(_suspect(row))
    decided = {}
    for part in _chunks(ids):
        for row in db.execute(f"SELECT * FROM decisions WHERE entry IN ({part}) AND NOT undone ORDER BY id"):
            decided[row["entry"]] = Decided(Decision.from_json(row["decision"]), row["by"], row["at"])
    items = {row["id"]: row["item"] for row in rows}
    return Entries(
        np.array(ids, np.int64),
        objects([row["item"] for row in rows]),
        np.array([row["rank"] for row in rows], np.float64),
        objects([row["state"] for row in rows]),
        objects([row["label"] for row in rows]),
        tuple(tuple(_named(suspect, items[number]) for suspect in suspects[number]) for number in ids),
        tuple(decided.get(number) for number in ids),
        tuple(row["claimed_by"] if row["claimed_until"] > now else "" for row in rows),
    )


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[str]:
    for start in range(0, len(ids), size):
        yield ",".join(map(str, ids[start : start + size]))


def _suspect(row: sqlite3.Row) -> Suspect:
    return Suspect(
        row["check_name"], "", row["score"], row["reason"], row["kind"], row["suggestion"], row["annotation"], row["partner"]
    )


def _named(suspect: Suspect, item: str) -> Suspect:
    return Suspect(
        suspect.check,
        item,
        suspect.score,
        suspect.reason,
        suspect.kind,
        suspect.suggestion,
        suspect.annotation,
        suspect.partner,
    )


def _decision_json(decided: Decided | None) -> dict[str, Any] | None:
    if decided is None:
        return None
    return {**json.loads(decided.decision.to_json()), "by": decided.by, "at": decided.at}

"""The log of a gallery: who did what and when, each entry chained to the one before.

An entry's seal is an HMAC over the seal before it and the entry, with a key that only the master key gives: whoever can
write the file but lacks the key can neither change, insert, reorder nor remove an entry unseen. The number and seal of the
last entry also stand in the other file, so that cutting off the end is seen. Names never enter it: people are numbers.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trackside.perception.faces.gallery.keys import Vault
from trackside.perception.faces.gallery.storage import Storage

_START = b"\x00" * 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Attributes:
        number: from 1.
        time: wall clock, seconds since 1970.
        action: `enrol`, `search`, `delete`, `expire`, `export`, `calibrate`.
        by: who did it, as given.
        details: what belongs to it.
    """

    number: int
    time: float
    action: str
    by: str
    details: dict[str, Any]

    @property
    def when(self) -> str:
        """The time in ISO 8601, UTC."""
        return datetime.fromtimestamp(self.time, UTC).isoformat(timespec="seconds")


def append(storage: Storage, vault: Vault, entry: tuple[float, str, str, dict[str, Any]]) -> None:
    """Add an entry (time, action, by, details). Belongs into a `change`, so that nothing happens without it."""
    time, action, by, details = entry
    number, last = _head(storage)
    text = json.dumps({"time": time, "action": action, "by": by, **details}, sort_keys=True)
    seal = vault.sign(last + str(number + 1).encode() + b"|" + text.encode())
    storage.run("INSERT INTO log VALUES (?, ?, ?)", number + 1, text, seal)
    storage.run("INSERT OR REPLACE INTO keys.head VALUES (1, ?, ?)", number + 1, seal)


def entries(storage: Storage) -> list[Entry]:
    """All entries, oldest first, unchecked."""
    found = []
    for row in storage.all("SELECT number, entry FROM log ORDER BY number"):
        data = json.loads(row["entry"])
        found.append(Entry(row["number"], data.pop("time"), data.pop("action"), data.pop("by"), data))
    return found


def head(storage: Storage) -> str:
    """The last seal, in hexadecimal: noted elsewhere, it proves later that the log was not replaced by an older one."""
    return _head(storage)[1].hex()


def broken(storage: Storage, vault: Vault, noted: str = "") -> list[str]:
    """What is wrong with the log, one clause each; none if it is whole.

    Args:
        storage: of the gallery.
        vault: of the gallery.
        noted: a last seal that was noted earlier, in hexadecimal.
    """
    last, expected, seals = _START, 1, set()
    for row in storage.all("SELECT number, entry, seal FROM log ORDER BY number"):
        if row["number"] != expected:
            return [f"entry {expected} of the log is missing"]
        seal = vault.sign(last + str(expected).encode() + b"|" + str(row["entry"]).encode())
        if not hmac.compare_digest(seal, row["seal"]):
            return [f"entry {expected} of the log was changed, or one before it"]
        seals.add(seal.hex())
        last, expected = seal, expected + 1
    number, sealed = _head(storage)
    if (number, sealed) != (expected - 1, last):
        return [f"the log ends at entry {expected - 1}, {number} were written"]
    if noted and noted.strip().lower() not in seals:
        return ["the seal that was noted is not in the log: it was replaced"]
    return []


def _head(storage: Storage) -> tuple[int, bytes]:
    row = storage.one("SELECT number, seal FROM keys.head")
    return (int(row["number"]), bytes(row["seal"])) if row else (0, _START)

"""The tables of the relabel queue."""

from __future__ import annotations

MARK = 0x54535251  # "TSRQ"

SCHEMA = (
    (
        """CREATE TABLE feeds (id INTEGER PRIMARY KEY, dataset_version TEXT NOT NULL, at REAL NOT NULL)""",
        """CREATE TABLE entries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            item TEXT NOT NULL UNIQUE,
            rank REAL NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'open',
            picture TEXT NOT NULL DEFAULT '',
            label TEXT NOT NULL DEFAULT '',
            boxes TEXT NOT NULL DEFAULT '',
            claimed_by TEXT NOT NULL DEFAULT '',
            claimed_until REAL NOT NULL DEFAULT 0)""",
        """CREATE INDEX entries_in_order ON entries (state, rank DESC, id)""",
        """CREATE TABLE suspects (
            entry INTEGER NOT NULL REFERENCES entries (id),
            check_name TEXT NOT NULL,
            kind TEXT NOT NULL,
            place INTEGER NOT NULL,
            partner TEXT NOT NULL,
            score REAL NOT NULL,
            reason TEXT NOT NULL,
            suggestion TEXT NOT NULL,
            annotation INTEGER NOT NULL,
            feed INTEGER NOT NULL REFERENCES feeds (id),
            active INTEGER NOT NULL DEFAULT 1,
            PRIMARY KEY (entry, check_name, kind, place, partner)) WITHOUT ROWID""",
        """CREATE INDEX suspects_by_check ON suspects (check_name, active, entry)""",
        """CREATE TABLE decisions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            entry INTEGER NOT NULL REFERENCES entries (id),
            decision TEXT NOT NULL,
            action TEXT NOT NULL,
            by TEXT NOT NULL,
            at REAL NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0,
            picture TEXT NOT NULL,
            label TEXT NOT NULL,
            boxes TEXT NOT NULL,
            source TEXT UNIQUE)""",
        """CREATE INDEX decisions_of_entry ON decisions (entry, undone, id)""",
        """CREATE INDEX decisions_by ON decisions (by, undone, at)""",
    ),
    # What is sent twice because its answer was lost is told by the key that the sender gave it.
    (
        """ALTER TABLE decisions ADD COLUMN key TEXT""",
        """ALTER TABLE decisions ADD COLUMN undo_key TEXT""",
        """CREATE UNIQUE INDEX decisions_by_key ON decisions (by, key)""",
        """CREATE UNIQUE INDEX decisions_by_undo_key ON decisions (by, undo_key)""",
    ),
)

"""A workbench: the folder that keeps all work on one data set (what was extracted, the report, the queue, tagged mistakes).

It never lies inside the data set, which may be read only and is somebody else's. Without a wish it lies below the user's
data folder, named after the data set's path, so that the command line finds it again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

WORK = "TRACKSIDE_WORK"
"""Environment variable: the folder below which workbenches lie."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where everything about one data set lies. Nothing is made before it is written.

    Attributes:
        folder: the workbench's own.
    """

    folder: Path

    @classmethod
    def of(cls, dataset: Path) -> Workbench:
        """The workbench of the data set at a path."""
        whole = dataset.expanduser().resolve()
        mark = sha256(str(whole).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return cls(_home() / f"{whole.name[:40] or 'root'}-{mark}")

    @property
    def scan_folder(self) -> Path:
        """What was extracted from the pictures."""
        return self.folder / "scan"

    @property
    def report_path(self) -> Path:
        """The newest health report, JSON."""
        return self.folder / "health.json"

    @property
    def page_path(self) -> Path:
        """The newest health report, HTML."""
        return self.folder / "health.html"

    @property
    def queue_path(self) -> Path:
        """The relabel queue, SQLite."""
        return self.folder / "queue.sqlite"

    @property
    def errors_path(self) -> Path:
        """Mistakes and their tags, SQLite."""
        return self.folder / "errors.sqlite"


def _home() -> Path:
    named = os.environ.get(WORK)
    if named:
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "trackside" / "work"

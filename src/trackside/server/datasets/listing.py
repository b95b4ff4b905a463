"""Data sets as lists show them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from trackside.core import TracksideError
from trackside.data.queue import Queue
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.datasets.indexing import MARK
from trackside.server.datasets.shapes import DatasetShape
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import missing

_FROM_THE_ROW = frozenset(DatasetShape.model_fields) - {"open", "decided", "readable"}


def find(site: Site, dataset_id: str) -> DatasetRow:
    """A data set. Raises Refused (404) if there is none."""
    with site.database.session() as db:
        row = db.get(DatasetRow, dataset_id)
    if row is None:
        raise missing("data set")
    return row


def shape(site: Site, row: DatasetRow) -> DatasetShape:
    """A row as the API shows it."""
    own: dict[str, Any] = {name: getattr(row, name) for name in _FROM_THE_ROW}
    bench = Workbench(Path(row.work))
    states = _states(bench.queue_path)
    readable = (bench.folder / MARK).is_file()
    return DatasetShape(**own, readable=readable, open=states.get("open", 0), decided=states.get("decided", 0))


def _states(path: Path) -> dict[str, int]:
    """How many entries of a queue are in which state."""
    changed = tuple(_changed(path.with_name(path.name + more)) for more in ("", "-wal"))
    return _counted(path, changed) if changed[0] else {}


@lru_cache(maxsize=512)
def _counted(path: Path, changed: tuple[int, ...]) -> dict[str, int]:
    """The same, counted again only when the file was written to."""
    try:
        return Queue(path).counts().states
    except TracksideError:
        return {}


def _changed(path: Path) -> int:
    try:
        stat = path.stat()
    except OSError:
        return 0
    return stat.st_mtime_ns ^ stat.st_size

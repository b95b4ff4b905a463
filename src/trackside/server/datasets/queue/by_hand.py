"""Putting items into the relabel queue that a person chose in the grid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trackside.data.queue import Queue
from trackside.data.suspects import Suspect
from trackside.server.context import Site
from trackside.server.datasets.access import bench_of, opened, tops_of
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.pictures import file_of
from trackside.server.datasets.queue.shapes import ByHand, ByHandShape
from trackside.server.problems import Refused, missing

CHECK = "by-hand"
"""What stands for a check with entries that a person chose."""


def put(site: Site, dataset_id: str, wish: ByHand, person: str) -> ByHandShape:
    """Put items in, before all others. What was decided stays decided unless asked for again; what was skipped is open.

    Raises:
        Refused: 404, no such item, or none of the files can be found; 409, the data set has changed since they were chosen.
    """
    data, bench = opened(site, dataset_id), bench_of(site, dataset_id)[1]
    if wish.version and wish.version != data.version:
        raise Refused(409, "the data set has changed since these were chosen", "look at the grid again and choose anew")
    rows = _found(data, [data.checked_row(row) for row in dict.fromkeys(wish.rows)], tops_of(site, dataset_id))
    if not rows:
        raise missing("picture")
    names = [data.names[row] for row in rows]
    queue = Queue(bench.queue_path)
    reason = f"{person} put it here"
    queue.feed([Suspect(CHECK, name, 1.0, reason) for name in names], data.version, dataset=data.dataset.take(rows))
    queue.reopen(queue.ids(names, "skipped", *(("decided",) if wish.again else ())).values())
    decided = queue.ids(names, "decided")
    return ByHandShape(waiting=len(names) - len(decided), decided=len(decided), absent=len(set(wish.rows)) - len(rows))


def _found(data: Opened, rows: Sequence[int], tops: Sequence[Path]) -> list[int]:
    """Those whose file is there, where the server may look."""
    found = []
    for row in rows:
        try:
            file_of(data, row, tops)
        except Refused:
            continue
        found.append(row)
    return found

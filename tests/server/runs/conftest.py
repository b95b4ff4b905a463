"""Videos and runs in a server's database, made directly."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.media import VideoWriter
from trackside.server.access.people import YOU
from trackside.server.context import Site
from trackside.server.library.shapes import Graph
from trackside.server.runs.beginning import begin_run
from trackside.server.runs.heartbeat import Halt
from trackside.server.runs.shapes import NewRun
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.runs.worker import Stopper, work
from trackside.server.videos.tables import VideoRow

from . import toy_worker  # noqa: F401 - registers the slow blocks

AddVideo = Callable[..., str]
Begin = Callable[..., str]

MEAN = {"pipeline": "means", "blocks": {"mean": {"use": "toy.mean@1", "images": "source.images"}}, "save": ["mean"]}
DRAWN = {
    "pipeline": "drawn",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": ["draw.annotated"],
}


def slow(pause: float = 0.05) -> dict[str, Any]:
    """A pipeline that takes its time."""
    blocks = {"mean": {"use": "slow.mean@1", "images": "source.images", "pause": pause}}
    return {"pipeline": "slow", "blocks": blocks, "save": ["mean"]}


@pytest.fixture
def add_video(site: Site, tmp_path: Path) -> AddVideo:
    """Puts a small synthetic video into the server."""

    def add(name: str = "clip.mp4", frames: int = 6, state: str = "ready", broken: bool = False) -> str:
        path = tmp_path / "made.mp4"
        with VideoWriter(path, fps=10) as writer:
            for number in range(frames):
                writer.write(np.full((48, 64, 3), 20 + number % 200, np.uint8), number / 10)
        if broken:
            path.write_text("this is no video")
        with site.database.session() as db:
            row = VideoRow(name=name, state=state)
            db.add(row)
            db.flush()
            row.key = f"videos/{row.id}/source.mp4"
        site.files.take(path, row.key)
        return row.id

    return add


@pytest.fixture
def begin(site: Site) -> Begin:
    """Queues a run."""

    def begin_one(videos: list[str], graph: dict[str, Any] | None = None, **more: Any) -> str:
        body = NewRun(videos=videos, graph=Graph.model_validate(graph or MEAN), **more)
        with site.database.session() as db:
            return begin_run(db, site, YOU, body).id

    return begin_one


def rows_of(site: Site, run_id: str) -> list[RunVideoRow]:
    """A run's videos, in order."""
    with site.database.session() as db:
        return list(db.query(RunVideoRow).filter_by(run_id=run_id).order_by(RunVideoRow.position))


def run_of(site: Site, run_id: str) -> RunRow:
    """A run."""
    with site.database.session() as db:
        found = db.get(RunRow, run_id)
    assert found is not None
    return found


def work_off(site: Site, slot: str = "cpu") -> None:
    """Be the worker until nothing waits."""
    stopper = Stopper()
    from trackside.server.runs.doing import do

    def do_and_look(site: Site, row: RunVideoRow, halt: Halt) -> None:
        do(site, row, halt)
        with site.database.session() as db:
            if not db.query(RunVideoRow).filter_by(state="queued", slot=slot).count():
                stopper.stop()

    work(site, slot, stopper, do_and_look)


def wait_for(happened: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)

"""A server for the web benchmarks: a process of its own on loopback, in a data folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from trackside.server.context import open_site
from trackside.server.database import new_id, now
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.settings import ServerSettings
from trackside.server.videos.tables import VideoRow

GRAPH = {
    "pipeline": "plain",
    "about": "",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": [],
}
STATES = ("done", "done", "done", "failed", "cancelled")


@dataclass(frozen=True)
class Running:
    """A server that runs: its address and its process."""

    address: str
    process: subprocess.Popen[str]

    def peak_mib(self) -> float:
        """The most memory that the server's own process has held, MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+)", status)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def serving(data: Path, *, database: str = "") -> Iterator[Running]:
    """`trackside serve` as a process, until the block ends."""
    words = [sys.executable, "-m", "trackside.cli.main", "serve", "--port", "0", "--data", str(data), "--no-open"]
    words += ["--database", database] if database else []
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"http://\S+", line):
                    yield Running(found[0], process)
                    break
            else:
                raise RuntimeError("the server did not start")
        finally:
            process.terminate()
            process.wait(30)


def fill(data: Path, runs: int, *, database: str = "") -> None:
    """A database with that many runs over three videos each, 1,000 videos and 200 pipelines (SYNTHETIC rows)."""
    site = open_site(ServerSettings(data=data, database=database))
    begin, videos = now() - timedelta(days=400), [new_id() for _ in range(1000)]
    with site.database.session() as db:
        db.execute(insert(VideoRow), [
            {"id": one, "name": f"training {n:04}.mp4", "state": "ready", "created": begin + timedelta(minutes=n)}
            for n, one in enumerate(videos)
        ])  # fmt: skip
        pipelines = [new_id() for _ in range(200)]
        db.execute(insert(PipelineRow), [{"id": one, "name": f"pipeline {n}"} for n, one in enumerate(pipelines)])
        db.execute(insert(PipelineVersionRow), [{"pipeline_id": one, "number": 1, "graph": GRAPH} for one in pipelines])
        ids = [new_id() for _ in range(runs)]
        db.execute(insert(RunRow), [_run(one, n, begin, pipelines) for n, one in enumerate(ids)])
        db.execute(insert(RunVideoRow), [
            {"id": new_id(), "run_id": one, "video_id": videos[(n + k) % 1000], "video_name": f"training {k}.mp4",
             "position": k, "state": STATES[n % 5]}
            for n, one in enumerate(ids) for k in range(3)
        ])  # fmt: skip
    site.database.close()


def _run(run_id: str, number: int, begin, pipelines: list[str]) -> dict[str, object]:  # type: ignore[no-untyped-def]
    at = begin + timedelta(minutes=30 * number)
    return {
        "id": run_id, "name": f"run {number:05}", "pipeline_id": pipelines[number % 200], "pipeline_version": 1,
        "graph": GRAPH,
        "state": STATES[number % 5], "videos": 3, "videos_done": 3, "fraction": 1.0, "created": at, "changed": at,
    }  # fmt: skip

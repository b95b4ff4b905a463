"""From an id to a finished result: its rows in the database and its files by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.core import InputError
from trackside.pipelines.results import RUN_FILE
from trackside.server.context import Site
from trackside.server.problems import Refused, missing
from trackside.server.results.copies import copies_of
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.videos.tables import VideoRow

# Anything else is no id of ours; PostgreSQL would not even take it.
_ID = re.compile(r"[\w-]{1,32}\Z", re.ASCII)
ANNOTATED = "annotated.mp4"


@dataclass(frozen=True)
class Result:
    """What one video of a run came to.

    Attributes:
        site: where it lies.
        run: the run.
        video: the video in the run; it is done.
        source: the video itself; None if it was deleted since.
        files: keys by file name.
    """

    site: Site
    run: RunRow
    video: RunVideoRow
    source: VideoRow | None
    files: dict[str, str]

    @property
    def id(self) -> str:
        """As addresses name it."""
        return self.video.id

    @cached_property
    def facts(self) -> dict[str, Any]:
        """`run.json`; empty if there is none or it is not whole."""
        try:
            facts = json.loads(self.site.files.read(self.files[RUN_FILE]))
        except (KeyError, InputError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}

    @property
    def graph(self) -> dict[str, Any]:
        """The pipeline as it ran."""
        return self.facts.get("pipeline") or self.run.graph

    @property
    def start(self) -> float:
        """Media time at which the annotated video begins, seconds."""
        source = self.graph.get("blocks", {}).get("source") or {}
        return float(self.facts.get("start", source.get("start", 0.0)))

    @property
    def annotated(self) -> str:
        """The name of the video that the pipeline wrote; empty if it wrote none."""
        videos = sorted(name for name in self.files if name.endswith(".mp4"))
        return ANNOTATED if ANNOTATED in videos else next(iter(videos), "")

    @property
    def tables(self) -> dict[str, str]:
        """Keys of the tables by table name."""
        return {n.removesuffix(".parquet"): key for n, key in self.files.items() if n.endswith(".parquet")}

    @contextmanager
    def table(self, name: str) -> Iterator[Path]:
        """A table's Parquet file.

        Raises:
            Refused: 404, there is no such table.
        """
        if name not in self.tables:
            raise missing("table")
        with copies_of(self.site).local(self.tables[name]) as path:
            yield path


def find_result(site: Site, run_video_id: str) -> Result:
    """The result of one video of a run.

    Raises:
        Refused: 404, there is none; 409, it is not finished.
    """
    with site.database.session() as db:
        video = db.get(RunVideoRow, run_video_id) if _ID.match(run_video_id) else None
        run = db.get(RunRow, video.run_id) if video else None
        if video is None or run is None:
            raise missing("result")
        _check_finished(video)
        return _result(site, db, run, video)


def find_results(site: Site, run_id: str) -> tuple[RunRow, list[Result]]:
    """A run, and the results of its videos that are done.

    Raises:
        Refused: 404, there is no such run; 409, no video of it is done.
    """
    with site.database.session() as db:
        run = db.get(RunRow, run_id) if _ID.match(run_id) else None
        if run is None:
            raise missing("run")
        done = select(RunVideoRow).where(RunVideoRow.run_id == run_id, RunVideoRow.state == "done")
        videos = list(db.scalars(done.order_by(RunVideoRow.position)))
        if not videos:
            raise Refused(409, "no video of this run is finished", "wait until one is, or see the run's log")
        return run, [_result(site, db, run, video) for video in videos]


def _check_finished(video: RunVideoRow) -> None:
    if video.state == "failed":
        problem = video.problems[0] if video.problems else {}
        reason = problem.get("what", "") if isinstance(problem, dict) else str(problem)
        raise Refused(409, f"the video failed{f': {reason}' if reason else ''}", "see the run's log, and retry it")
    if video.state != "done":
        raise Refused(409, f"the video is not finished: it is {video.state}", "wait until the run is done")


def _result(site: Site, db: Session, run: RunRow, video: RunVideoRow) -> Result:
    files = {key.removeprefix(f"{video.results}/"): key for key in site.files.keys(video.results)} if video.results else {}
    plain = {name: key for name, key in files.items() if "/" not in name and not name.startswith(".")}
    if not plain:
        raise missing("result")
    return Result(site, run, video, db.get(VideoRow, video.video_id), plain)

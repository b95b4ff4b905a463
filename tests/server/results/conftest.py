"""Real results: pipelines without models, run over small synthetic videos, put where a worker would put them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.media import VideoWriter
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.runs import run_files
from trackside.server.context import Site
from trackside.server.database import new_id
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.videos.tables import VideoRow

Put = Callable[..., str]
FPS = 10

# A box walks to the right for 4 seconds: from the left half into the right half.
_SOURCE = {"use": "source.media"}


def graph(folder: Path, *, start: float = 0.0, high: float = 0.5, zones: dict[str, Any] | None = None) -> dict[str, Any]:
    """A pipeline that reads boxes from a file, follows them, counts them in two halves and draws them."""
    zones = zones or {
        "left half": [[0, 0], [32, 0], [32, 48], [0, 48]],
        "right half": [[32, 0], [64, 0], [64, 48], [32, 48]],
    }
    blocks = {
        "source": {**_SOURCE, "start": start},
        "detect": {"use": "detect.from_file", "path": str(folder / "boxes.txt"), "name": "person"},
        "track": {"use": "track.objects", "detections": "detect", "high": high},
        "zones": {"use": "zone.count", "tracks": "track", "zones": zones},
        "draw": {"use": "draw.overlay", "images": "source.images", "tracks": "track", "clock": False, "tail": 0},
    }
    return {"pipeline": "halves", "blocks": blocks, "save": ["draw", "track", "zones.counts", "zones.events"]}


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    """A folder with the synthetic box of each frame, as MOTChallenge writes it."""
    lines = [f"{frame + 1},-1,{frame},10,8,16,0.9" for frame in range(40)]
    (tmp_path / "boxes.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Four seconds in which each frame is a little brighter than the one before."""
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, fps=FPS) as writer:
        for number in range(40):
            writer.write(np.full((48, 64, 3), 20 + 5 * number, np.uint8), number / FPS)
    return path


@pytest.fixture
def put(site: Site, video: Path, tmp_path: Path) -> Put:
    """Runs a pipeline over the video and keeps its result; gives the id of the video in the run."""

    def make(graph: dict[str, Any], *, name: str = "clip.mp4", state: str = "done", run: str = "", at: Site = site) -> str:
        [file] = run_files(parse_pipeline(graph), [video], tmp_path / f"out-{new_id()}").files
        assert file.ok, file.error
        return keep(at, file.folder, graph, video, name=name, state=state, run=run)

    return make


def keep(
    site: Site, folder: Path, graph: dict[str, Any], video: Path, *, name: str, state: str = "done", run: str = ""
) -> str:
    """Put a folder of results where a worker puts it, with its rows."""
    run_id, one_id, video_id = run or new_id(), new_id(), new_id()
    copy = folder.parent / f"{video_id}.mp4"
    copy.write_bytes(video.read_bytes())
    site.files.take(copy, f"videos/{video_id}/source.mp4")
    prefix = f"results/{run_id}/{one_id}"
    site.files.take_folder(folder, prefix)
    with site.database.session() as db:
        db.add(VideoRow(id=video_id, name=name, key=f"videos/{video_id}/source.mp4", seconds=4.0, fps=10.0, state="ready"))
        if db.get(RunRow, run_id) is None:
            db.add(RunRow(id=run_id, name="a run", graph=graph, state=state))
            db.flush()
        row = RunVideoRow(id=one_id, run_id=run_id, video_id=video_id, video_name=name, state=state, results=prefix)
        db.add(row)
    return one_id

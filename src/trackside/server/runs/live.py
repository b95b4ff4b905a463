"""The newest picture of each video that is worked on: one small JPEG, written by the worker, sent by the server."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from trackside.core import Image, TracksideError, resized, size_of
from trackside.pipelines.calls import Item, Key
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.plan import Plan
from trackside.pipelines.saving import VIDEO_SINK
from trackside.server.videos.pictures import jpeg_of

# Pixels across.
_WIDTH = 640


def live_path(data: Path, run_video_id: str) -> Path:
    """Where the newest picture of a video of a run lies while it is worked on."""
    return data / "live" / f"{run_video_id}.jpg"


def picture_key(plan: Plan) -> Key:
    """The output whose pictures tell most: the last one that is written as a video, else the source's."""
    written = [node.wires["images"][0] for node in plan.nodes if node.spec.name == VIDEO_SINK and node.wires["images"]]
    return (written[-1].block, written[-1].port) if written else (SOURCE, "images")


def watcher(key: Key, path: Path) -> Callable[[str, Item], None]:
    """What the engine shows finished records to: writes their pictures."""

    def watch(_: str, item: Item) -> None:
        picture = item.values.get(key, item.record.data)
        # A picture that cannot be written costs the run nothing.
        with contextlib.suppress(OSError, TracksideError):
            _write(path, picture)

    return watch


def _write(path: Path, picture: Image) -> None:
    width, height = size_of(picture)
    shrink = min(1.0, _WIDTH / width)
    data = jpeg_of(resized(picture, max(1, round(width * shrink)), max(1, round(height * shrink))), _WIDTH)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)

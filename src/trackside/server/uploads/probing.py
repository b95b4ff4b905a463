"""What happens when all bytes have come: the video is probed and moved to its place; or told why not, and deleted."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trackside.core import OutputError
from trackside.server.context import Site
from trackside.server.uploads import incoming
from trackside.server.videos.news import publish
from trackside.server.videos.tables import UploadRow, VideoRow

log = logging.getLogger("trackside.server")
SECONDS = 120.0
_CRASHED = {"problem": "the file makes the video decoder fail", "fix": "export it again as MP4 (H.264)"}
_SLOW = {"problem": "the file takes too long to look into", "fix": "export it again as MP4 (H.264)"}
_LOST = {"problem": "the upload was lost when the server stopped", "fix": "upload the video again"}
_FAILED = {"problem": "the server could not take the file in", "fix": "upload it again; the server's log says more"}
_ARCHIVE = {"problem": "this is an archive, not a video", "fix": "unpack it and upload the videos in it"}
# ZIP (also empty or split), 7z, RAR, gzip, xz, zstd, bzip2.
_ARCHIVES = (
    b"PK\3\4",
    b"PK\5\6",
    b"PK\7\x08",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
)
Run = Callable[[list[str]], subprocess.CompletedProcess[bytes]]


def settle(site: Site, upload_id: str, run: Run) -> None:
    """Bring an upload whose bytes have all come to its end. Nothing to do if it was deleted meanwhile.

    Each step leaves enough behind that the next start of a killed server can go on from it.

    Args:
        site: the server.
        upload_id: the upload.
        run: runs the prober.
    """
    with site.database.session() as db:
        upload = db.get(UploadRow, upload_id)
        video = db.get(VideoRow, upload.video_id) if upload else None
    if upload is None or video is None:
        incoming.remove(site, upload_id)
        return
    try:
        if not video.key:
            found = probed(incoming.path_of(site, upload_id), run)
            if "problem" in found:
                _end(site, upload, found)
                return
            _note(site, video, found)
        _place(site, upload, video)
    except OutputError as error:
        _end(site, upload, {"problem": error.what, "fix": error.fix})


def fail(site: Site, upload_id: str) -> None:
    """End an upload after a fault of the server."""
    with site.database.session() as db:
        upload = db.get(UploadRow, upload_id)
    if upload is not None:
        _end(site, upload, _FAILED)


def probed(path: Path, run: Run) -> dict[str, Any]:
    """What the prober tells of a file: its description, or `problem` and `fix`."""
    if not path.exists():
        return _LOST
    with path.open("rb") as file:
        if file.read(8).startswith(_ARCHIVES):
            return _ARCHIVE
    try:
        done = run([sys.executable, "-m", "trackside.server.videos.probe", str(path), str(incoming.thumbnail_of(path))])
        told: dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return _SLOW
    except (ValueError, IndexError):
        log.warning(
            "the prober failed on an upload: exit %s, %s", done.returncode, done.stderr.decode(errors="replace")[-500:]
        )
        return _CRASHED
    return told


def environment() -> dict[str, str]:
    """Of the prober: no threads that reserve memory beforehand."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _note(site: Site, video: VideoRow, found: dict[str, Any]) -> None:
    """Write down what the video is and where it will lie, before it is moved."""
    with site.database.session() as db:
        row = db.get(VideoRow, video.id)
        for one in filter(None, (row, video)):
            one.key = f"videos/{video.id}/source{found['suffix']}"
            one.thumbnail = f"videos/{video.id}/thumbnail.jpg"
            one.seconds, one.width, one.height = found["seconds"], found["width"], found["height"]
            one.fps, one.codec = found["fps"], found["codec"][:60]


def _place(site: Site, upload: UploadRow, video: VideoRow) -> None:
    """Move what is not there yet to its place; the video is ready."""
    path = incoming.path_of(site, upload.id)
    for source, key in ((incoming.thumbnail_of(path), video.thumbnail), (path, video.key)):
        if source.exists():
            site.files.take(source, key)
    lost = not site.files.exists(video.key)
    _end(site, upload, _LOST if lost else {})


def _end(site: Site, upload: UploadRow, problem: dict[str, str]) -> None:
    with site.database.session() as db:
        video = db.get(VideoRow, upload.video_id, with_for_update=True)
        if video is not None:
            video.state = "unusable" if problem else "ready"
            video.problem, video.fix = problem.get("problem", ""), problem.get("fix", "")
            if problem:
                video.key = video.thumbnail = ""
        if (row := db.get(UploadRow, upload.id)) is not None:
            db.delete(row)
    incoming.remove(site, upload.id)
    if problem or video is None:
        site.files.delete(f"videos/{upload.video_id}")
    publish(site, upload.video_id)

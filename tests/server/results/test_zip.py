"""Zips are whole, safely named, and made in constant memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from trackside.server.context import Site
from trackside.server.files import Files
from trackside.server.results.zipping import Member, folder_names, safe_name, zipped
from trackside.server.runs.tables import RunRow

from .conftest import Put, graph


def opened(content: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_a_result_is_one_zip_of_all_its_files(client: TestClient, put: Put, boxes: Path) -> None:
    one = put(graph(boxes), name="Heat 1.mov")
    answer = client.get(f"/api/results/{one}/zip")
    assert 'filename="Heat 1.zip"' in answer.headers["content-disposition"]
    archive = opened(answer.content)
    files = {file["name"]: file["bytes"] for file in client.get(f"/api/results/{one}").json()["files"]}
    assert {info.filename: info.file_size for info in archive.infolist()} == {f"Heat 1/{n}": b for n, b in files.items()}
    assert archive.read("Heat 1/tracks.csv") == client.get(f"/api/results/{one}/files/tracks.csv").content
    methods = {info.filename.rpartition(".")[2]: info.compress_type for info in archive.infolist()}
    assert (methods["mp4"], methods["parquet"], methods["csv"]) == (0, 0, 8)


def test_a_run_is_one_zip_with_a_folder_for_each_video(client: TestClient, site: Site, put: Put, boxes: Path) -> None:
    for name in ("clip.mp4", "CLIP.mov", "../../evil.mp4"):
        put({**graph(boxes), "save": ["track"]}, name=name, run="run1")
    put({**graph(boxes), "save": ["track"]}, name="later.mp4", run="run1", state="queued")
    archive = opened(client.get("/api/runs/run1/zip").content)
    assert {name.partition("/")[0].lower() for name in archive.namelist()} == {"clip", "clip-2", "evil"}
    with site.database.session() as db:
        db.add(RunRow(id="run2", name="none", graph={}))
    assert client.get("/api/runs/run2/zip").status_code == 409


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b\\c:d*e", "a_b_c_d_e"),
        ("..", "video"),
        ("", "video"),
        ("con.txt", "_con.txt"),
        ("Läufer 1", "Läufer 1"),
        ("\0\n", "video"),
    ],
)
def test_names_are_safe_everywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_folders_are_unique_also_where_case_is_none() -> None:
    assert folder_names(["a.mp4", "A.mov", "a-2.mp4", "a.avi"]) == ["a", "A-2", "a-2-2", "a-3"]


def test_memory_stays_the_same_for_a_large_result(tmp_path: Path) -> None:
    files = Files(str(tmp_path / "files"), tmp_path)
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(300 << 20)
    files.take(big, "results/r/v/annotated.mp4")
    member = Member("clip/annotated.mp4", "results/r/v/annotated.mp4", 300 << 20, datetime.now(UTC))
    tracemalloc.start()
    try:
        total = sum(len(piece) for piece in zipped(files, [member]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > 300 << 20
    assert peak < 16 << 20


class _Endless(Files):
    """Files of any size that take no room."""

    def chunks(self, key: str, start: int = 0, end: int | None = None):  # type: ignore[no-untyped-def]
        piece = bytes(64 << 20)
        for _ in range(start, end or 0, len(piece)):
            yield piece


@pytest.mark.slow
def test_a_file_of_more_than_four_gigabytes_is_whole(tmp_path: Path) -> None:
    size = 5 << 30
    member = Member("clip/annotated.mp4", "results/r/v/a.mp4", size, datetime.now(UTC))
    path = tmp_path / "big.zip"
    with path.open("wb") as file:
        for piece in zipped(_Endless(str(tmp_path), tmp_path), [member]):
            if piece.count(0) == len(piece):
                file.seek(len(piece), 1)  # A hole: the disk keeps its room.
            else:
                file.write(piece)
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].file_size == size
        with archive.open("clip/annotated.mp4") as inside:
            assert sum(len(chunk) for chunk in iter(lambda: inside.read(8 << 20), b"")) == size

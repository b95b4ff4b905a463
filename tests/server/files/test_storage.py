"""Files in a folder and in a bucket: the same tests, the same answers."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trackside.core import InputError, OutputError
from trackside.server.files import Files, storage


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The endpoint of moto's server, on loopback."""
    server_module = pytest.importorskip("moto.server", reason="needs moto's server")
    pytest.importorskip("s3fs", reason="needs the extra `s3`")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    if request.param == "folder":
        return Files(str(tmp_path / "files"), tmp_path / "scratch")
    told = {
        "ENDPOINT_URL": request.getfixturevalue("s3"),
        "ACCESS_KEY_ID": "x",
        "SECRET_ACCESS_KEY": "x",
        "DEFAULT_REGION": "us-east-1",
    }
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket = f"b{time.time_ns()}"
    made = Files(f"s3://{bucket}/site", tmp_path / "scratch")
    made._system.mkdir(bucket)
    return made


def put(files: Files, tmp_path: Path, key: str, data: bytes = b"some bytes") -> str:
    source = tmp_path / "source"
    source.write_bytes(data)
    files.take(source, key)
    assert not source.exists()
    return key


def test_a_file_comes_and_goes(files: Files, tmp_path: Path) -> None:
    key = put(files, tmp_path, "videos/a/source.mp4")
    assert files.exists(key) and files.size(key) == 10 and files.read(key) == b"some bytes"
    stat = files.stat(key)
    assert stat.size == 10 and stat.tag.isalnum() and abs(stat.modified.timestamp() - time.time()) < 600
    assert b"".join(files.chunks(key, 2, 6)) == b"me b" and b"".join(files.chunks(key)) == b"some bytes"
    with files.local(key) as path:
        assert path.read_bytes() == b"some bytes" and path.suffix == ".mp4"
    files.delete(key)
    files.delete(key)
    assert not files.exists(key) and files.keys("videos/a") == []


def test_what_is_not_there(files: Files) -> None:
    for ask in (
        files.stat,
        files.size,
        files.read,
        lambda key: list(files.chunks(key)),
        lambda key: files.local(key).__enter__(),
    ):
        with pytest.raises(InputError, match="gone"):
            ask("videos/none/source.mp4")
    assert not files.exists("videos/none/source.mp4") and files.keys("videos") == []


def test_another_content_has_another_tag(files: Files, tmp_path: Path) -> None:
    key = put(files, tmp_path, "a/one", b"first")
    before = files.stat(key).tag
    assert files.stat(key).tag == before
    put(files, tmp_path, key, b"other")
    assert files.stat(key).tag != before and files.read(key) == b"other"


def test_prefixes_that_begin_alike(files: Files, tmp_path: Path) -> None:
    for key in ("videos/a/x", "videos/ab/x", "videos/a.txt", "videos/a/b/c/x"):
        put(files, tmp_path, key)
    assert files.keys("videos/a") == ["videos/a/b/c/x", "videos/a/x"]
    files.delete("videos/a")
    assert files.keys("videos") == ["videos/a.txt", "videos/ab/x"]


def test_a_folder_replaces_what_lay_there(files: Files, tmp_path: Path) -> None:
    put(files, tmp_path, "results/r/v/old.csv")
    put(files, tmp_path, "results/r/v/same.csv", b"old")
    put(files, tmp_path, "results/r/v2/other.csv")
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "same.csv").write_bytes(b"new")
    (folder / "sub" / "more.csv").write_bytes(b"more")
    files.take_folder(folder, "results/r/v")
    assert files.keys("results") == ["results/r/v/same.csv", "results/r/v/sub/more.csv", "results/r/v2/other.csv"]
    assert files.read("results/r/v/same.csv") == b"new"


def test_a_big_file_in_parts(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_PART", 6 << 20)
    data = os.urandom(1 << 20) * 20 + b"end"
    key = put(files, tmp_path, "videos/a/source.mp4", data)
    assert files.size(key) == len(data) and b"".join(files.chunks(key)) == data
    assert b"".join(files.chunks(key, 9 << 20, (9 << 20) + 5)) == data[9 << 20 : (9 << 20) + 5]
    assert all(len(chunk) <= 1 << 20 for chunk in files.chunks(key))


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/.hidden", "a\\b", "a/b\n", "a/ü", "a/b/", "~/x", "a/\x00"]
)
def test_no_other_key_reaches_the_file_system(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Files(str(tmp_path), tmp_path).path(key)


def test_over_two_disks_a_file_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(str(tmp_path / "files"), tmp_path)
    replace = Path.replace

    def across(self: Path, target: Path) -> Path:
        if self.name == "source":
            raise OSError(18, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", across)
    assert files.read(put(files, tmp_path, "a/b")) == b"some bytes"
    assert [path.name for path in (tmp_path / "files" / "a").iterdir()] == ["b"]


def test_a_copy_that_fails_leaves_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    files = Files(str(tmp_path / "files"), tmp_path)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(18, "cross-device")))
    monkeypatch.setattr(shutil, "copyfile", full)
    source = tmp_path / "source"
    source.write_bytes(b"x")
    with pytest.raises(OutputError, match="No space"):
        files.take(source, "a/b")
    assert source.exists() and files.keys("a") == []

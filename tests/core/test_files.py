"""Writing that is whole or absent."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest

from trackside.core import OutputError
from trackside.core.files import atomic_open, sha256_of, write_json, write_text


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_with_its_folders_and_nothing_beside_it(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b.txt", "höhe\n")
    assert (tmp_path / "a" / "b.txt").read_text("utf-8") == "höhe\n"
    assert left(tmp_path / "a") == ["b.txt"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    with atomic_open(tmp_path / "a.bin", "wb") as file:
        file.write(b"\r\n\x00")
    assert (tmp_path / "a.bin").read_bytes() == b"\r\n\x00"


def test_a_failure_in_the_middle_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), atomic_open(path) as file:
        file.write("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert left(tmp_path) == ["a.txt"]


def test_a_full_disk_is_told_with_what_to_do_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"No space left on device.*free some space"):
        write_text(tmp_path / "a.txt", "text")
    assert left(tmp_path) == []


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "")
    with pytest.raises(OutputError, match="choose another output folder"):
        write_text(tmp_path / "a" / "b.txt", "text")


def test_a_folder_in_the_way_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write_text(tmp_path / "a", "text")
    assert left(tmp_path) == ["a"]


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_text(tmp_path / "atomic", "")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_json_is_readable_and_refuses_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": [1, 2.5], "path": Path("b")})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": [1, 2.5], "path": "b"}
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "b.json", float("nan"))
    assert left(tmp_path) == ["a.json"]


def test_the_hash_is_that_of_all_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 8200  # over one chunk of 1 MiB
    (tmp_path / "a").write_bytes(content)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(content).hexdigest()

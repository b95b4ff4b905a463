"""`trackside data look`, as a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.server.datasets.making import coco, folders
from trackside.data.workbench import WORK, Workbench

COMMAND = [sys.executable, "-m", "trackside.cli.main", "data", "look"]


@contextmanager
def looking(tmp_path: Path, path: Path) -> Iterator[str]:
    """The address of the page, until the block ends and with it standard input."""
    words = [*COMMAND, str(path), "--port", "0", "--data", str(tmp_path / "server"), "--no-open"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", WORK: str(tmp_path / "work")}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"(http://\S+)/datasets/(\S+)", line):
                yield f"{found[1]}/api/datasets/{found[2]}"
                break
        process.stdin.close()
        assert process.wait(60) == 0, said


def test_a_data_set_is_opened_and_known_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORK, str(tmp_path / "work"))
    root = folders(tmp_path / "shapes", each=2)
    with looking(tmp_path, root) as first:
        end = time.monotonic() + 120
        while (told := httpx.get(first).json())["state"] not in ("ready", "failed"):
            assert time.monotonic() < end, told
            time.sleep(0.2)
        assert (told["state"], told["items"], told["name"]) == ("ready", 8, "shapes"), told
        assert httpx.get(f"{first}/items/0/picture.jpg").status_code == 200
    assert Workbench.of(root).report_path.is_file()
    with looking(tmp_path, root) as second:
        assert second.rpartition("/")[2] == first.rpartition("/")[2]
        assert httpx.get(second).json()["state"] == "ready"


def test_a_file_of_labels_is_opened_with_the_pictures_beside_it(tmp_path: Path) -> None:
    root = coco(tmp_path / "boxes")
    with looking(tmp_path, root / "annotations.json") as address:
        end = time.monotonic() + 120
        while not (told := httpx.get(address).json())["readable"]:
            assert time.monotonic() < end, told
            time.sleep(0.2)
        assert httpx.get(f"{address}/items/0/picture.jpg").status_code == 200


def test_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, str(tmp_path / "absent")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "there is no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr

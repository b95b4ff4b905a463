"""`trackside serve` and the demo in the application, as processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
import yaml

from trackside.media import VideoWriter

COMMAND = [sys.executable, "-m", "trackside.cli.main"]
PIPELINE = {
    "pipeline": "plain",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": ["draw.annotated"],
}


@contextmanager
def serving(data: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server and its address, until the block ends."""
    words = [*COMMAND, "serve", "--port", "0", "--data", str(data), "--no-open", *more]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:
                said += line
                if found := re.search(r"http://\S+", line):
                    yield found[0], process
                    return
            pytest.fail(f"no address: {said}")
        finally:
            process.terminate()
            process.wait(30)


def refused(*words: str) -> str:
    done = subprocess.run([*COMMAND, "serve", "--no-open", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_server_answers_until_it_is_stopped(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (address, process):
        assert httpx.get(f"{address}/api/health").json()["database"] == "ok"
        assert httpx.get(f"{address}/api/health", headers={"host": "evil.example"}).status_code == 403
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130, -signal.SIGINT)


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        assert "another Trackside server works in this folder" in refused("--port", "0", "--data", str(tmp_path / "data"))


def test_others_are_let_in_with_accounts_only(tmp_path: Path) -> None:
    assert "add --accounts" in refused("--host", "0.0.0.0", "--data", str(tmp_path))


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused("--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert "cannot be used" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot: 8765", "prot"),
        ("quota: high", "quota"),
        ("- 1", "no mapping"),
        ("a: [", "cannot be read"),
        ("database: postgresql://nobody@127.0.0.1:9/x", "database cannot be used"),
        ("database: 'foo://me:secret@x'", "no database can be opened as 'foo'"),
        ("database: nonsense", "no database can be opened"),
        ("files: 's4://x'", "files cannot be kept there"),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "server.yaml"
    path.write_text(text)
    assert said in refused("--settings", str(path), "--data", str(tmp_path / "data"), "--port", "0")


def test_the_demo_runs_in_the_application_once(tmp_path: Path) -> None:
    """The second time the sample is there already, and is not run again."""
    video, pipeline, out = tmp_path / "clip.mp4", tmp_path / "plain.yaml", tmp_path / "out"
    with VideoWriter(video, fps=10) as writer:
        for number in range(10):
            writer.write(np.full((48, 64, 3), 20 + number, np.uint8), number / 10)
    pipeline.write_text(yaml.safe_dump(PIPELINE))
    words = [*COMMAND, "demo", "--video", str(video), "--pipeline", str(pipeline), "--data", str(tmp_path / "data")]
    said = [subprocess.run([*words, "-o", str(out)], capture_output=True, text=True, timeout=120) for _ in range(2)]
    assert [done.returncode for done in said] == [0, 0], said[0].stderr
    assert (out / "clip" / "annotated.mp4").stat().st_size > 0
    assert "done earlier" not in said[0].stdout
    assert "done earlier" in said[1].stdout
    with serving(tmp_path / "data") as (address, _):
        runs = httpx.get(f"{address}/api/runs").json()
        videos = httpx.get(f"{address}/api/videos").json()
    assert [run["state"] for run in runs["items"]] == ["done"]
    assert [video["folder"] for video in videos["items"]] == ["Sample"]


def test_the_demo_of_a_video_that_is_not_there_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    words = [*COMMAND, "demo", "--video", str(tmp_path / "absent.mp4"), "--data", str(tmp_path / "data")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "no such video" in done.stderr

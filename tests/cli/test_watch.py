"""`trackside watch` and `trackside capacity`, as processes: real footage played as cameras, and every wrong word told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from trackside.models import Silent, pull

from .told import mistake_in

COMMAND = [sys.executable, "-m", "trackside.cli.main"]


@pytest.fixture
def cameras_file(tmp_path: Path, vtest: Path, shared_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two cameras of real footage and one that is down; alarms go to a file."""
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    pull("yolox-nano", reporter=Silent())
    path = tmp_path / "cameras.yaml"
    path.write_text(
        f"""
defaults: {{pipeline: guard-an-area, rate: 5, clip_before: 2, clip_after: 1}}
cameras:
  gate: {vtest}
  yard: {{address: "file:{vtest}?speed=1", rate: 2}}
  down: rtsp://me:secret@127.0.0.1:9/none
alarms:
  - {{kind: file}}
"""
    )
    return path


def watching(path: Path, data: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "watch", str(path), "--data", str(data), "--no-open", "--port", "0", *words],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def until(ask: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.3)
    return found


@pytest.mark.slow
def test_cameras_are_watched_shown_and_their_alarms_come_with_picture_clip_and_reasons(
    cameras_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with watching(cameras_file, data) as process:
        assert process.stderr is not None
        try:
            address = next(found[1] for line in process.stderr if (found := re.search(r"(http://\S+)/wall", line)))
            with httpx.Client(base_url=address, timeout=20) as server:
                until(
                    lambda: all(
                        one["analysed"] > 5 for one in server.get("/api/live/cameras").json() if one["name"] != "down"
                    )
                )
                cameras = {one["name"]: one for one in server.get("/api/live/cameras").json()}
                assert cameras["gate"]["state"] == cameras["yard"]["state"] == "live"
                assert cameras["down"]["state"] == "reconnecting" and "refuses" in cameras["down"]["problem"]
                assert "secret" not in json.dumps(cameras)
                assert server.get("/api/live/cameras/gate/picture?boxes=true").headers["content-type"] == "image/jpeg"
                assert "trackside_camera_fps_analysed" in server.get("/metrics").text
                alarm = until(lambda: next(iter(server.get("/api/alarms").json()["items"]), None), 90)
                assert alarm["camera"] in ("gate", "yard") and alarm["why"]
                whole = until(lambda: _with_clip(server, alarm["id"]), 30)
                assert len(whole["reasons"]) >= 3 and whole["looks"]
                clip = server.get(f"/api/alarms/{alarm['id']}/clip").content
                assert clip[4:8] == b"ftyp"
        finally:
            process.terminate()
            process.wait(30)
    lines = (data / "alarms" / "out" / "alarms.jsonl").read_text().splitlines()
    assert alarm["id"] in {json.loads(line)["id"] for line in lines}


def _with_clip(server: httpx.Client, alarm_id: str) -> Any:
    whole = server.get(f"/api/alarms/{alarm_id}").json()
    return whole if server.get(f"/api/alarms/{alarm_id}/clip").status_code == 200 else None


@pytest.mark.slow
def test_capacity_says_how_many_fit_and_what_was_full_first(cameras_file: Path, tmp_path: Path) -> None:
    text = cameras_file.read_text().replace("  down: rtsp://me:secret@127.0.0.1:9/none\n", "")
    cameras_file.write_text(text)
    out = tmp_path / "capacity.json"
    words = [*COMMAND, "capacity", str(cameras_file), "--fps", "2", "--most", "2", "--seconds", "3", "-o", str(out)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    assert re.search(r"2 cameras fit at 2 pictures a second each; more were not tried", said.stdout)
    assert [trial["cameras"] for trial in json.loads(out.read_text())["trials"]] == [1, 2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["watch", "none.yaml"], "no such file"),
        (["watch", "{file}", "--engine", "gears"], "no engine 'gears'"),
        (["watch", "{file}", "--only", "gat"], "gate"),
        (["watch", "{file}", "--settings", "none.yaml"], "cannot be read"),
        (["capacity", "none.yaml"], "no such file"),
        (["capacity", "{file}", "--fps", "0"], "--fps"),
        (["capacity", "{file}", "--seconds", "nan"], "--seconds"),
    ],
    ids=["no-file", "engine", "only", "settings", "capacity-no-file", "fps", "seconds"],
)
def test_what_is_wrong_is_told_in_one_sentence_before_anything_is_connected(
    tmp_path: Path, words: list[str], told: str
) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text("cameras: {gate: 'rtsp://127.0.0.1:9/x'}")
    given = [word.replace("{file}", str(path)) for word in words]
    said = subprocess.run([*COMMAND, *given], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert told in mistake_in(said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cameras: {gate: {address: 'rtsp://x', pipeline: nobody-knows}}", "nobody-knows"),
        ("cameras: {gate: {address: 'rtsp://x', settings: {area.zones: 5}}}", "zones"),
        ("cameras: {gate: 'rtsp://x'}\nalarms: [{kind: pigeon}]", "alarms 1"),
        ("cameras: {gate: 'rtsp://x'}\nalarms: [{kind: mqtt, host: 'a b'}]", "no name or address"),
        ("cameras: {gate: 'rtsp://x'}\nengine: {gears: 3}", "gears"),
    ],
    ids=["pipeline", "setting", "channel-kind", "channel-host", "engine"],
)
def test_a_wrong_cameras_file_is_told_before_anything_is_connected(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(text)
    words = [*COMMAND, "watch", str(path), "--data", str(tmp_path / "data"), "--no-open", "--port", "0", "--seconds", "5"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert said.returncode == 1 and told in said.stderr and "Traceback" not in said.stderr

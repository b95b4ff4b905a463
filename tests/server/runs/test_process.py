from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from trackside.server.context import Site
from trackside.server.runs.news import RunNews
from trackside.server.runs.process import WorkerProcess
from trackside.server.runs.service import RunService

from .conftest import AddVideo, Begin, wait_for

# Writes down what it was told and where it runs, and waits for its pipe to close.
SAYS = """
import json, os, sys
told = json.loads(sys.stdin.readline())
with open(sys.argv[1] + ".partial", "w") as file:
    json.dump({**told, **{key: os.environ.get(key) for key in ("TRACKSIDE_DEVICE", "TRACKSIDE_HOME")}}, file)
os.rename(sys.argv[1] + ".partial", sys.argv[1])
sys.stdin.read()
"""


def told_to(site: Site, slot: str, path: Path) -> dict[str, object]:
    process = WorkerProcess(site, slot, [sys.executable, "-c", SAYS, str(path)])
    process.tend()
    wait_for(path.exists)
    process.ask_to_stop()
    process.wait(20)
    assert not process.alive
    told: dict[str, object] = json.loads(path.read_text())
    return told


def test_settings_go_through_the_pipe_and_the_gpu_slot_asks_for_cuda(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKSIDE_DEVICE", raising=False)
    cpu, gpu = told_to(site, "cpu", tmp_path / "cpu"), told_to(site, "gpu", tmp_path / "gpu")
    assert (cpu["slot"], cpu["TRACKSIDE_DEVICE"], gpu["slot"], gpu["TRACKSIDE_DEVICE"]) == ("cpu", None, "gpu", "cuda")
    assert cpu["TRACKSIDE_HOME"] == str(site.store.root.parent)
    assert cpu["settings"] == site.settings.model_dump(mode="json")
    monkeypatch.setenv("TRACKSIDE_DEVICE", "tensorrt")
    assert told_to(site, "gpu", tmp_path / "other")["TRACKSIDE_DEVICE"] == "tensorrt"


def test_a_process_that_dies_is_started_again_after_longer_and_longer_pauses(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("trackside.server.runs.process.monotonic", lambda: clock[0])
    process = WorkerProcess(site, "cpu", [sys.executable, "-c", ""])
    starts = []
    for _ in range(4):
        process.tend()
        starts.append(clock[0])
        pid = process.pid
        wait_for(lambda: not process.alive)
        assert process.tend() == pid
        while process.pid == 0:
            clock[0] += 0.05
            process.tend()
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert pauses == pytest.approx([0.25, 0.5, 1.0], abs=0.06)
    process.wait(20)


def test_a_service_that_was_never_started_has_no_workers(site: Site) -> None:
    service = RunService(site)
    assert service.alive() == 0
    service.stop()


class Hub:
    def __init__(self) -> None:
        self.listeners = 1
        self.told: list[tuple[str, str]] = []

    def publish(self, topic: str, id: str) -> None:
        self.told.append((topic, id))


def test_changed_runs_are_told_once_and_only_while_somebody_listens(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackside.server.runs.news._INTERVAL", 0.0)
    hub = site.services["events"] = Hub()
    news = RunNews(site)
    run = begin([add_video()])
    for _ in range(3):
        news.publish()
    assert hub.told == [("run", run)]
    hub.listeners = 0
    begin([add_video()])
    news.publish()
    assert len(hub.told) == 1

"""The same on a real Ray cluster of several nodes on this machine, whose processes and nodes are really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.pipelines.distributed import RayEngine, RayOptions
from trackside.pipelines.live import Camera, CameraAlarm

from .conftest import MakePipeline
from .on_ray import ROOT, Nodes, ray_nodes, synthetic_engine
from .test_engine import live, until

pytestmark = pytest.mark.slow
SECRET = "never-in-a-log"
NAMES = "abcd"


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with ray_nodes(2) as made:
        yield made


@pytest.fixture
def engine(nodes: Nodes) -> Iterator[RayEngine]:
    with RayEngine(address=nodes.address, options=RayOptions(engine=synthetic_engine)) as made:
        until(lambda: _ready(made) == 2, 60)
        yield made


def add(engine: RayEngine, pipeline: str, names: str = NAMES) -> None:
    for name in names:
        engine.add(Camera(name=name, address=f"rtsp://user:{SECRET}@127.0.0.1/x", pipeline=pipeline, rate=10))
    until(lambda: live(engine, *names), 30)


def pid_of(engine: RayEngine, host: str) -> int:
    return next(link.pid for link in engine._fleet.all() if link.name == host)


def _ready(engine: RayEngine) -> int:
    return sum(host.state == "ready" for host in engine.hosts())


def test_a_process_that_is_killed_and_one_that_is_stopped_cost_nobody_else_anything(
    engine: RayEngine, toy_pipeline: MakePipeline
) -> None:
    add(engine, toy_pipeline())
    for how in (signal.SIGKILL, signal.SIGSTOP):
        victim = engine.host_of("a")
        others = [name for name in NAMES if engine.host_of(name) != victim]
        before = {name: engine.camera(name).since for name in others}
        os.kill(pid_of(engine, victim), how)
        until(lambda victim=victim: engine.host_of("a") not in ("", victim), 30)  # type: ignore[misc]
        until(lambda: live(engine, *NAMES), 30)
        assert {name: engine.camera(name).since for name in others} == before
        until(lambda: _ready(engine) == 2, 60)
    picture = engine.picture("a")
    assert picture is not None and picture.shape == (48, 64, 3)


def test_the_cameras_of_a_node_that_is_gone_come_back_and_a_new_node_is_used(
    engine: RayEngine, nodes: Nodes, toy_pipeline: MakePipeline
) -> None:
    add(engine, toy_pipeline())
    key = nodes.kill_one()
    victim = next(link.name for link in engine._fleet.all() if link.machine.key == key)
    until(lambda: all(engine.host_of(name) not in ("", victim) for name in NAMES), 30)
    until(lambda: live(engine, *NAMES) and sum(engine.camera(name).reconnects for name in NAMES) == 2, 30)
    nodes.add()
    until(lambda: _ready(engine) == 2, 90)
    add(engine, toy_pipeline(), "e")
    assert engine.host_of("e") != engine.host_of("a")


def test_no_password_is_in_what_ray_writes(engine: RayEngine, nodes: Nodes, toy_pipeline: MakePipeline) -> None:
    add(engine, toy_pipeline(), "ab")
    with pytest.raises(InputError):
        add(engine, toy_pipeline(), "a")
    os.kill(pid_of(engine, engine.host_of("a")), signal.SIGKILL)
    until(lambda: live(engine, "a", "b") and engine.camera("a").reconnects > 0, 30)
    texts = list(nodes.logs())
    assert len(texts) > 5 and not any(SECRET in text for text in texts)


DRIVER = """
import sys, time
from tests.pipelines.distributed.on_ray import synthetic_engine
from trackside.pipelines.distributed import RayEngine, RayOptions
from trackside.pipelines.live import Camera
engine = RayEngine(address=sys.argv[1], options=RayOptions(engine=synthetic_engine))
engine.add(Camera(name="a", address="x", pipeline=sys.argv[2], rate=10))
print(engine._fleet.get(engine.host_of("a")).pid, flush=True)
time.sleep(600)
"""


def test_hosts_end_with_their_driver(nodes: Nodes, toy_pipeline: MakePipeline) -> None:
    command = [sys.executable, "-c", DRIVER, nodes.address, toy_pipeline()]
    driver = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": ROOT}, stdout=subprocess.PIPE, text=True)
    try:
        assert driver.stdout is not None
        pid = int(driver.stdout.readline())
        os.kill(pid, 0)
        driver.kill()
        killed = time.monotonic()
        until(lambda: not Path(f"/proc/{pid}").exists(), 40)
        print(f"the host ended {time.monotonic() - killed:.1f} s after its driver")
    finally:
        driver.kill()
        driver.wait()


def test_alarms_come_from_all_nodes(nodes: Nodes, toy_pipeline: MakePipeline) -> None:
    alarms: list[CameraAlarm] = []
    refused: list[CameraAlarm] = []
    options = RayOptions(engine=synthetic_engine)
    with RayEngine(alarms.append, nodes.address, on_refused=refused.append, options=options) as engine:
        until(lambda: _ready(engine) == 2, 60)
        add(engine, toy_pipeline())
        until(lambda: {alarm.camera for alarm in alarms} == set(NAMES), 30)
        assert len({engine.host_of(name) for name in NAMES}) == 2
        health = engine.health()
        assert health.cameras == {"live": 4} and health.models == ("toy",) and health.fps_analysed > 0
    assert all(alarm.picture is not None and alarm.clip is not None for alarm in alarms)

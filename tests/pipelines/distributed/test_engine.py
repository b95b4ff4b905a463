"""Cameras on many machines: what the driver decides, with hosts in this process that die, hang and are cut off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trackside.core import Alarm, InputError, PipelineError, SettingError
from trackside.pipelines.distributed import RayEngine, RayOptions, keeper
from trackside.pipelines.live import Camera, CameraAlarm, CameraHealth

from .conftest import MakePipeline, Start
from .local import SYNTHETIC, LocalCluster


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.01)


def add(engine: RayEngine, pipeline: str, *names: str, rate: float = 20) -> None:
    for name in names:
        engine.add(Camera(name=name, address="rtsp://user:secret@127.0.0.1/x", pipeline=pipeline, rate=rate))


def live(engine: RayEngine, *names: str) -> bool:
    now = {camera.name: camera for camera in engine.cameras()}
    return all(now[name].state == "live" and now[name].fps_analysed > 0 for name in names)


def test_cameras_are_spread_evenly_and_their_alarms_come_to_the_driver(start: Start, toy_pipeline: MakePipeline) -> None:
    alarms: list[CameraAlarm] = []
    engine = start(LocalCluster("m1", "m2"), on_alarm=alarms.append)
    until(lambda: sum(host.state == "ready" for host in engine.hosts()) == 2)
    pipeline = toy_pipeline()
    add(engine, pipeline, "a", "b", "c", "d")
    assert sorted(host.cameras for host in engine.hosts()) == [2, 2]
    until(lambda: {alarm.camera for alarm in alarms} == set("abcd"))
    first = alarms[0]
    assert first.alarm.rule == "judge" and first.picture is not None and first.picture.shape == (48, 64, 3)
    assert first.pipeline == pipeline, "the file that its host made of it is nobody's business"
    assert abs(first.wall - time.time()) < 10


def test_an_alarm_comes_once_if_its_callback_returns(start: Start, toy_pipeline: MakePipeline) -> None:
    alarms: list[CameraAlarm] = []
    engine = start(LocalCluster("m1"), on_alarm=alarms.append)
    add(engine, toy_pipeline(), "a", "b")
    until(lambda: len(alarms) > 12)
    times = [(alarm.camera, alarm.alarm.time) for alarm in alarms]
    assert len(set(times)) == len(times)


def test_no_alarm_is_lost_while_the_callback_raises(start: Start, toy_pipeline: MakePipeline) -> None:
    tried: list[float] = []
    done: list[float] = []

    def stubborn(alarm: CameraAlarm) -> None:
        tried.append(alarm.alarm.time)
        if len(tried) <= 3:
            raise OSError("the disk is full")
        done.append(alarm.alarm.time)

    engine = start(LocalCluster("m1"), on_alarm=stubborn)
    add(engine, toy_pipeline(), "a")
    until(lambda: len(done) >= 6 and set(tried[:3]) <= set(done))
    # The toy judges every tenth record; at 20 a second no alarm in between is missing.
    gaps = [late - early for early, late in zip(sorted(done), sorted(done)[1:], strict=False)]
    assert max(gaps) < 0.9


def test_the_cameras_of_a_host_that_dies_go_on_elsewhere_and_nothing_else_stops(
    start: Start, toy_pipeline: MakePipeline
) -> None:
    cluster = LocalCluster("m1", "m2")
    states: list[CameraHealth] = []
    engine = start(cluster, on_state=states.append)
    until(lambda: sum(host.state == "ready" for host in engine.hosts()) == 2)
    add(engine, toy_pipeline(), "a", "b", "c", "d")
    until(lambda: live(engine, *"abcd"))
    victim = engine.host_of("a")
    stays = next(name for name in "bcd" if engine.host_of(name) != victim)
    before = engine.camera(stays)
    del cluster.here[next(host.machine for host in engine.hosts() if host.name == victim)]
    cluster.handles[victim].kill()
    until(lambda: engine.host_of("a") not in ("", victim) and live(engine, *"abcd"))
    after = engine.camera(stays)
    assert after.reconnects == before.reconnects and after.since == before.since
    assert engine.camera("a").reconnects == 1
    assert any(state.name == "a" and state.state == "reconnecting" and "lost" in state.problem for state in states)
    assert max(SYNTHETIC.open_now().values()) == 1


def test_the_count_of_a_camera_goes_on_over_a_move(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1", "m2")
    engine = start(cluster)
    add(engine, toy_pipeline(), "a")
    until(lambda: engine.camera("a").analysed > 20)
    before = engine.camera("a").analysed
    cluster.handles[engine.host_of("a")].kill()
    counts = [before]
    until(lambda: counts.append(engine.camera("a").analysed) or (live(engine, "a") and engine.camera("a").reconnects > 0))
    assert counts == sorted(counts) and engine.camera("a").reconnects == 1


def test_a_host_that_hangs_is_given_up_and_what_it_says_later_is_not_heard(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1", "m2")
    alarms: list[CameraAlarm] = []
    engine = start(cluster, on_alarm=alarms.append)
    until(lambda: sum(host.state == "ready" for host in engine.hosts()) == 2)
    add(engine, toy_pipeline(), "a")
    until(lambda: bool(alarms))
    victim = engine.host_of("a")
    cluster.handles[victim].hung = True
    until(lambda: engine.host_of("a") not in ("", victim))
    until(lambda: live(engine, "a"))
    # Nobody could kill it: it lets go of its camera by itself.
    until(lambda: SYNTHETIC.open_now()["a"] == 1)
    heard = len(alarms)
    cluster.handles[victim].hung = False
    until(lambda: len(alarms) > heard + 2)
    times = [alarm.alarm.time for alarm in alarms[heard:]]
    assert times == sorted(times), "alarms of two hosts are mixed"


def test_a_host_is_started_again_where_one_was_lost(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1")
    engine = start(cluster)
    add(engine, toy_pipeline(), "a")
    until(lambda: live(engine, "a"))
    cluster.handles[engine.host_of("a")].kill()
    until(lambda: engine.camera("a").state == "reconnecting")
    assert engine.health().bottleneck == "machines"
    until(lambda: live(engine, "a"))
    assert len(cluster.handles) == 2 and engine.health().bottleneck == ""


def test_a_machine_that_comes_gets_the_new_cameras(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1")
    engine = start(cluster)
    add(engine, toy_pipeline(), "a", "b")
    cluster.here["m2"] = type(cluster.here["m1"])("m2", "m2", 1)
    until(lambda: sum(host.state == "ready" for host in engine.hosts()) == 2)
    add(engine, toy_pipeline(), "c", "d")
    hosts = {name: engine.host_of(name) for name in "abcd"}
    assert hosts["a"] == hosts["b"] != hosts["c"] == hosts["d"]


def test_a_silent_head_of_the_cluster_costs_no_camera_anything(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1")
    engine = start(cluster)
    add(engine, toy_pipeline(), "a")
    until(lambda: live(engine, "a"))
    cluster.silent = True
    time.sleep(1.5)
    assert live(engine, "a") and engine.camera("a").reconnects == 0


def test_a_camera_that_a_host_may_have_taken_runs_only_where_it_went_afterwards(
    start: Start, toy_pipeline: MakePipeline
) -> None:
    cluster = LocalCluster("m1", "m2")
    alarms: list[CameraAlarm] = []
    engine = start(cluster, on_alarm=alarms.append)
    until(lambda: sum(host.state == "ready" for host in engine.hosts()) == 2)
    first = cluster.handles["host-1"]
    first.unheard.add("assign")
    add(engine, toy_pipeline(), "a")
    until(lambda: engine.host_of("a") == "host-1")
    first.unheard.clear()
    until(lambda: live(engine, "a"))
    until(lambda: len(SYNTHETIC.readers) >= 2 and SYNTHETIC.open_now()["a"] == 1)
    link = engine._fleet.get("host-1")
    assert link is not None and link.revoked
    before = len(alarms)
    stale = CameraAlarm("a", Alarm("stale", "x", 0.0, 0.0), 0.0)
    first.host._mailbox.put(min(link.revoked), stale, refused=False)
    until(lambda: len(alarms) > before + 2)
    assert {alarm.alarm.rule for alarm in alarms} == {"judge"}
    parcels = first.host._mailbox._parcels
    until(lambda: "stale" not in {parcel.alarm.alarm.rule for parcel in list(parcels.values())})


def test_cameras_move_from_a_host_that_cannot_keep_up_and_stay_there(
    start: Start, toy_pipeline: MakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_BALANCE", 0.3)
    cluster = LocalCluster("m1")
    engine = start(cluster)
    # Four pictures in 100 ms are 40 a second; 80 are wanted.
    names = [f"c{number}" for number in range(8)]
    add(engine, toy_pipeline(find={"seconds": 0.1}), *names, rate=10)
    until(lambda: engine.health().bottleneck == "inference")
    assert len({engine.host_of(name) for name in names}) == 1
    cluster.here["m2"] = type(cluster.here["m1"])("m2", "m2", 1)
    until(lambda: {engine.host_of(name) for name in names} >= {"host-1", "host-2"})
    until(lambda: all(engine.host_of(name) for name in names))
    hosts = [engine.host_of(name) for name in names]
    assert 1 <= hosts.count("host-2") <= 4
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        assert [engine.host_of(name) for name in names] == hosts
        assert max(SYNTHETIC.open_now().values()) == 1
        time.sleep(0.05)


def test_each_camera_gets_a_host_of_its_own_where_that_is_asked(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1", "m2", cpus=2)
    engine = start(cluster, cpus=1, cameras_per_host=1)
    add(engine, toy_pipeline(), "a", "b", "c")
    until(lambda: live(engine, *"abc"))
    assert len({engine.host_of(name) for name in "abc"}) == 3
    add(engine, toy_pipeline(), "d", "e")
    until(lambda: live(engine, *"abcd"))
    assert engine.host_of("e") == "" and engine.health().why == "1 of 5 cameras wait for a machine with room"
    engine.remove("a")
    until(lambda: live(engine, "e"))


def test_paused_cameras_stay_paused_over_a_move(start: Start, toy_pipeline: MakePipeline) -> None:
    cluster = LocalCluster("m1")
    engine = start(cluster)
    add(engine, toy_pipeline(), "a")
    until(lambda: live(engine, "a"))
    engine.pause("a")
    until(lambda: engine.camera("a").state == "paused")
    cluster.handles[engine.host_of("a")].kill()
    until(lambda: len(cluster.handles) == 2 and engine.host_of("a") != "")
    until(lambda: engine.camera("a").state == "paused" and SYNTHETIC.open_now()["a"] == 0)
    engine.resume("a")
    until(lambda: live(engine, "a"))


def test_a_removed_camera_is_closed_and_forgotten(start: Start, toy_pipeline: MakePipeline) -> None:
    engine = start(LocalCluster("m1"))
    add(engine, toy_pipeline(), "a", "b")
    until(lambda: live(engine, "a", "b"))
    engine.remove("a")
    assert SYNTHETIC.open_now()["a"] == 0 and [camera.name for camera in engine.cameras()] == ["b"]
    with pytest.raises(InputError, match="there is no camera 'a'"):
        engine.camera("a")
    add(engine, toy_pipeline(), "a")
    until(lambda: live(engine, "a"))


def test_pictures_and_clips_come_from_the_host(start: Start, toy_pipeline: MakePipeline, tmp_path: Path) -> None:
    cluster = LocalCluster("m1")
    alarms: list[CameraAlarm] = []
    engine = start(cluster, on_alarm=alarms.append)
    add(engine, toy_pipeline(), "a")
    until(lambda: bool(alarms))
    picture = engine.picture("a", boxes=False)
    assert picture is not None and picture.shape == (48, 64, 3) and abs(int(picture[0, 0, 0]) - 128) < 4
    assert alarms[0].clip is not None
    alarms[0].clip(tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes() == b"synthetic"
    cluster.handles[engine.host_of("a")].kill()
    until(lambda: engine.host_of("a") == "")
    assert engine.picture("a") is None
    with pytest.raises(InputError, match="the machine that kept the clip"):
        alarms[0].clip(tmp_path / "late.mp4")
    assert not (tmp_path / "late.mp4").exists()


def test_mistakes_are_told_when_a_camera_is_added(start: Start, toy_pipeline: MakePipeline, tmp_path: Path) -> None:
    engine = start(LocalCluster("m1"))
    with pytest.raises(InputError, match="no pipeline named 'nothing'"):
        add(engine, "nothing", "a")
    with pytest.raises(PipelineError, match="cord"):
        add(engine, toy_pipeline("wrong", judge={"cord": 1}), "a")
    with pytest.raises(PipelineError, match="nothing to set at 'fnd"):
        engine.add(Camera(name="a", address="x", pipeline=toy_pipeline(), settings={"fnd.seconds": 1}))
    assert engine.cameras() == []
    add(engine, toy_pipeline(), "a")
    with pytest.raises(InputError, match="already"):
        add(engine, toy_pipeline(), "a")
    engine.close()
    with pytest.raises(InputError, match="closed"):
        add(engine, toy_pipeline(), "b")


def test_a_camera_that_is_down_is_no_reason_to_move_it(start: Start, toy_pipeline: MakePipeline) -> None:
    SYNTHETIC.refused.add("a")
    engine = start(LocalCluster("m1", "m2"))
    add(engine, toy_pipeline(), "a")
    until(lambda: engine.camera("a").state == "reconnecting")
    host = engine.host_of("a")
    time.sleep(1.0)
    shown = engine.camera("a")
    assert engine.host_of("a") == host and "refuses" in shown.problem and "secret" not in str(shown)


def test_a_cluster_without_room_is_said_at_once() -> None:
    cluster = LocalCluster("m1", cpus=1)
    with pytest.raises(InputError, match="no machine of the cluster has room"):
        RayEngine(cluster=cluster, options=RayOptions(cpus=4))
    assert cluster.closed


@pytest.mark.parametrize("wrong", [{"cpus": 0.0}, {"gpus": -1.0}, {"cameras_per_host": 0}, {"silence": 0.1}, {"lease": 1.0}],
                         ids=lambda wrong: next(iter(wrong)))  # fmt: skip
def test_options_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        RayOptions(**wrong)  # type: ignore[arg-type]


def test_closing_leaves_no_thread(start: Start, toy_pipeline: MakePipeline) -> None:
    before = set(threading.enumerate())
    engine = start(LocalCluster("m1", "m2"))
    add(engine, toy_pipeline(), "a", "b")
    until(lambda: live(engine, "a", "b"))
    engine.close()
    until(lambda: not [thread for thread in threading.enumerate() if thread not in before])

"""The live engine: fair, fresh, in order, and no camera costs another anything."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from trackside.core import InputError, PipelineError
from trackside.pipelines.live import Camera, CameraAlarm, EngineOptions, LiveEngine
from trackside.pipelines.live.lane import LiveLane, Passenger

from . import live_toys
from .live_toys import CALLS, Judge
from .sources import Cameras, SyntheticReader

Start = Callable[..., LiveEngine]


@pytest.fixture
def toy_pipeline(tmp_path: Path) -> Callable[..., str]:
    """Writes a pipeline file of the toy model and judge."""

    def write(name: str = "toy", *, find: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> str:
        blocks = {
            "find": {"use": "live-toy.find@1", "images": "source.images", **(find or {})},
            "judge": {"use": "live-toy.judge@1", "detections": "find", **(judge or {})},
        }
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"pipeline": name, "blocks": blocks, "save": ["judge.seen"]}))
        return str(path)

    return write


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts engines, which end with the test."""
    Judge.made.clear()
    CALLS.clear()
    engines: list[LiveEngine] = []

    def begin(cameras: Cameras, *, on_alarm: Callable[[CameraAlarm], None] | None = None, **options: Any) -> LiveEngine:
        told = options.pop("on_done", None)
        engine = LiveEngine(
            on_alarm or (lambda alarm: None), on_done=told, options=EngineOptions(open_reader=cameras, **options)
        )
        engines.append(engine)
        return engine

    yield begin
    for engine in engines:
        engine.close()


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.01)


def add(engine: LiveEngine, pipeline: str, *names: str, **facts: Any) -> None:
    for name in names:
        engine.add(Camera(name=name, address="rtsp://user:secret@127.0.0.1/x", pipeline=pipeline, **{"rate": 20, **facts}))


def test_every_camera_is_looked_at_and_its_alarms_come_out(start: Start, toy_pipeline: Callable[..., str]) -> None:
    alarms: list[CameraAlarm] = []
    engine = start(Cameras(rate=50), on_alarm=alarms.append)
    add(engine, toy_pipeline(), "a", "b", "c")
    until(lambda: {alarm.camera for alarm in alarms} == {"a", "b", "c"})
    first = alarms[0]
    assert first.alarm.rule == "judge" and first.picture is not None and first.picture.shape == (48, 64, 3)
    assert abs(first.wall - time.time()) < 5


def test_blocks_with_a_memory_see_records_in_order_and_time_never_goes_back(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    engine = start(Cameras(rate=200), devices=3, feeders=2, lanes=3)
    add(engine, toy_pipeline(find={"seconds": 0.004}), "a", "b", rate=100)
    until(lambda: len(Judge.made) >= 2 and all(len(judge.indices) > 60 for judge in _judges()))
    for judge in _judges():
        assert judge.indices == sorted(set(judge.indices))
        assert judge.times == sorted(judge.times)


def test_what_cannot_be_looked_at_is_counted_and_each_picture_is_accounted_for(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    engine = start(Cameras(rate=100), devices=1, batch=1)
    add(engine, toy_pipeline(find={"seconds": 0.02}), "a", "b", "c", "d", rate=100)
    until(lambda: engine.health().dropped.get("overtaken", 0) > 50)
    engine.close()
    for run in engine._runs.values():
        given = run.account._given
        seen = sum(count for _, count in given._slots)
        # Those that were on their way when it was closed are neither.
        assert 0 <= seen - run.account.done - sum(run.account.dropped().values()) <= 4


def test_an_overloaded_model_is_shared_out_evenly(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras(rate=100), devices=1, batch=1)
    add(engine, toy_pipeline(find={"seconds": 0.01}), *[f"c{n}" for n in range(12)], rate=100)
    until(lambda: min(camera.analysed for camera in engine.cameras()) > 12, 30)
    analysed = [camera.analysed for camera in engine.cameras()]
    assert min(analysed) >= 0.8 * float(np.median(analysed))


def test_batches_are_full_when_more_waits_than_fits(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras(rate=100), devices=1, batch=4)
    add(engine, toy_pipeline(find={"seconds": 0.03}), *[f"c{n}" for n in range(10)], rate=100)
    until(lambda: len(CALLS) > 40)
    assert np.mean(CALLS[10:]) >= 0.95 * 4


def test_pipelines_that_differ_share_the_calls_of_one_model(start: Start, toy_pipeline: Callable[..., str]) -> None:
    scores: dict[str, set[float]] = {"a": set(), "b": set()}

    def keep(name: str, passenger: Passenger) -> None:
        scores[name].add(round(float(passenger.item.values["find", "detections"].scores[0]), 3))

    engine = start(Cameras(rate=50), devices=1, batch=8, on_done=keep)
    add(engine, toy_pipeline("one", find={"score": 0.9, "seconds": 0.02}), "a", rate=50)
    add(engine, toy_pipeline("two", find={"score": 0.4, "seconds": 0.02}), "b", rate=50)
    until(lambda: len(CALLS) > 20 and all(scores.values()))
    assert engine.health().models == ("toy",)
    assert max(CALLS) >= 2, "no call held pictures of both"
    assert scores == {"a": {0.9}, "b": {0.4}}, "a pipeline got the other one's settings"


def test_an_engine_starts_with_any_cameras_up_and_the_others_join_when_they_come(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    cameras = Cameras(refused={"down"})
    engine = start(cameras)
    add(engine, toy_pipeline(), "up", "down")
    until(lambda: engine.camera("up").analysed > 5 and engine.camera("down").state == "reconnecting")
    told = engine.camera("down")
    assert "refuses the connection" in told.problem and "secret" not in told.problem + told.address
    cameras.refused.clear()
    until(lambda: engine.camera("down").analysed > 0)
    assert engine.camera("down").state == "live" and engine.camera("down").reconnects >= 1


def test_a_camera_that_dies_goes_on_where_it_was_and_its_rules_remember(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    died: list[float] = []

    def die(number: int, reader: SyntheticReader) -> None:
        if number == 10 and not died:
            died.append(time.time())
            raise InputError("sends nothing", where="camera")

    engine = start(Cameras(acts={"a": die}))
    add(engine, toy_pipeline(), "a")
    until(lambda: engine.camera("a").analysed > 25)
    assert len(Judge.made) - _tries() == 1, "the rules began anew after a short interruption"
    times = _judges()[0].times
    assert times == sorted(times)
    pause = max(np.diff(times))
    assert 0.2 < pause < 10, "the interruption is missing in media time"


def test_a_hanging_camera_is_given_up_and_costs_the_others_nothing(
    start: Start, toy_pipeline: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackside.pipelines.live.camera_run.OPEN_TIMEOUT", 0.2)
    monkeypatch.setattr("trackside.pipelines.live.camera_run.READ_TIMEOUT", 0.2)
    monkeypatch.setattr("trackside.pipelines.live.camera_run._HUNG", 0.2)
    hang = threading.Event()
    hung: list[int] = []

    def act(number: int, reader: SyntheticReader) -> None:
        if number == 5 and not hung:
            hung.append(number)
            hang.wait(20)

    engine = start(Cameras(acts={"bad": act}))
    add(engine, toy_pipeline(), "bad", "good")
    until(lambda: engine.camera("bad").dropped.get("decoder hung", 0) >= 1)
    before = engine.camera("good").analysed
    until(lambda: engine.camera("bad").state == "live" and engine.camera("bad").analysed > 10)
    assert engine.camera("good").analysed > before
    hang.set()


def test_a_block_that_fails_begins_anew_and_the_camera_says_why(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras())
    add(engine, toy_pipeline("breaks", judge={"fail_at": 7}), "bad")
    add(engine, toy_pipeline(), "good")
    until(lambda: engine.camera("bad").state == "reconnecting")
    assert "the toy broke" in engine.camera("bad").problem
    until(lambda: engine.camera("bad").reconnects >= 1)
    before = engine.camera("good").analysed
    until(lambda: engine.camera("good").analysed > before + 10)


def test_a_picture_that_breaks_a_model_costs_the_cameras_in_its_batch_nothing(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    cameras = Cameras(rate=30)
    engine = start(cameras, devices=1, batch=8)
    add(engine, toy_pipeline(find={"seconds": 0.02}), *[f"good{n}" for n in range(4)], rate=30)
    until(lambda: all(camera.analysed > 3 for camera in engine.cameras()))
    original = cameras.__call__

    class Poison:
        def __call__(self, camera: Camera) -> SyntheticReader:
            reader = original(camera)
            if camera.name == "bad":
                dark = reader.__class__.__iter__

                def pictures() -> Iterator[Any]:
                    for record in dark(reader):
                        record.data[:] = 13
                        yield record

                reader.__class__ = type("Dark", (SyntheticReader,), {"__iter__": lambda self: pictures()})
            return reader

    engine._options = EngineOptions(open_reader=Poison(), devices=1, batch=8)
    add(engine, toy_pipeline(find={"seconds": 0.02}), "bad", rate=30)
    until(lambda: engine.camera("bad").state == "reconnecting")
    assert "breaks it" in engine.camera("bad").problem
    before = {camera.name: camera.analysed for camera in engine.cameras() if camera.name != "bad"}
    until(lambda: all(engine.camera(name).analysed > count + 10 for name, count in before.items()))
    assert all(engine.camera(name).reconnects == 0 for name in before)


def test_rules_that_are_too_slow_lose_their_own_pictures_only(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras(rate=50), devices=1, lanes=2)
    add(engine, toy_pipeline("slow", judge={"slow": 0.3}), "slow", rate=50)
    add(engine, toy_pipeline(), "quick", rate=50)
    until(lambda: engine.camera("slow").dropped.get("rules busy", 0) > 20)
    quick = engine.camera("quick")
    assert "rules busy" not in quick.dropped
    assert quick.analysed > 5 * engine.camera("slow").analysed


def test_pictures_older_than_the_budget_are_not_looked_at(start: Start, toy_pipeline: Callable[..., str]) -> None:
    ages: list[float] = []

    def keep(name: str, passenger: Passenger) -> None:
        ages.append(passenger.marks["taken"] - passenger.captured)

    engine = start(Cameras(rate=3), devices=1, batch=1, on_done=keep)
    add(engine, toy_pipeline(find={"seconds": 0.3}), *[f"c{n}" for n in range(6)], rate=3, staleness=0.2)
    until(lambda: engine.health().dropped.get("stale", 0) > 5 and len(ages) > 5, 30)
    assert max(ages) <= 0.2


def test_a_taker_of_alarms_that_fails_costs_no_camera_anything(start: Start, toy_pipeline: Callable[..., str]) -> None:
    def full(alarm: CameraAlarm) -> None:
        raise OSError("no space left")

    engine = start(Cameras(rate=50), on_alarm=full)
    add(engine, toy_pipeline(), "a", rate=50)
    until(lambda: engine.camera("a").dropped.get("alarm not taken", 0) >= 2)
    assert engine.camera("a").state == "live" and engine.camera("a").reconnects == 0


def test_a_camera_can_be_paused_resumed_and_removed_while_others_run(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras())
    add(engine, toy_pipeline(), "a", "b")
    until(lambda: all(camera.analysed > 3 for camera in engine.cameras()))
    engine.pause("a")
    until(lambda: engine.camera("a").state == "paused")
    held = engine.camera("a").analysed
    before = engine.camera("b").analysed
    until(lambda: engine.camera("b").analysed > before + 5)
    assert engine.camera("a").analysed <= held + 2
    engine.resume("a")
    until(lambda: engine.camera("a").analysed > held + 2)
    engine.remove("a")
    assert [camera.name for camera in engine.cameras()] == ["b"]
    with pytest.raises(InputError, match="no camera 'a'"):
        engine.camera("a")


def test_nothing_is_left_of_a_camera_that_was_removed(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras())
    add(engine, toy_pipeline(), "stays", "leaves")
    until(lambda: engine.camera("leaves").analysed > 5 and engine.picture("leaves") is not None)
    run = weakref.ref(engine._runs["leaves"])
    lane = weakref.ref(run()._kept.lane)  # type: ignore[union-attr]
    threads = threading.active_count()
    engine.remove("leaves")
    until(lambda: threading.active_count() == threads - 1)
    time.sleep(0.2)
    gc.collect()
    assert run() is None and lane() is None
    assert sum(isinstance(thing, LiveLane) for thing in gc.get_objects()) == 1
    assert sum(judge.was_told for judge in Judge.made) == 1


def test_the_model_of_the_last_camera_that_used_it_goes_with_it(start: Start, toy_pipeline: Callable[..., str]) -> None:
    engine = start(Cameras())
    add(engine, toy_pipeline("one", find={"model": "first"}), "a")
    add(engine, toy_pipeline("two", find={"model": "second"}), "b")
    until(lambda: set(engine.health().models) == {"first", "second"})
    engine.remove("a")
    assert engine.health().models == ("second",)


def test_two_cameras_of_one_name_and_wrong_pipelines_are_refused_before_anything_is_connected(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    cameras = Cameras()
    engine = start(cameras)
    add(engine, toy_pipeline(), "a")
    with pytest.raises(InputError, match="already"):
        add(engine, toy_pipeline(), "a")
    with pytest.raises(PipelineError):
        add(engine, toy_pipeline("wrong", find={"sconds": 1}), "b")
    with pytest.raises(PipelineError, match="nothing to set"):
        add(engine, toy_pipeline(), "c", settings={"nobody.home": 1})
    assert set(cameras.opened) <= {"a"}


def test_health_names_the_stage_that_holds_up_the_rest_and_stays_silent_when_all_is_well(
    start: Start, toy_pipeline: Callable[..., str]
) -> None:
    engine = start(Cameras(rate=10), devices=1)
    add(engine, toy_pipeline(), "easy", rate=10)
    until(lambda: engine.camera("easy").analysed > 20)
    assert engine.health().bottleneck == ""
    add(engine, toy_pipeline("heavy", find={"seconds": 0.3, "model": "heavy"}), *[f"h{n}" for n in range(8)], rate=10)
    until(lambda: engine.health().bottleneck == "inference", 30)
    assert "the models compute" in engine.health().why


def test_an_engine_that_is_closed_leaves_no_thread_behind(start: Start, toy_pipeline: Callable[..., str]) -> None:
    before = set(threading.enumerate())
    engine = start(Cameras(refused={"down"}))
    add(engine, toy_pipeline(), "a", "b", "down")
    until(lambda: engine.camera("a").analysed > 3)
    engine.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(InputError, match="closed"):
        add(engine, toy_pipeline(), "late")


def _judges() -> list[Judge]:
    """Those that have seen something: compiling makes some that never run."""
    return [judge for judge in Judge.made if judge.indices]


def _tries() -> int:
    return sum(not judge.indices for judge in Judge.made)


assert live_toys

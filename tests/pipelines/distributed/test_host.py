"""A camera host by itself: it runs what the newest decision says, keeps alarms until they are handled, minds its lease."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from trackside.core import Alarm, InputError
from trackside.pipelines.distributed import RayOptions, Share, mailbox
from trackside.pipelines.distributed.host import CameraHost
from trackside.pipelines.distributed.mailbox import Mailbox
from trackside.pipelines.distributed.messages import Ask, Order, Trouble
from trackside.pipelines.live import Camera, CameraAlarm

from .conftest import MakePipeline
from .local import SYNTHETIC, synthetic_engine
from .test_engine import until

Make = Callable[..., CameraHost]


@pytest.fixture
def make() -> Iterator[Make]:
    SYNTHETIC.readers.clear()
    hosts: list[CameraHost] = []

    def begin(lease: float = 60.0, leave: Callable[[], None] = lambda: None) -> CameraHost:
        options = RayOptions(silence=2.0, lease=lease, engine=synthetic_engine)
        hosts.append(CameraHost("host", Share(1), options, leave=leave))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.close()


def order(pipeline: str, generation: int, name: str = "a") -> Order:
    camera = Camera(name=name, address="rtsp://user:secret@127.0.0.1/x", pipeline="mine.yaml", rate=20)
    return Order(camera, Path(pipeline).read_text(), generation)


def test_without_a_driver_it_lets_go_of_its_cameras_and_then_leaves(make: Make, toy_pipeline: MakePipeline) -> None:
    left: list[bool] = []
    host = make(lease=2.0, leave=lambda: left.append(True))
    assert host.assign([order(toy_pipeline(), 1)]) == [None]
    until(lambda: SYNTHETIC.open_now()["a"] == 1)
    until(lambda: SYNTHETIC.open_now()["a"] == 0)
    assert not left
    until(lambda: bool(left))


def test_it_keeps_its_cameras_while_it_is_asked(make: Make, toy_pipeline: MakePipeline) -> None:
    host = make(lease=2.0)
    host.assign([order(toy_pipeline(), 1)])
    end = time.monotonic() + 3.5
    while time.monotonic() < end:
        assert host.ask(Ask({"a": (1, True)}, 1, wait=0.3)).missing == ()
    assert SYNTHETIC.open_now()["a"] == 1


def test_what_is_not_wanted_any_more_ends_and_what_is_newer_stays(make: Make, toy_pipeline: MakePipeline) -> None:
    host = make()
    assert host.assign([order(toy_pipeline(), 1), order(toy_pipeline(), 5, "b")]) == [None, None]
    until(lambda: SYNTHETIC.open_now() == {"a": 1, "b": 1})
    host.ask(Ask({}, as_of=3, wait=0.0))
    until(lambda: SYNTHETIC.open_now() == {"b": 1})
    assert host.ask(Ask({"a": (7, True), "b": (5, True), "c": (8, False)}, as_of=8, wait=0.0)).missing == ("a",)


def test_an_order_that_comes_too_late_is_not_followed(make: Make, toy_pipeline: MakePipeline) -> None:
    host = make()
    host.drop({"a": 4})
    (trouble,) = host.assign([order(toy_pipeline(), 4)])
    assert isinstance(trouble, Trouble) and "older" in trouble.what
    assert host.assign([order(toy_pipeline(), 6)]) == [None]
    host.drop({"a": 5})
    assert host.ask(Ask({"a": (6, True)}, 6, wait=0.0)).missing == ()


def test_a_newer_order_takes_the_place_of_the_older_one(make: Make, toy_pipeline: MakePipeline) -> None:
    host = make()
    host.assign([order(toy_pipeline(), 1)])
    until(lambda: SYNTHETIC.open_now()["a"] == 1)
    assert host.assign([order(toy_pipeline(), 2)]) == [None]
    until(lambda: len(SYNTHETIC.readers) == 2)
    assert SYNTHETIC.open_now()["a"] == 1


def test_alarms_are_told_again_until_they_are_handled(make: Make, toy_pipeline: MakePipeline) -> None:
    host = make()
    host.assign([order(toy_pipeline(), 1)])
    first = host.ask(Ask({"a": (1, True)}, 1, wait=5.0, after=0))
    while not first.parcels:
        first = host.ask(Ask({"a": (1, True)}, 1, wait=5.0))
    number = first.parcels[0].number
    assert host.ask(Ask({"a": (1, True)}, 1)).parcels[0].number == number
    assert host.ask(Ask({"a": (1, True)}, 1, most=0, wait=0.0)).parcels == ()
    until(lambda: bool(host.ask(Ask({"a": (1, True)}, 1, handled=(number,), after=number)).parcels))
    assert host.ask(Ask({"a": (1, True)}, 1)).parcels[0].number == number + 1


def test_orders_and_troubles_show_no_password(toy_pipeline: MakePipeline) -> None:
    assert "secret" not in repr([order(toy_pipeline(), 3)]) and "'a'" in repr(order(toy_pipeline(), 3))
    error = Trouble.of(InputError("is down", where="cam", fix="look")).error()
    assert isinstance(error, InputError) and str(error) == "cam: is down; look"
    assert str(Trouble.of(ValueError("odd")).error()) == "ValueError: odd"


def alarm(size: int = 0) -> CameraAlarm:
    picture = np.zeros((1, size, 3), np.uint8) if size else None
    return CameraAlarm("a", Alarm("rule", "dwell", 1.0, 2.0), 0.0, picture=picture, clip=lambda path: None)


def test_a_mailbox_is_bounded_and_counts_what_it_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MOST", 3)
    monkeypatch.setattr(mailbox, "MOST_BYTES", 700)
    box = Mailbox()
    for _ in range(5):
        box.put(1, alarm(100), refused=False)
    parcels, _ = box.take(0, 10, 0.0)
    assert [parcel.number for parcel in parcels] == [3, 4, 5] and box.lost == 2
    assert [parcel.alarm.picture is not None for parcel in parcels].count(True) <= 2
    box.handled([3, 4, 5])
    box.put(1, alarm(100), refused=True)
    ((parcel,), _) = box.take(5, 10, 0.0)
    assert parcel.alarm.picture is not None, "the bytes of handled ones are free again"
    assert parcel.has_clip and parcel.alarm.clip is None


def test_clips_are_let_go_of_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox()
    box.put(1, alarm(), refused=False)
    assert callable(box.clip(1))
    now = time.time()
    monkeypatch.setattr(mailbox.time, "time", lambda: now + 3600)
    with pytest.raises(InputError, match="no longer kept"):
        box.clip(1)

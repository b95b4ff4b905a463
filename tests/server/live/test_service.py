"""Beside the engine: news of cameras, and how long each was watched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.server.live.engine import GATE, FakeEngine
from tests.server.waiting import wait_for
from trackside.server.context import Site
from trackside.server.live.service import LiveService
from trackside.server.live.tables import CameraDayRow


class Hub:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def publish(self, topic: str, id: str) -> None:
        self.told.append((topic, id))


@pytest.fixture
def hub(site: Site) -> Hub:
    made = site.services["events"] = Hub()
    return made


def watched(site: Site) -> dict[str, float]:
    with site.database.session() as db:
        return {row.camera: row.seconds for row in db.scalars(select(CameraDayRow))}


def test_pages_hear_when_a_camera_changes_and_only_then(site: Site, hub: Hub) -> None:
    live, engine = LiveService(site), FakeEngine(GATE, replace(GATE, name="roof"))
    live.set_port(engine)
    live._look(1.0)
    assert sorted(hub.told) == [("live", "gate"), ("live", "roof")]
    hub.told.clear()
    engine.known["gate"] = replace(GATE, fps_in=3.0)
    live._look(1.0)
    assert hub.told == []
    engine.known["gate"] = replace(GATE, state="stalled", problem="no picture for 5 seconds")
    del engine.known["roof"]
    live._look(1.0)
    assert sorted(hub.told) == [("live", "gate"), ("live", "roof")]


def test_only_the_time_in_which_a_camera_was_live_counts(site: Site, hub: Hub) -> None:
    live, engine = LiveService(site), FakeEngine(GATE)
    live.set_port(engine)
    live._look(10.0)
    engine.known["gate"] = replace(GATE, state="reconnecting")
    live._look(100.0)
    live._write()
    assert watched(site) == {"gate": 10.0}
    engine.known["gate"] = GATE
    live._look(5.0)
    live._write()
    assert watched(site) == {"gate": 15.0}


def test_what_cannot_be_written_down_is_written_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveService(site)
    live.set_port(FakeEngine(GATE))
    live._look(10.0)
    real = site.database.session

    def away() -> Any:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(site.database, "session", away)
    live._write()
    monkeypatch.setattr(site.database, "session", real)
    live._write()
    assert watched(site) == {"gate": 10.0}


def test_it_runs_with_and_without_an_engine_and_writes_at_the_end(site: Site, hub: Hub) -> None:
    live = LiveService(site)
    live.every = 0.01
    live.start()
    live.set_port(FakeEngine(GATE))
    wait_for(lambda: hub.told != [])
    live.stop()
    assert watched(site)["gate"] > 0


def test_an_engine_that_fails_is_asked_again(site: Site, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    live, engine = LiveService(site), FakeEngine(GATE)
    live.set_port(engine)
    real = engine.cameras

    def cameras() -> Any:
        raise RuntimeError

    monkeypatch.setattr(engine, "cameras", cameras)
    live._look(1.0)
    assert hub.told == []
    monkeypatch.setattr(engine, "cameras", real)
    live._look(1.0)
    assert hub.told == [("live", "gate")]

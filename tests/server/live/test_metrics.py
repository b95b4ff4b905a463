"""Figures for monitors: read back with Prometheus' own parser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from tests.server.access.conftest import Browser, browser, cheap_passwords, people, stopped_clock  # noqa: F401
from tests.server.alarms.making import alarm, channel, kept
from tests.server.live.engine import GATE, HEALTH, FakeEngine
from trackside.pipelines.live import Latency
from trackside.server.access import tokens
from trackside.server.context import Site
from trackside.server.live import metrics

Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(client: TestClient) -> Samples:
    """All values by name and the values of their labels, in the order of the labels' names."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_engine_and_its_cameras(client: TestClient, engine: FakeEngine) -> None:
    found = samples(client)
    expected = {
        ("trackside_engine_up", ()): 1,
        ("trackside_camera_fps_in", ("gate",)): 25.0,
        ("trackside_camera_fps_analysed", ("gate",)): 4.9,
        ("trackside_camera_analysed_total", ("gate",)): 1000,
        ("trackside_camera_dropped_total", ("gate", "stale")): 3,
        ("trackside_camera_dropped_total", ("gate", "overload")): 1,
        ("trackside_camera_latency_seconds", ("gate", "0.95")): 0.15,
        ("trackside_camera_staleness_seconds", ("gate", "0.5")): 0.02,
        ("trackside_camera_state", ("gate", "live")): 1,
        ("trackside_camera_state", ("gate", "stalled")): 0,
        ("trackside_stage_busy", ("inference",)): 0.97,
        ("trackside_bottleneck", ("inference",)): 1,
        ("trackside_bottleneck", ("decode",)): 0,
        ("trackside_batch_occupancy", ()): 0.75,
    }
    assert {key: found[key] for key in expected} == expected


def test_without_an_engine_it_says_so(client: TestClient) -> None:
    found = samples(client)
    assert found["trackside_engine_up", ()] == 0
    assert not any(name.startswith("trackside_camera") for name, _ in found)


def test_alarms_and_messages_are_counted(client: TestClient, site: Site) -> None:
    waits = channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    kept(site)
    kept(site)
    site.services["alarms"].take(alarm("roof"))
    found = samples(client)
    assert found["trackside_alarms_kept", ("gate", "yard", "open")] == 2
    assert found["trackside_alarms_total", ("roof", "yard")] == 1
    assert found["trackside_alarms_spooled", ()] == 1
    assert found["trackside_deliveries_waiting", (f"file ({waits})",)] == 2
    assert found["trackside_alarms_lost_total", ()] == 0


def test_a_camera_before_its_first_picture_has_no_latency(client: TestClient, engine: FakeEngine) -> None:
    engine.known["gate"] = replace(GATE, latency_ms=Latency())
    assert not any(name == "trackside_camera_latency_seconds" for name, _ in samples(client))


def test_labels_do_not_grow_without_end(client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST_CAMERAS", 3)
    monkeypatch.setattr(metrics, "MOST_CAUSES", 2)
    for number in range(10):
        name = f"c{number}"
        engine.known[name] = replace(GATE, name=name, dropped={f"cause {n}": n for n in range(6)})
    found = samples(client)
    assert len({labels for name, labels in found if name == "trackside_camera_fps_in"}) == 3
    dropped = {
        labels[1]: value
        for (name, labels), value in found.items()
        if name == "trackside_camera_dropped_total" and labels[0] == "c0"
    }
    assert dropped == {"cause 0": 0, "cause 1": 1, "other": 2 + 3 + 4 + 5}


def test_strange_names_break_nothing(client: TestClient, engine: FakeEngine) -> None:
    name = 'a "b" \\ c\nd'
    engine.known[name] = replace(GATE, name=name)
    assert samples(client)["trackside_camera_fps_in", (name,)] == 25.0


def test_while_the_database_is_away_the_rest_is_told(
    client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Any) -> Any:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(metrics, "_counted", away)
    assert samples(client)["trackside_engine_up", ()] == 1


@pytest.mark.usefixtures("people")
def test_where_people_sign_in_a_monitor_needs_a_token(accounts_site: Site, browser: Browser, people: dict[str, Any]) -> None:  # noqa: F811
    nobody = browser()
    assert nobody.get("/metrics").status_code == 401
    with accounts_site.database.session() as db:
        _, token = tokens.make(db, people["viewer"].id, "prometheus", "viewer", None)
    assert nobody.get("/metrics", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert nobody.get("/metrics", headers={"authorization": "Bearer ts_wrong"}).status_code == 401


def test_another_page_may_not_read_them(client: TestClient) -> None:
    assert client.get("/metrics", headers={"host": "rebound.example"}).status_code == 403


def test_every_figure_of_the_dashboard_exists_with_its_labels(client: TestClient, engine: FakeEngine, site: Site) -> None:
    """Healthy beside it: every figure that there is stands in the dashboard, but for some that only people look up."""
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    kept(site)
    site.services["alarms"].take(alarm())
    text = client.get("/metrics").text
    labels = {
        sample.name: set(sample.labels) for family in text_string_to_metric_families(text) for sample in family.samples
    }
    board = client.get("/api/live/grafana.json").json()
    assert board["schemaVersion"] >= 36
    queries = [one["expr"] for panel in board["panels"] for one in panel.get("targets", ())]
    queries += [one["definition"] for one in board["templating"]["list"] if "definition" in one]
    used: set[str] = set()
    for query in queries:
        for name, matched in re.findall(r"(trackside_\w+)(?:\{([^}]*)\})?", query):
            assert name in labels, f"{name} of {query}"
            asked = set(re.findall(r"(\w+)\s*(?:=~|!~|=|!=)", matched)) - {"instance"}
            assert asked <= labels[name], query
            used.add(name)
    assert labels.keys() - used <= {"trackside_camera_analysed_total", "trackside_engine_running"}
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    json.dumps(board, allow_nan=False)
    assert HEALTH.running

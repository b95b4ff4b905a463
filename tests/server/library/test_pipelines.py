"""Saved pipelines: versions, history, and two people at one pipeline."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from sqlalchemy import select
from starlette.testclient import TestClient

from trackside.server.access.tables import AuditRow
from trackside.server.context import Site


def make(client: TestClient, graph: Any, **more: Any) -> Any:
    answer = client.post("/api/pipelines", json={"graph": graph, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(client: TestClient, made: Any, graph: Any, **more: Any) -> Any:
    return client.put(f"/api/pipelines/{made['id']}", json={"graph": graph, **more})


def test_a_saved_pipeline_comes_back_as_it_was(client: TestClient, graph: Any) -> None:
    graph["layout"] = {"detect": [10, 20.5]}
    made = make(client, graph, note="first")
    assert (made["name"], made["version"], made["blocks"], made["owner"]) == ("count-people", 1, 5, "you")
    found = client.get(f"/api/pipelines/{made['id']}").json()
    assert found == made
    assert found["graph"] == graph


def test_an_unfinished_pipeline_is_saved_too(client: TestClient) -> None:
    assert make(client, {"pipeline": "just begun"})["blocks"] == 0
    assert make(client, {"pipeline": "odd", "blocks": {"Ä ": {"foo": [1, {"a": None}]}}, "save": ["?"]})["blocks"] == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\0b"])
def test_a_name_that_is_none_is_refused(client: TestClient, name: str) -> None:
    answer = client.post("/api/pipelines", json={"graph": {"pipeline": name}})
    assert answer.status_code == 422
    assert client.get("/api/pipelines").json()["total"] == 0


def test_each_save_makes_a_version_and_the_same_graph_none(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    graph["blocks"]["detect"]["threshold"] = 0.5
    assert put(client, made, graph, base=1, note="less noise").json()["version"] == 2
    assert put(client, made, graph, base=2, note="nothing new").json()["version"] == 2
    history = client.get(f"/api/pipelines/{made['id']}/versions").json()
    assert [(one["number"], one["note"], one["author"]) for one in history["items"]] == [
        (2, "less noise", "you"),
        (1, "", "you"),
    ]
    old = client.get(f"/api/pipelines/{made['id']}/versions/1").json()
    assert (old["version"], old["graph"]["blocks"]["detect"]["threshold"]) == (1, 0.35)


def test_who_saves_over_somebody_else_is_told_by_whom_and_loses_nothing(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    assert put(client, made, {**graph, "about": "theirs"}, base=1, note="mine first").status_code == 200
    refused = put(client, made, {**graph, "about": "mine"}, base=1)
    assert refused.status_code == 409
    [problem] = refused.json()["problems"]
    assert "you saved version 2 (mine first) at" in problem["what"]
    assert put(client, made, {**graph, "about": "mine"}, base=2).json()["version"] == 3
    assert put(client, made, {**graph, "about": "no matter what"}).json()["version"] == 4


def test_of_many_who_save_at_once_one_wins(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    statuses: list[int] = []

    def save(number: int) -> None:
        statuses.append(put(client, made, {**graph, "about": str(number)}, base=1).status_code)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409, 409, 409]


def test_an_old_version_is_restored_as_a_new_one(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    put(client, made, {**graph, "pipeline": "renamed"}, base=1)
    again = client.post(f"/api/pipelines/{made['id']}/versions/1/restore")
    assert again.status_code == 201
    assert (again.json()["version"], again.json()["name"], again.json()["graph"]) == (3, "count-people", graph)
    notes = [one["note"] for one in client.get(f"/api/pipelines/{made['id']}/versions").json()["items"]]
    assert notes[0] == "version 1 again"


def test_a_deleted_pipeline_is_gone_from_everywhere(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    assert client.delete(f"/api/pipelines/{made['id']}").json() == {"state": "ok"}
    for path in ("", "/versions", "/versions/1", "/file"):
        assert client.get(f"/api/pipelines/{made['id']}{path}").status_code == 404
    assert put(client, made, graph).status_code == 404
    assert client.delete(f"/api/pipelines/{made['id']}").status_code == 404
    assert client.get("/api/pipelines").json()["items"] == []


def test_the_last_changed_comes_first_page_by_page(client: TestClient, graph: Any) -> None:
    ids = [make(client, {**graph, "pipeline": f"p{number}"})["id"] for number in range(5)]
    put(client, {"id": ids[1]}, {**graph, "pipeline": "p1", "about": "changed"})
    found, cursor = [], ""
    while True:
        got = client.get("/api/pipelines", params={"limit": 2, "cursor": cursor}).json()
        found += [one["name"] for one in got["items"]]
        cursor = got["next"]
        if not cursor:
            break
    assert found == ["p1", "p4", "p3", "p2", "p0"]
    assert got["total"] == 5


def test_search_takes_signs_for_themselves(client: TestClient, graph: Any) -> None:
    for name in ("Start block", "finish 100%", "under_water"):
        make(client, {**graph, "pipeline": name})

    def names(q: str) -> list[str]:
        return [one["name"] for one in client.get("/api/pipelines", params={"q": q}).json()["items"]]

    assert names("START") == ["Start block"]
    assert names("%") == ["finish 100%"]
    assert names("_") == ["under_water"]
    assert client.get("/api/pipelines", params={"q": "a\0b"}).status_code == 422


def test_the_file_is_downloaded_under_a_safe_name(client: TestClient, graph: Any) -> None:
    made = make(client, {**graph, "pipeline": '../"Läufer" & co'})
    answer = client.get(f"/api/pipelines/{made['id']}/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="L-ufer-co.yaml"'
    assert yaml.safe_load(answer.text)["blocks"] == graph["blocks"]
    answer = client.get(f"/api/pipelines/{made['id']}/file", params={"format": "json", "number": 1})
    assert answer.json()["blocks"] == graph["blocks"]
    assert client.get(f"/api/pipelines/{made['id']}/file", params={"number": 2}).status_code == 404


@pytest.mark.parametrize("pipeline_id", ["nothing", "%", "x" * 500, "é"])
def test_an_id_of_nobody_is_not_found(client: TestClient, graph: Any, pipeline_id: str) -> None:
    path = f"/api/pipelines/{quote(pipeline_id)}"
    assert client.get(path).status_code == 404
    assert client.put(path, json={"graph": graph}).status_code == 404
    assert client.post(f"{path}/versions/1/restore").status_code == 404


def test_numbers_out_of_range_are_refused(client: TestClient, graph: Any) -> None:
    made = make(client, graph)
    for number in (0, -1, 2**40, 2**70):
        assert client.get(f"/api/pipelines/{made['id']}/versions/{number}").status_code == 422
        assert client.get(f"/api/pipelines/{made['id']}/file", params={"number": number}).status_code == 422
    assert client.get(f"/api/pipelines/{made['id']}/versions/2").status_code == 404


def test_every_change_is_in_the_audit_log(client: TestClient, graph: Any, site: Site) -> None:
    made = make(client, graph)
    put(client, made, {**graph, "about": "new"})
    client.post(f"/api/pipelines/{made['id']}/versions/1/restore")
    client.delete(f"/api/pipelines/{made['id']}")
    with site.database.session() as db:
        lines = [(line.action, line.subject) for line in db.scalars(select(AuditRow).order_by(AuditRow.at))]
    assert lines == [
        ("pipeline.create", "count-people"),
        ("pipeline.save", "count-people, version 2"),
        ("pipeline.restore", "count-people, version 1"),
        ("pipeline.delete", "count-people"),
    ]

"""Models are listed, brought with their licence, and not taken away from runs that need them."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from trackside.core import ModelError
from trackside.models import ZOO
from trackside.server.access.tables import AuditRow
from trackside.server.context import Site
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.packages import pulls
from trackside.server.packages.usage import models_in
from trackside.server.runs.tables import RunRow

GRAPH = {"pipeline": "p", "blocks": {"d": {"use": "detect.objects", "images": "source.images", "model": "yolox-nano"}}}
DEFAULT = {"pipeline": "p", "blocks": {"d": {"use": "detect.objects@1", "images": "source.images"}}}
# Where this project's machines keep a mirror; a setting names another one.
MIRROR = Path(__file__).parents[4] / "shared" / "models"


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    if not MIRROR.is_dir():
        pytest.skip("the shared folder of models is not on this machine")
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(MIRROR))


def ended(client: TestClient, name: str) -> Any:
    end = time.monotonic() + 60
    while (pull := client.get(f"/api/models/{name}/pull").json())["state"] == "running":
        assert time.monotonic() < end, "it did not end"
        time.sleep(0.02)
    return pull


def add_pipeline(site: Site, graph: dict[str, Any], *, version: int = 1, deleted: bool = False) -> None:
    with site.database.session() as db:
        row = PipelineRow(name="p", version=version, deleted=deleted)
        db.add(row)
        db.flush()
        for number in range(1, version + 1):
            # An older version named another model.
            db.add(PipelineVersionRow(pipeline_id=row.id, number=number, graph=graph if number == version else GRAPH))


def test_the_zoo_is_listed_before_anything_is_installed(client: TestClient) -> None:
    models = {model["name"]: model for model in client.get("/api/models").json()}
    assert set(models) == {name for name, entry in ZOO.items() if not entry.is_sample}
    assert models["yolox-nano"] | {"note": ""} == {
        "name": "yolox-nano", "task": "detection", "family": "yolox", "runtime": "onnx", "licence": "Apache-2.0",
        "bytes": 3_678_356, "installed": False, "used_by": 0, "note": "",
    }  # fmt: skip
    card = client.get("/api/models/yolox-nano").json()
    assert card["metrics"][0]["name"] == "AP"
    assert len(card["classes"]) == 80
    assert (card["width"], card["source"][:8]) == (416, "https://")


def test_a_model_counts_the_pipelines_whose_newest_version_uses_it(client: TestClient, site: Site) -> None:
    add_pipeline(site, GRAPH)
    add_pipeline(site, DEFAULT, version=2)
    add_pipeline(site, GRAPH, deleted=True)
    counts = {model["name"]: model["used_by"] for model in client.get("/api/models").json()}
    assert (counts["yolox-nano"], counts["fastestdet"], counts["osnet-x0-25"]) == (1, 1, 0)


def test_broken_pipelines_name_no_models() -> None:
    for graph in ({}, {"blocks": {"a": {}, "b": {"use": 3}, "c": {"use": "no.such"}, "d": None}}):
        assert models_in(graph) == set()


@pytest.mark.usefixtures("mirror")
def test_a_pull_needs_the_licence_and_ends_with_a_whole_model(client: TestClient, site: Site) -> None:
    refused = client.post("/api/models/fastestdet/pull", json={"licence": "MIT"})
    assert refused.status_code == 409
    assert "BSD-3-Clause" in refused.json()["problems"][0]["what"]
    assert client.get("/api/models/fastestdet/pull").json()["state"] == "none"
    begun = client.post("/api/models/fastestdet/pull", json={"licence": "BSD-3-Clause"})
    assert begun.status_code == 202
    pull = ended(client, "fastestdet")
    assert (pull["state"], pull["received"]) == ("done", pull["bytes"])
    assert site.store.package("fastestdet").card.name == "fastestdet"
    assert client.get("/api/models").json()[0]["installed"]
    with site.database.session() as db:
        assert [row.action for row in db.scalars(select(AuditRow))] == ["model.pull"]
    assert client.delete("/api/models/fastestdet").status_code == 200
    assert "fastestdet" not in site.store
    assert client.get("/api/models/fastestdet/pull").json()["state"] == "none"


def test_two_pulls_of_one_model_are_one_and_a_failure_is_a_sentence(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = [], threading.Event()

    def pull(name: str, **options: Any) -> None:
        begun.append(name)
        options["reporter"].start(name, 100, "MIT", "here")
        options["reporter"].advance(40)
        go.wait(30)
        raise ModelError("cannot be fetched (no network)", where=name, fix="connect")

    monkeypatch.setattr(pulls, "pull", pull)
    for _ in range(3):
        client.post("/api/models/yolox-nano/pull", json={"licence": "Apache-2.0"})
    while client.get("/api/models/yolox-nano/pull").json()["received"] == 0:
        time.sleep(0.01)
    assert client.get("/api/models/yolox-nano/pull").json() | {"problem": ""} == {
        "name": "yolox-nano", "state": "running", "received": 40, "bytes": 100, "problem": "",
    }  # fmt: skip
    go.set()
    found = ended(client, "yolox-nano")
    assert begun == ["yolox-nano"]
    assert (found["state"], found["problem"]) == ("failed", "cannot be fetched (no network); connect")


@pytest.mark.usefixtures("mirror")
def test_a_model_that_a_run_needs_stays(client: TestClient, site: Site) -> None:
    client.post("/api/models/yolox-nano/pull", json={"licence": "Apache-2.0"})
    assert ended(client, "yolox-nano")["state"] == "done"
    with site.database.session() as db:
        run = RunRow(name="r", graph=GRAPH, state="running")
        db.add(run)
    refused = client.delete("/api/models/yolox-nano")
    assert refused.status_code == 409
    assert "needed by a run" in refused.json()["problems"][0]["what"]
    with site.database.session() as db:
        db.merge(RunRow(id=run.id, name="r", graph=GRAPH, state="done"))
    assert client.delete("/api/models/yolox-nano").status_code == 200


def test_unknown_models_are_not_found(client: TestClient) -> None:
    for name in ("nothing", "sports2d-demo", "x" * 400):
        assert client.get(f"/api/models/{name}").status_code == 404
        assert client.delete(f"/api/models/{name}").status_code == 404
        assert client.get(f"/api/models/{name}/pull").status_code == 404
        assert client.post(f"/api/models/{name}/pull", json={"licence": "MIT"}).status_code == 404

"""Templates: a picture and a sentence each, and every one runs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from trackside.core import TracksideError
from trackside.media import VideoWriter
from trackside.models import Silent, pull
from trackside.pipelines.catalogue import find_pipeline, template_names
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.runs import run_files


def test_each_template_has_a_sentence_a_picture_and_a_graph_without_fault(client: TestClient) -> None:
    found = client.get("/api/templates").json()
    assert [one["name"] for one in found] == template_names()
    assert len(found) >= 4
    for one in found:
        assert one["graph"]["pipeline"] == one["title"]
        assert one["about"].endswith(".")
        assert one["about"].count(".") == 1
        assert client.post("/api/check", json=one["graph"]).json()["problems"] == []
        answer = client.get(one["picture"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert len(answer.content) <= 60_000
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape == (360, 640, 3)


@pytest.mark.parametrize("name", ["nothing", "summary", "..", "count-people.yaml", "%2e%2e%2fblock"])
def test_a_template_that_there_is_not_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/api/templates/{name}/picture").status_code in (404, 405)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic: half a second of noise, 320 x 180; nobody is in it."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.mp4"
    noise = np.random.default_rng(1)
    with VideoWriter(path, fps=10) as writer:
        for number in range(5):
            writer.write(noise.integers(0, 255, (180, 320, 3), dtype=np.uint8), number / 10)
    return path


@pytest.mark.parametrize("name", template_names())
def test_each_template_runs_where_its_models_are(name: str, tiny: Path, tmp_path: Path) -> None:
    pipeline = find_pipeline(name)
    try:
        for model in compile_pipeline(pipeline).models:
            pull(model, reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs the models of {name}: {error}")
    result = run_files(pipeline, [tiny], tmp_path / "out")
    assert result.ok, result.files[0].error
    written = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"annotated.mp4", "summary.html"} <= written
    assert any(one.endswith(".csv") for one in written)

"""Reading and writing the file that the command line runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from trackside.pipelines.catalogue import find_pipeline, template_names
from trackside.pipelines.compiler import compile_pipeline


def read(client: TestClient, text: str) -> Any:
    answer = client.post("/api/read", json={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", template_names())
def test_a_template_survives_writing_and_reading(client: TestClient, name: str, tmp_path: Path) -> None:
    graph = find_pipeline(name).model_dump(mode="json") | {"layout": {"draw": [1.5, -20]}}
    text = client.post("/api/write", json=graph).json()["text"]
    assert read(client, text) == graph
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    compile_pipeline(find_pipeline(tmp_path / "mine.yaml"))


def test_json_is_read_too_also_what_yaml_does_not_understand(client: TestClient) -> None:
    text = '{"pipeline": "a\\/b \\ud83c\\udfca", "blocks": {"d": {"use": "detect.objects@1", "images": "source.images"}}}'
    assert read(client, text)["pipeline"] == "a/b 🏊"


def test_an_old_tracker_is_brought_up_to_date_and_said_so(client: TestClient) -> None:
    text = "pipeline: old\nblocks:\n  t: {use: track.objects@1, detections: d, high: 0.6}\nlayout: {t: [1, 2]}\n"
    answer = client.post("/api/read", json={"text": text})
    assert answer.json()["blocks"]["t"] == {
        "use": "track.objects@2", "tracker": "bytetrack", "detections": "d", "high": 0.6,
    }  # fmt: skip
    assert answer.json()["layout"] == {"t": [1, 2]}
    assert json.loads(answer.headers["trackside-notes"]) == ["t: track.objects@1 is now track.objects@2"]


def test_a_file_that_is_up_to_date_has_no_notes(client: TestClient) -> None:
    answer = client.post("/api/read", json={"text": find_pipeline("count-people").to_yaml()})
    assert "trackside-notes" not in answer.headers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a pipeline is a mapping"),
        ("just words", "a pipeline is a mapping"),
        ("pipeline: [", "line"),
        ("pipeline: x\npipeline: y\n", "given twice"),
        ("pipeline: x\nblocks: {a: {}}", "says not which block it is"),
        ("pipeline: x\nblocks: {a: {use: b.c@1, d: 2024-01-01}}", "a date is no text"),
        ("pipeline: x\nblocks: {a: {use: b.c@1, d: !!binary aGk=}}", "a bytes is no text"),
        ("pipeline: x\nblocks: {a: {use: b.c@1, d: .nan}}", "not finite"),
        ("pipeline: x\nblocks: {a: {use: b.c@1, d: !!python/object:os.system {}}}", "constructor"),
        ('{"pipeline": "x", "blocks": {"a": {"use": "b.c@1", "d": "\\ud800"}}}', "cannot be kept"),
        ("a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n" * 1, "a pipeline has no"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_what_is_no_pipeline_is_told_in_a_sentence(client: TestClient, text: str, said: str) -> None:
    answer = client.post("/api/read", json={"text": text})
    assert answer.status_code == 422
    assert any(said in problem["what"] for problem in answer.json()["problems"]), answer.text


def test_an_unfinished_graph_is_written_if_it_has_a_block(client: TestClient) -> None:
    text = client.post("/api/write", json={"blocks": {"d": {"use": "detect.objects@1"}}}).json()["text"]
    assert read(client, text)["blocks"] == {"d": {"use": "detect.objects@1"}}
    assert client.post("/api/write", json={"blocks": {}}).status_code == 422

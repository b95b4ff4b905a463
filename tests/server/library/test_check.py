"""Checking: every problem at its place, nothing touches the disk, nothing makes the server fail."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from starlette.testclient import TestClient

from trackside.core import PipelineError
from trackside.models import Store
from trackside.pipelines.block import BLOCKS
from trackside.server.library.guarding import guarded
from trackside.server.library.shapes import Graph


def check(client: TestClient, graph: Any) -> Any:
    answer = client.post("/api/check", json=graph)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_good_graph_has_no_problem_and_tells_what_it_needs_and_gives(client: TestClient, graph: Any) -> None:
    told = check(client, graph)
    assert told["problems"] == []
    assert told["missing_models"] == ["fastestdet"]  # The store of this server is empty.
    assert {"source.images", "draw.annotated", "track.tracks", "zones.counts", "zones.events"} <= set(told["outputs"])
    assert "zones.shapes" not in told["outputs"]


def test_every_problem_is_told_at_once_and_at_its_block(client: TestClient, graph: Any) -> None:
    graph["blocks"]["detect"]["threshold"] = 3
    graph["blocks"]["track"]["detections"] = "detct"
    graph["blocks"]["more"] = {"use": "zone.cuont@1"}
    problems = check(client, graph)["problems"]
    assert {(p["block"], p["port"]) for p in problems} >= {("detect", "threshold"), ("track", "detections"), ("more", None)}
    assert any("did you mean 'detect'" in p["fix"] for p in problems)


def test_constructors_that_refuse_are_all_heard(client: TestClient, graph: Any) -> None:
    graph["blocks"]["zones"]["coordinates"] = "pixels"
    graph["blocks"]["line"]["coordinates"] = "pixels"
    problems = check(client, graph)["problems"]
    assert {(p["block"], p["port"]) for p in problems} == {("zones", "coordinates"), ("line", "coordinates")}


def test_an_empty_drawing_says_what_to_do(client: TestClient) -> None:
    [problem] = check(client, {})["problems"]
    assert problem["fix"] == "add one from the palette"


def test_a_name_that_is_none_is_told_in_words(client: TestClient) -> None:
    [problem] = check(client, {"blocks": {"Bad Name": {"use": "detect.objects@1", "images": "source.images"}}})["problems"]
    assert problem["block"] == "Bad Name"
    assert "is no name for a block" in problem["what"]


def test_what_cannot_be_saved_is_told_at_save(client: TestClient, graph: Any) -> None:
    graph["save"] = ["zones.shapes"]
    [problem] = check(client, graph)["problems"]
    assert (problem["block"], problem["port"]) == (None, "save")
    assert "Shapes" in problem["what"]


@pytest.mark.parametrize("model", ["{}", "../{}", "./model", "~/model", "C:\\model", "model", "\\\\host\\share", "."])
def test_no_model_is_looked_for_on_the_disk(
    client: TestClient, graph: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    def never(self: Path, *rest: Any, **more: Any) -> Any:
        text = str(self)
        if "model" in text and "home" not in text:
            raise AssertionError(f"looked at {text}")
        return False

    monkeypatch.setattr(Path, "is_file", never)
    monkeypatch.setattr(Path, "is_dir", never)
    graph["blocks"]["detect"]["model"] = model.format(tmp_path / "model")
    [problem] = check(client, graph)["problems"]
    assert (problem["block"], problem["port"]) == ("detect", "model")


def test_a_block_that_reads_a_file_is_refused_whether_the_file_exists_or_not(client: TestClient, tmp_path: Path) -> None:
    there, absent = tmp_path / "det.txt", tmp_path / "absent.txt"
    there.write_text("1,1,0,0,10,10,1\n", encoding="utf-8")
    told = [check(client, {"blocks": {"d": {"use": "detect.from_file@1", "path": str(p)}}}) for p in (there, absent)]
    assert told[0] == told[1]
    [problem] = told[0]["problems"]
    assert (problem["block"], problem["port"]) == ("d", "path")
    assert "a server does not allow" in problem["what"]


def test_other_problems_of_the_same_block_are_told_beside_a_refused_path(client: TestClient) -> None:
    blocks = {"d": {"use": "detect.from_file", "path": "/etc/passwd", "threshold": "high"}}
    assert {p["port"] for p in check(client, {"blocks": blocks})["problems"]} == {"path", "threshold"}


def test_guarded_gives_the_pipeline_or_all_problems(graph: Any, store: Store) -> None:
    assert guarded(Graph.model_validate(graph), store).pipeline == "count-people"
    graph["blocks"]["detect"]["model"] = "/models/mine"
    with pytest.raises(PipelineError, match="takes no path"):
        guarded(Graph.model_validate(graph), store)


@pytest.mark.parametrize(
    "text",
    [
        '{"blocks": {"a": {"use": "detect.objects@1", "threshold": NaN}}}',
        '{"blocks": {"a": {"use": "detect.objects@1", "threshold": 1e999}}}',
        '{"blocks": {"a": {"use": "detect.objects@1", "threshold": 123456789012345678901234567890}}}',
        '{"blocks": {"a": {"use": "\\u0000"}}}',
        '{"blocks": {"a": {"use": "detect.objects@1", "classes": ["\\ud800"]}}}',
        '{"blocks": {"a": {"use": "detect.objects@1", "x": ' + "[" * 100 + "]" * 100 + "}}}",
        '{"blocks": {"a": {"use": "detect.objects@1", "x": ' + "[" * 3000 + "]" * 3000 + "}}}",
        '{"layout": {"a": [NaN, 1]}}',
        '{"blocks": []}',
        "[1]",
        "",
    ],
)
def test_what_no_file_and_no_database_can_hold_is_refused(client: TestClient, text: str) -> None:
    answer = client.post("/api/check", content=text, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["problems"]


_NAMES = st.sampled_from(["source", "detect", "track", "zones", "line", "draw", "a", "Bad", "", "é"])
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["source.images", "detect", "track.tracks", "zones.shapes", "fraction", "fastestdet", "../x", "a/b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
_PORTS = st.sampled_from(
    sorted({name for spec in BLOCKS.values() for name in [*spec.wired_inputs, *spec.settings.model_fields]} | {"", "use"})
)
_USES = st.sampled_from([*BLOCKS, "track.objects", "nothing.here@1", "x", "@", "source.media@9"]) | st.text(max_size=8)


@st.composite
def _blocks(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(_NAMES, max_size=5, unique=True))
    return {name: {**draw(st.dictionaries(_PORTS, _VALUES, max_size=5)), "use": draw(_USES)} for name in names}


_GRAPHS = st.fixed_dictionaries(
    {"blocks": _blocks() | st.dictionaries(st.text(max_size=4), st.dictionaries(st.text(max_size=4), _VALUES, max_size=3))},
    optional={
        "pipeline": st.text(max_size=20),
        "about": st.text(max_size=20),
        "save": st.lists(st.text(max_size=12) | st.sampled_from(["draw.annotated", "source.images", "track"]), max_size=3),
        "layout": st.dictionaries(
            _NAMES, st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers()), max_size=3
        ),
    },
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(graph=_GRAPHS)
def test_no_graph_makes_the_server_fail(client: TestClient, graph: Any) -> None:
    text = json.dumps(graph)
    for where in ("check", "write"):
        answer = client.post(f"/api/{where}", content=text, headers={"content-type": "application/json"})
        assert answer.status_code in (200, 400, 422), answer.text
    saved = client.post("/api/pipelines", content=json.dumps({"graph": graph}))
    assert saved.status_code in (201, 422), saved.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_setting_of_a_good_graph_makes_the_server_fail(client: TestClient, graph: Any, data: st.DataObject) -> None:
    """One value changed in a graph that is fine: this reaches the constructors."""
    changed = copy.deepcopy(graph)
    block = data.draw(st.sampled_from(sorted(changed["blocks"])))
    spec = BLOCKS[changed["blocks"][block]["use"]]
    ports = [*spec.wired_inputs, *spec.settings.model_fields]
    for _ in range(data.draw(st.integers(1, 3))):
        numbers = st.floats(-1e300, 1e300) | st.integers(-(2**60), 2**60)
        points = st.lists(st.tuples(numbers, numbers).map(list), max_size=5)
        value = _VALUES | numbers | points | st.dictionaries(st.text(max_size=3), points, max_size=2)
        changed["blocks"][block][data.draw(st.sampled_from(ports))] = data.draw(value)
    answer = client.post("/api/check", content=json.dumps(changed))
    assert answer.status_code in (200, 422), answer.text

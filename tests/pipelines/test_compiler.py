"""Every mistake in a pipeline is found before anything runs, in one shape, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from trackside.core import InputError, PipelineError, Problem
from trackside.pipelines.block import BLOCKS, Mode
from trackside.pipelines.catalogue import find_pipeline, template_names
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import Pipeline, parse_pipeline, read_pipeline

from . import toys  # noqa: F401 - registers the toy blocks


def graph(blocks: dict[str, Any], save: list[str] | None = None) -> Pipeline:
    return parse_pipeline({"pipeline": "test", "blocks": blocks, "save": save or []})


def problems(blocks: dict[str, Any], save: list[str] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(PipelineError) as caught:
        compile_pipeline(graph(blocks, save))
    return caught.value.problems


def only(blocks: dict[str, Any], save: list[str] | None = None) -> Problem:
    [problem] = problems(blocks, save)
    return problem


BOX = {"use": "toy.box@1", "images": "source.images"}


@pytest.mark.parametrize("name", template_names())
def test_templates_compile_in_silence(name: str) -> None:
    assert compile_pipeline(find_pipeline(name)).nodes


def test_blocks_are_placed_on_the_spine() -> None:
    plan = compile_pipeline(
        graph(
            {
                "forget": {"use": "toy.forget", "tracks": "number.tracks"},
                "number": {"use": "toy.number", "detections": "box"},
                "box": {"use": "toy.box", "images": "thin"},
                "thin": {"use": "sample.every", "images": "source"},
            },
            save=["forget.events"],
        )
    )
    stages = {node.name: node.stage for node in plan.nodes}
    assert stages == {"thin": 0, "box": 1, "number": 2, "forget": 2, "save-forget-events": 2, "summary": -1}


def test_what_no_inference_waits_for_leaves_the_decode_worker() -> None:
    plan = compile_pipeline(graph({"mean": {"use": "toy.mean", "images": "source"}}))
    assert [node.stage for node in plan.nodes] == [2]


def test_unknown_block_offers_the_nearest() -> None:
    problem = only({"box": {"use": "toy.bix@1", "images": "source.images"}})
    assert (problem.block, problem.what) == ("box", "unknown block 'toy.bix@1'")
    assert "toy.box@1" in problem.fix


def test_unknown_setting_offers_the_nearest() -> None:
    problem = only({"box": {**BOX, "scroe": 0.5}})
    assert (problem.where, problem.fix) == ("box.scroe", "did you mean 'score'?")


def test_value_out_of_range_names_the_setting() -> None:
    problem = only({"box": {**BOX, "score": 1.5}})
    assert problem.where == "box.score"
    assert "less than or equal to 1" in problem.what
    assert "got 1.5" in problem.what
    assert problem.fix == "give a number from 0 to 1"


def test_missing_input_names_outputs_that_fit() -> None:
    problem = only({"box": {"use": "toy.box@1"}})
    assert (problem.where, problem.fix) == ("box.images", "wire it to source.images")


def test_kinds_that_do_not_fit_are_refused_with_one_that_does() -> None:
    problem = only({"box": BOX, "number": {"use": "toy.number", "detections": "source.images"}})
    assert problem.what == "takes Detections, but source.images gives Image"
    assert problem.fix == "wire it to box.detections"


def test_tracks_fit_where_detections_are_asked_for() -> None:
    blocks = {
        "box": BOX,
        "a": {"use": "toy.number", "detections": "box"},
        "b": {"use": "toy.number", "detections": "a.tracks"},
    }
    assert len(compile_pipeline(graph(blocks)).nodes) == 3


def test_unknown_wire_offers_the_nearest_block() -> None:
    assert only({"box": {"use": "toy.box", "images": "sorce"}}).fix == "did you mean 'source'?"


def test_output_must_be_named_where_there_are_several() -> None:
    problem = only({"box": BOX, "n": {"use": "toy.number", "detections": "box"}, "f": {"use": "toy.forget", "tracks": "n"}})
    assert (problem.what, problem.fix) == ("'n' has several outputs", "say which: n.tracks, n.order")


def test_cycle_names_its_blocks() -> None:
    problem = only(
        {
            "a": {"use": "toy.number", "detections": "b.tracks"},
            "b": {"use": "toy.number", "detections": "a.tracks"},
        }
    )
    assert "a -> b -> a" in problem.what or "b -> a -> b" in problem.what


def test_all_mistakes_are_told_at_once() -> None:
    found = problems({"box": {"use": "toy.box", "images": "sorce", "score": 7}, "x": {"use": "toy.nothing"}})
    assert {problem.where for problem in found} == {"box.images", "box.score", "x"}


def test_saving_what_is_not_there_is_a_mistake() -> None:
    assert only({"box": BOX}, ["bx.detections"]).fix == "did you mean 'box'?"
    assert only({"box": BOX}, ["box.detection"]).fix == "did you mean 'detections'?"


def test_an_unknown_block_causes_no_further_problems() -> None:
    problem = only({"box": {"use": "toy.bix", "images": "source"}, "n": {"use": "toy.number", "detections": "box"}}, ["box"])
    assert problem.block == "box"


def test_saving_a_wrong_output_hides_no_other_mistake() -> None:
    found = problems({"box": {**BOX, "score": 7}}, ["bx"])
    assert {problem.where for problem in found} == {"save", "box.score"}


def test_an_unknown_model_offers_the_nearest_and_one_of_the_zoo_may_come_later() -> None:
    detect = {"use": "detect.objects", "images": "source.images"}
    problem = only({"d": {**detect, "model": "fastestdt"}})
    assert (problem.where, problem.what) == ("d.model", "unknown model 'fastestdt'")
    assert "fastestdet" in problem.fix
    assert compile_pipeline(graph({"d": {**detect, "model": "yolox-nano"}})).models == ("yolox-nano",)


def test_a_model_for_another_task_and_classes_that_it_does_not_know_are_found_before_anything_runs() -> None:
    detect = {"use": "detect.objects", "images": "source.images"}
    problem = only({"d": {**detect, "model": "osnet-x0-25"}})
    assert (problem.where, problem.what) == ("d.model", "osnet-x0-25 is for embedding, not detection")
    assert "yolox-nano" in problem.fix
    problem = only({"d": {**detect, "model": "yolox-nano", "classes": ["person", "bycicle"]}})
    assert (problem.where, problem.what) == ("d.classes", "yolox-nano knows no class 'bycicle'")
    assert "bicycle" in problem.fix
    assert (
        "is for detection" in only({"p": {"use": "pose.people", "images": "source.images", "landmarks": "yolox-nano"}}).what
    )


def test_fractions_given_as_pixels_are_refused() -> None:
    zones = {"door": [[0, 0], [0.5, 0], [0.5, 1]]}
    blocks = {"box": BOX, "n": {"use": "toy.number", "detections": "box"}}
    count = {"use": "zone.count", "tracks": "n.tracks", "zones": zones}
    assert "add `coordinates: fraction`" in only({**blocks, "zones": count}).fix
    assert compile_pipeline(graph({**blocks, "zones": {**count, "coordinates": "fraction"}})).nodes


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"classes": "person"}, "takes a list, got 'person': write [person]"),
        ({"threshold": 2}, "should be less than or equal to 1, got 2"),
    ],
)
def test_values_of_the_wrong_shape_are_told_in_plain_words(settings: dict[str, Any], said: str) -> None:
    assert only({"d": {"use": "detect.objects", "images": "source.images", **settings}}).what == said


def test_saving_asks_for_a_table_and_a_summary() -> None:
    names = [node.name for node in compile_pipeline(graph({"box": BOX}, ["box"])).nodes]
    assert names == ["box", "save-detections", "summary"]


def test_two_sinks_that_would_write_one_file_are_refused() -> None:
    table = {"use": "write.table", "rows": "box"}
    found = only({"box": BOX, "a": table, "b": table})
    assert (found.where, found.what) == ("b.name", "writes the same file as 'a', 'table'")
    assert "writes the same file" in only({"box": BOX, "a": {**table, "name": "Detections"}}, ["box"]).what
    assert compile_pipeline(graph({"box": BOX, "a": table, "b": {**table, "name": "other"}})).nodes


@pytest.mark.parametrize("name", ["../../escape", "/tmp/x", "a/b", "..", ".hidden", "", "x" * 200, "a\\b", "a\n"])
def test_a_results_file_cannot_leave_its_folder(name: str) -> None:
    assert only({"box": BOX, "t": {"use": "write.table", "rows": "box", "name": name}}).where == "t.name"


@pytest.mark.parametrize("name", ["summary", "save-detections"])
def test_names_that_save_needs_are_refused_for_other_blocks(name: str) -> None:
    assert "`save:` adds a block" in only({"box": BOX, name: BOX}, ["box"]).what


def test_what_runs_after_the_end_cannot_be_wired_into_what_runs_before_it() -> None:
    blocks = {"box": BOX, "late": {"use": "toy.late", "detections": "box"}, "n": {"use": "toy.number", "detections": "late"}}
    assert "has no output" in only(blocks).what


def test_only_sources_may_be_called_source() -> None:
    assert "cannot stand here" in only({"source": {"use": "toy.mean", "images": "source.images"}}).what


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "a pipeline is a mapping"),
        ({"pipeline": "x"}, "blocks: field required"),
        ({"pipeline": "x", "blocks": {"a": {}}}, "says not which block it is"),
        ({"pipeline": "x", "blocks": {"Bad Name": {"use": "toy.mean"}}}, "is no name for a block"),
        ({"pipeline": "x", "blocks": {"a": {"use": "toy.mean"}}, "sav": []}, "sav"),
        ({"pipeline": "x", "blocks": {f"b{n}": {"use": "toy.mean"} for n in range(600)}}, "at most 500"),
    ],
)
def test_what_is_no_pipeline_is_refused(data: Any, said: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_pipeline(data)
    assert said in str(caught.value)


def test_aliases_that_repeat_each_other_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.yaml"
    lines = [
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)),
    ]
    bomb.write_text("pipeline: p\n" + "\n".join(lines))
    with pytest.raises(InputError, match="too many values"):
        read_pipeline(bomb)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_a_file_nested_without_end_is_one_sentence(opening: str, closing: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(f"pipeline: p\nblocks: {opening * 5000}1{closing * 5000}")
    with pytest.raises(InputError, match="nested too deeply"):
        read_pipeline(path)


def test_a_key_given_twice_is_found_among_many(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("pipeline: p\nblocks:\n" + "".join(f"  b{n}: {{use: x}}\n" for n in range(400)) + "  b7: {use: y}\n")
    with pytest.raises(InputError, match="'b7' is given twice"):
        read_pipeline(path)


def test_an_alias_may_save_writing_a_zone_twice(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "pipeline: p\nblocks:\n  a: {use: toy.mean, zone: &z [[0, 0], [1, 1]]}\n  b: {use: toy.mean, zone: *z}\n"
    )
    assert read_pipeline(path).blocks["b"].arguments == {"zone": [[0, 0], [1, 1]]}


def test_yaml_round_trip_keeps_the_meaning() -> None:
    import yaml

    for name in template_names():
        pipeline = find_pipeline(name)
        assert parse_pipeline(yaml.safe_load(pipeline.to_yaml())) == pipeline


@given(st.permutations(["a", "b", "c", "d", "e"]), st.data())
def test_any_acyclic_graph_compiles_in_an_order_that_respects_its_wires(names: list[str], data: st.DataObject) -> None:
    blocks: dict[str, Any] = {}
    for place, name in enumerate(names):
        before = data.draw(st.sampled_from([None, *names[:place]]))
        blocks[name] = {"use": "toy.number", "detections": f"{before}.tracks"} if before else BOX
    tracked = {n: b for n, b in blocks.items() if b["use"] == "toy.number"}
    for block in tracked.values():
        source = block["detections"].partition(".")[0]
        block["detections"] = f"{source}.tracks" if source in tracked else f"{source}.detections"
    shuffled = {name: blocks[name] for name in data.draw(st.permutations(names))}
    order = [node.name for node in compile_pipeline(graph(shuffled)).nodes]
    assert sorted(order) == sorted(names)
    for name, block in tracked.items():
        assert order.index(block["detections"].partition(".")[0]) < order.index(name)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=20,
    )
)
def test_no_data_breaks_the_reader_with_anything_but_a_pipeline_error(data: Any) -> None:
    try:
        compile_pipeline(parse_pipeline({"pipeline": "x", "blocks": data}))
    except PipelineError as error:
        assert error.problems


def test_every_block_keeps_the_contract() -> None:
    for spec in BLOCKS.values():
        assert spec.doc.summary.endswith("."), f"{spec.name} needs a first sentence"
        documented = set(spec.doc.arguments)
        asked = {*spec.settings.model_fields, *spec.wired_inputs}
        if spec.family != "toy":
            assert asked <= documented, f"{spec.name} says nothing of {asked - documented}"
        assert spec.mode in Mode
        for name, field in spec.settings.model_fields.items():
            assert not field.is_required() or spec.family != "toy" or name

"""Carrying decisions out, and the ways out of the queue and back: CSV, Label Studio."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackside.core import InputError
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.queue import (
    Decision,
    Queue,
    apply,
    apply_decisions,
    export_csv,
    export_tasks,
    import_tasks,
    labelling_config,
)
from trackside.data.queue.cells import escaped, read_table, unescaped, write_table
from trackside.data.suspects import Suspect

NAN = float("nan")


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    names = ["a.jpg", "b.jpg", "sub/ü c.jpg"]
    annotations = Annotations.of(
        [0, 0, 0, 2],
        classes=[0, 1, 1, 0],
        boxes=[[1, 2, 30, 40], [50, 6, 70, 80], [NAN] * 4, [0, 0, 10, 10]],
        points=[
            [[5, 6, 2], [7, 8, 1]],
            [[1, 1, 0], [NAN, NAN, NAN]],
            [[NAN, NAN, NAN], [NAN, NAN, NAN]],
            [[1, 1, 2], [2, 2, 2]],
        ],
        annotators=["", "", "ann", ""],
        extras=[{"area": 1102, "iscrowd": 0}, {"area": 5}, {}, {}],
    )
    items = Items.of(names, labels=[0, 1, 0], sizes=[[100, 90]] * 3)
    return Dataset(tmp_path, items, annotations, ("ant", "bee"), ("nose", "tail"))


@pytest.fixture
def queue(tmp_path: Path, data: Dataset) -> Queue:
    queue = Queue(tmp_path / "queue.sqlite")
    scores = dict(zip(data.items.names, (0.9, 0.6, 0.3), strict=True))
    queue.feed([Suspect("labels", name, score, "odd", "label", "bee") for name, score in scores.items()], dataset=data)
    return queue


def test_relabel_remove_and_keep_change_what_they_say_and_nothing_else(data: Dataset, queue: Queue) -> None:
    queue.decide(1, Decision("relabel", "wasp"), "ann")
    queue.decide(2, Decision("remove"), "ann")
    queue.decide(3, Decision("keep"), "ann")
    done = apply(data, queue)
    assert list(done.items.names) == ["a.jpg", "sub/ü c.jpg"]
    assert [done.label_name(row) for row in range(2)] == ["wasp", "ant"]
    assert done.classes == ("ant", "bee", "wasp")
    assert list(done.annotations.items) == [0, 0, 0, 1]
    np.testing.assert_array_equal(done.annotations.boxes, data.annotations.boxes)
    assert list(data.items.labels) == [0, 1, 0], "the given one is as it was"


def test_an_edit_replaces_boxes_and_keeps_what_the_format_said_of_them(data: Dataset) -> None:
    edit = Decision("edit", boxes=((1, 2, 30, 40), (3, 3, 4, 4)), labels=("bee", "ant"), places=(0, -1))
    done = apply_decisions(data, {"a.jpg": edit}).dataset.annotations
    assert list(done.items) == [0, 0, 0, 2]
    np.testing.assert_array_equal(done.boxes, [[NAN] * 4, [1, 2, 30, 40], [3, 3, 4, 4], [0, 0, 10, 10]])
    assert list(done.classes) == [1, 1, 0, 0]
    assert list(done.extras) == [{}, {"area": 1102, "iscrowd": 0}, {}, {}]
    assert done.points[1, 0].tolist() == [5, 6, 2] and np.isnan(done.points[2]).all()
    assert list(done.annotators) == ["ann", "", "", ""], "a further label has no outline that an edit could mean"


def test_a_box_that_moved_loses_the_area_of_the_old_outline(data: Dataset) -> None:
    edit = Decision("edit", boxes=((1, 2, 30, 41),))
    done = apply_decisions(data, {"a.jpg": edit}).dataset.annotations
    assert {"iscrowd": 0} in list(done.extras)


def test_an_edit_to_no_boxes_removes_them(data: Dataset) -> None:
    done = apply_decisions(data, {"sub/ü c.jpg": Decision("edit", boxes=())}).dataset
    assert list(done.annotations.items) == [0, 0, 0]


def test_keypoints_that_do_not_fit_are_one_sentence(data: Dataset) -> None:
    edit = Decision("edit", points=(((1, 2, 2),),))
    with pytest.raises(InputError, match=r"a\.jpg: a decision gives keypoints that are not 2"):
        apply_decisions(data, {"a.jpg": edit})


def test_items_that_are_gone_are_told(data: Dataset) -> None:
    done = apply_decisions(data, {"other": Decision("remove"), "b.jpg": Decision("relabel", "bee")})
    assert (done.absent, done.removed, done.relabelled) == (("other",), 0, 0)


def test_no_decisions_leave_the_data_set_equal(data: Dataset, tmp_path: Path) -> None:
    done = apply(data, Queue(tmp_path / "empty.sqlite"))
    assert list(done.items.names) == list(data.items.names)
    np.testing.assert_array_equal(done.annotations.boxes, data.annotations.boxes)


def test_csv_holds_every_entry_and_no_formula(queue: Queue, tmp_path: Path) -> None:
    queue.feed([Suspect("labels", "=cmd|' /C calc'!A0", 0.1, "+x")])
    queue.decide(1, Decision("relabel", "bee", comment='@me, "quoted"\nsecond line'), "ann")
    assert export_csv(queue, tmp_path / "out.csv") == 4
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert "'=cmd" in text and "\n=cmd" not in text
    table = read_table(tmp_path / "out.csv")
    assert table["item"][-1] == "=cmd|' /C calc'!A0"
    assert table["comment"][0] == '@me, "quoted"\nsecond line'
    assert (table["action"][0], table["new_label"][0], table["by"][0]) == ("relabel", "bee", "ann")


@pytest.mark.parametrize(
    "text", ["=1", "+a", "-a", "@a", "'", "''", "'=1", "\tx", "plain", "", "-3.5", "'tis", "a\r\nb", "−5"]
)
def test_every_cell_comes_back(text: str, tmp_path: Path) -> None:
    assert unescaped(escaped(text)) == text
    write_table(tmp_path / "t.csv", ["first", "second"], [["x", text]])
    assert read_table(tmp_path / "t.csv")["second"] == [text]


def test_tables_of_other_programs_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("item;tag\r\na;x\r\n\r\nb;\r\n".encode("utf-8-sig"))
    assert read_table(path) == {"item": ["a", "b"], "tag": ["x", ""]}
    for content, match in [
        (b"", "no heading"),
        (b"a,a\n1,2\n", "twice"),
        (b"item,b\n1,2,3\n", "line 2: has 3 cells"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"a,b\n1,2\n", "has no column 'item'"),
    ]:
        path.write_bytes(content)
        with pytest.raises(InputError, match=match):
            read_table(path, needs=["item"])


def _annotated(tasks: list[dict[str, object]], number: int, results: object, **more: object) -> None:
    given = {"id": 7 + number, "completed_by": {"email": "ann@x"}, "created_at": "2026-01-02T03:04:05.5Z", "result": results}
    tasks[number]["annotations"] = [given | more]


def test_label_studio_tasks_carry_suggestions_and_boxes_in_per_cent(data: Dataset, queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    assert export_tasks(queue, data, path, address="s3://x/") == 3
    tasks = json.loads(path.read_text())
    assert tasks[2]["data"]["image"] == "s3://x/sub/%C3%BC%20c.jpg"
    results = tasks[0]["predictions"][0]["result"]
    assert [part["type"] for part in results] == [
        "choices", "rectanglelabels", "keypointlabels", "keypointlabels", "rectanglelabels",
    ]  # fmt: skip
    assert results[0]["value"] == {"choices": ["bee"]}
    assert results[1]["value"].pop("rectanglelabels") == ["ant"]
    assert results[1]["value"] == pytest.approx(
        {"x": 1, "y": 100 * 2 / 90, "width": 29, "height": 100 * 38 / 90, "rotation": 0}
    )
    config = (tmp_path / "tasks.config.xml").read_text()
    assert config == labelling_config(data) and 'value="bee"' in config and "KeyPointLabels" in config


def test_label_studio_round_trip_without_a_change_keeps_everything(data: Dataset, queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    export_tasks(queue, data, path)
    tasks = json.loads(path.read_text())
    for number, task in enumerate(tasks):
        shown = [part for part in task["predictions"][0]["result"] if part["type"] != "choices"]
        label = {"from_name": "label", "type": "choices", "value": {"choices": [task["data"]["label"]]}}
        _annotated(tasks, number, [*shown, label])
    path.write_text(json.dumps(tasks))
    assert import_tasks(queue, data, path).new == 3
    assert queue.counts().actions == {"keep": 3}
    again = import_tasks(queue, data, path)
    assert (again.new, again.known) == (0, 3)
    assert queue.workers() == (), "work in Label Studio is not counted as work here"


def test_label_studio_decisions_become_ours(data: Dataset, queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    export_tasks(queue, data, path)
    tasks = json.loads(path.read_text())
    first = tasks[0]["predictions"][0]["result"]
    first[1]["value"]["x"] = 2.0
    new = {"id": "Xy1", "type": "rectanglelabels", "original_width": 100, "original_height": 90,
           "value": {"x": 10, "y": 10, "width": 10, "height": 10, "rectanglelabels": ["bee"]}}  # fmt: skip
    comment = {"type": "textarea", "from_name": "comment", "value": {"text": ["moved"]}}
    _annotated(tasks, 0, [*first, new, comment])
    _annotated(tasks, 1, [{"from_name": "action", "type": "choices", "value": {"choices": ["remove"]}}])
    _annotated(tasks, 2, [], was_cancelled=True, completed_by=4)
    path.write_text(json.dumps(tasks))
    assert import_tasks(queue, data, path).new == 3
    decided = {item: part for page in queue.pages("all") for item, part in zip(page.items, page.decided, strict=True)}
    edit = decided["a.jpg"]
    assert edit is not None and edit.by == "Label Studio, ann@x" and edit.at == 1767323045.5
    assert (edit.decision.action, edit.decision.label, edit.decision.comment) == ("edit", "bee", "moved")
    assert edit.decision.places == (0, 1, -1)
    np.testing.assert_allclose(edit.decision.boxes, [[2, 2, 31, 40], [50, 6, 70, 80], [10, 9, 20, 18]])  # type: ignore[arg-type]
    assert edit.decision.points[0] == ((pytest.approx(5), pytest.approx(6), 2.0), (pytest.approx(7), pytest.approx(8), 1.0))  # type: ignore[index]
    assert decided["sub/ü c.jpg"].by == "Label Studio, 4"  # type: ignore[union-attr]
    done = apply(data, queue)
    assert list(done.items.names) == ["a.jpg", "sub/ü c.jpg"] and done.label_name(0) == "bee"
    np.testing.assert_allclose(
        done.annotations.boxes, [[NAN] * 4, [2, 2, 31, 40], [50, 6, 70, 80], [10, 9, 20, 18], [0, 0, 10, 10]]
    )


@pytest.mark.parametrize("content", ["", "{}", "[1]", "nonsense", "[" * 100000])
def test_files_that_are_no_export_are_one_sentence(content: str, queue: Queue, data: Dataset, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(InputError, match=r"x\.json"):
        import_tasks(queue, data, tmp_path / "x.json")


def test_tasks_that_cannot_be_used_cost_the_others_nothing(queue: Queue, data: Dataset, tmp_path: Path) -> None:
    box = {"type": "rectanglelabels", "original_width": 100, "original_height": 90,
           "value": {"x": 10, "y": 10, "width": 0, "height": 10, "rectanglelabels": ["bee"]}}  # fmt: skip
    tasks: list[dict[str, object]] = [
        {},
        {"data": {"item": "zzz"}},
        {"data": {"item": "a.jpg"}, "annotations": [{"result": [box]}]},
        {"data": {"item": "a.jpg"}, "annotations": [{"result": [{"type": "choices"}]}]},
        {"data": {"item": "b.jpg"}, "annotations": [{"id": 1, "was_cancelled": True}]},
    ]
    (tmp_path / "x.json").write_text(json.dumps(tasks))
    found = import_tasks(queue, data, tmp_path / "x.json")
    assert found.new == 1 and len(found.troubles) == 4
    assert "task 2: zzz: the queue has no such item" in str(found.troubles[1])


def test_entries_whose_item_is_gone_are_left_out_of_tasks(queue: Queue, data: Dataset, tmp_path: Path) -> None:
    assert export_tasks(queue, data.take([0]), tmp_path / "t.json") == 1
    unknown = replace(data, items=replace(data.items, sizes=np.zeros((3, 2), np.int32)))
    with pytest.raises(InputError, match="is no picture"):
        export_tasks(queue, unknown, tmp_path / "t.json")

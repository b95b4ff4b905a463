"""Mistakes of a detector, each kind by hand; COCO files; picture columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError
from trackside.lab.errors import Predictions, find_slices, read_coco_results, with_picture_columns
from trackside.lab.errors.detection import Boxes, detection_mistakes, iou

BOX, LOW, NEAR = [0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 9.0], [2.0, 0.0, 12.0, 10.0]


def boxes(rows: list[tuple[int, list[float], int, float]]) -> Boxes:
    return Boxes(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.float64).reshape(-1, 4),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.float64),
    )


def judged(truth: list[Any], found: list[Any]) -> list[tuple[str, str, str]]:
    rows = detection_mistakes(boxes(truth), boxes(found), ["a.jpg", "b.jpg"], ["cat", "dog"])
    return sorted(zip(rows.columns["mistake"], rows.truth, rows.predicted, strict=True))


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ([(0, BOX, 0, 1)], [(0, BOX, 0, 0.9)], [("right", "cat", "cat")]),
        ([(0, BOX, 0, 1)], [], [("miss", "cat", "(nothing)")]),
        ([(0, BOX, 0, 1)], [(0, BOX, 0, 0.4)], [("miss", "cat", "(nothing)")]),
        ([], [(1, BOX, 1, 0.9)], [("false positive", "(nothing)", "dog")]),
        ([(0, BOX, 0, 1)], [(1, BOX, 0, 0.9)], [("false positive", "(nothing)", "cat"), ("miss", "cat", "(nothing)")]),
        ([(0, BOX, 0, 1)], [(0, BOX, 1, 0.9)], [("wrong class", "cat", "dog")]),
        ([(0, BOX, 0, 1)], [(0, [0, 0, 10, 4], 0, 0.9)], [("bad localisation", "cat", "cat")]),
        ([(0, BOX, 0, 1)], [(0, BOX, 0, 0.9), (0, LOW, 0, 0.8)], [("found twice", "cat", "cat"), ("right", "cat", "cat")]),
        ([(0, BOX, 0, 1)], [(0, BOX, 1, 0.9), (0, LOW, 0, 0.6)], [("right", "cat", "cat"), ("wrong class", "cat", "dog")]),
        ([(0, BOX, 0, 1), (0, NEAR, 0, 1)], [(0, BOX, 0, 0.9), (0, NEAR, 0, 0.8)], [("right", "cat", "cat")] * 2),
        ([], [], []),
    ],
    ids=["right", "miss", "unsure", "invented", "other image", "class", "place", "twice", "both", "two near", "none"],
)  # fmt: skip
def test_each_kind_by_hand(truth: list[Any], found: list[Any], expected: list[tuple[str, str, str]]) -> None:
    assert judged(truth, found) == expected


def test_a_mistake_is_a_row_that_is_not_right_also_where_the_class_is() -> None:
    rows = detection_mistakes(boxes([(0, BOX, 0, 1)]), boxes([(0, [0, 0, 10, 4], 0, 0.9)]), ["a"], ["cat"])
    assert rows.wrong.tolist() == [True] and rows.columns["IoU"].tolist() == [0.4] and rows.columns["area"].tolist() == [100]
    assert rows.keys.tolist() == ["a#object:0"]


def test_iou_by_hand() -> None:
    found = iou(np.array([BOX, [20.0, 20, 20, 30]]), np.array([[5.0, 0, 15, 10], BOX]))
    assert found == pytest.approx(np.array([[1 / 3, 1], [0, 0]]))


def test_boxes_that_are_not_numbers_are_one_sentence() -> None:
    with pytest.raises(InputError, match="not finite"):
        detection_mistakes(boxes([(0, [0, 0, np.nan, 1], 0, 1)]), boxes([]), ["a"], ["cat"])


def _coco(folder: Path, results: Any) -> tuple[Path, Path]:
    truth = {
        "images": [{"id": 7, "file_name": "a.jpg"}, {"id": 3, "file_name": "b.jpg"}],
        "categories": [{"id": 90, "name": "cat"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 90, "bbox": [0, 0, 10, 10]},
            {"id": 2, "image_id": 3, "category_id": 90, "bbox": [100, 100, 50, 50], "iscrowd": 1},
        ],
    }
    (folder / "gt.json").write_text(json.dumps(truth))
    (folder / "dt.json").write_text(json.dumps(results))
    return folder / "gt.json", folder / "dt.json"


def test_coco_results_are_read_and_crowds_forgiven(tmp_path: Path) -> None:
    rows = [
        {"image_id": 7, "category_id": 90, "bbox": [0, 0, 10, 10], "score": 0.9},
        {"image_id": 3, "category_id": 90, "bbox": [110, 110, 10, 10], "score": 0.9},
        {"image_id": 3, "category_id": 90, "bbox": [0, 0, 10, 10], "score": 0.8},
    ]
    found = read_coco_results(*_coco(tmp_path, rows))
    assert sorted(found.columns["mistake"]) == ["false positive", "right"] and found.items.tolist() == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    "results",
    [{}, [1], [{"image_id": 1}], [{"image_id": 7, "category_id": 5, "bbox": [0, 0, 1, 1]}], [{"bbox": "x"}], "text"],
)
def test_other_results_are_one_sentence(results: Any, tmp_path: Path) -> None:
    if results == {}:
        assert len(read_coco_results(*_coco(tmp_path, []))) == 1
        return
    with pytest.raises(InputError, match="no COCO results"):
        read_coco_results(*_coco(tmp_path, results))


def test_other_ground_truths_are_one_sentence(tmp_path: Path) -> None:
    for text in ("", "{}", "[]", '{"images": 3}'):
        (tmp_path / "gt.json").write_text(text)
        (tmp_path / "dt.json").write_text("[]")
        with pytest.raises(InputError, match=r"gt\.json"):
            read_coco_results(tmp_path / "gt.json", tmp_path / "dt.json")


def test_objects_that_are_missed_when_small_are_a_slice_and_inventions_are_none() -> None:
    random = np.random.default_rng(0)
    truth, found = [], []
    for image in range(800):
        side = float(random.choice([12, 40, 90]))
        box = [0.0, 0.0, side, side * 1.1]
        truth.append((image, box, 0, 1.0))
        if random.random() > (0.5 if side == 12 else 0.05):
            found.append((image, box, 0, 0.9))
        if random.random() < 0.2:
            found.append((image, [500.0, 500, 560, 560], 0, 0.8))
    rows = detection_mistakes(boxes(truth), boxes(found), [f"i{number}" for number in range(800)], ["cat"])
    slices = find_slices(rows)
    assert len(slices.found) == 1 and slices.left_out == ("mistake", "IoU")
    assert any(name in slices.found[0].name for name in ("area", "height"))


def test_pictures_give_columns_and_dark_ones_that_fail_are_found(shared_data: Path) -> None:
    folder = shared_data / "hymenoptera"
    paths = sorted(folder.rglob("*.jpg"))[:200]
    if len(paths) < 200:
        pytest.skip("needs the hymenoptera pictures")
    names = [path.relative_to(folder).as_posix() for path in paths]
    told = with_picture_columns(Predictions.of(names, ["x"] * 200, ["x"] * 200), folder)
    light = told.columns["light"]
    assert np.isfinite(light).all() and 0 < light.min() < light.max() < 1 and (told.columns["kilobytes"] > 1).all()
    random = np.random.default_rng(0)
    fails = np.where(light < np.quantile(light, 0.3), random.random(200) < 0.6, random.random(200) < 0.05)
    world = Predictions.of(names, ["x"] * 200, np.where(fails, "y", "x"), columns=told.columns)
    assert "light at most" in find_slices(world).found[0].name


def test_absent_and_broken_pictures_have_no_columns(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), np.full((4, 6, 3), 255, np.uint8))
    (tmp_path / "b.png").write_text("no picture")
    told = with_picture_columns(Predictions.of(["a.png", "b.png", "c.png"], ["x"] * 3, ["x"] * 3), tmp_path)
    assert told.columns["light"][0] == pytest.approx(1) and np.isnan(told.columns["light"][1:]).all()
    assert told.columns["width by height"][0] == 1.5 and told.columns["sharpness"][0] == pytest.approx(0, abs=1e-6)
    with pytest.raises(InputError, match="none of the items is a picture"):
        with_picture_columns(Predictions.of(["b.png"], ["x"], ["x"]), tmp_path)

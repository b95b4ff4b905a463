"""Classes as blocks: in boxes, of tracks, of whole pictures; drawn and written by the blocks that there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import trackside
from tests.perception.classifying import colours
from trackside.core import Detections, PipelineError, Tracks
from trackside.pipelines.blocks.classify import UNSURE, classify_image, classify_in_boxes
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline

BOXES = np.array([[4, 4, 20, 28], [36, 4, 60, 28]], np.float32)
"""The first lies on red, the second on blue."""


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(colours(tmp_path / "model").folder)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Six pictures, red on the left and blue on the right, and detections of both halves beside them."""
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, :32, 0] = picture[:, 32:, 2] = 255
    (tmp_path / "pictures").mkdir()
    for number in range(6):
        cv2.imwrite(str(tmp_path / "pictures" / f"{number}.png"), picture[..., ::-1])
    rows = [(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in BOXES.tolist()]
    lines = [f"{frame},-1,{','.join(map(str, row))},0.9" for frame in range(1, 7) for row in rows]
    (tmp_path / "det.txt").write_text("\n".join(lines), "utf-8")
    return tmp_path / "pictures"


def _halves() -> np.ndarray:
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, :32, 0] = picture[:, 32:, 2] = 255
    return picture


def _found(boxes: np.ndarray = BOXES) -> Detections:
    return Detections(boxes, np.full(len(boxes), 0.5), np.zeros(len(boxes)), ("person",))  # type: ignore[arg-type]


def test_boxes_get_the_class_and_its_probability(model: str) -> None:
    [named] = classify_in_boxes([_halves()], [_found()], model=model, margin=0)
    assert [named.label(row) for row in range(2)] == ["red", "blue"]
    np.testing.assert_array_equal(named.boxes, BOXES)
    assert (named.scores > 0.99).all()
    assert type(named) is Detections


def test_tracks_keep_their_numbers_also_when_there_are_none(model: str) -> None:
    tracks = Tracks.of(_found(), [7, 3])
    named, nobody = classify_in_boxes([_halves()] * 2, [tracks, Tracks.empty(("person",))], model=model)
    assert isinstance(named, Tracks) and named.ids.tolist() == [7, 3]
    assert isinstance(nobody, Tracks) and len(nobody) == 0 and nobody.names == named.names


def test_below_the_threshold_the_class_is_open_and_the_probability_stays(model: str) -> None:
    between = _found(np.array([[24, 4, 40, 28]], np.float32))
    for threshold, said in ((0.9, UNSURE), (0.2, "red"), (None, "red")):
        [named] = classify_in_boxes([_halves()], [between], model=model, threshold=threshold, margin=0)
        assert named.label(0) in ({said, "blue"} if said == "red" else {said})
        assert 0.45 < named.scores[0] < 0.55


def test_what_lies_outside_the_picture_has_no_class_whatever_the_threshold(model: str) -> None:
    outside = _found(np.array([[70, 4, 90, 28], [np.nan] * 4], np.float32))
    [named] = classify_in_boxes([_halves()], [outside], model=model, threshold=0.0)
    assert [named.label(row) for row in range(2)] == [UNSURE, UNSURE]
    assert named.scores.tolist() == [0, 0]


def test_whole_pictures_are_one_row_each(model: str) -> None:
    red = np.zeros((9, 30, 3), np.uint8)
    red[..., 0] = 255
    first, second = classify_image([red, _halves()], model=model, threshold=0.9)
    assert first["class"] == ["red"] and first["probability"][0] > 0.99
    assert second["class"] == [UNSURE] and len(second) == 1
    assert classify_image([], model=model) == []


def _pipeline(tmp_path: Path, model: str) -> dict[str, Any]:
    return {
        "pipeline": "test",
        "blocks": {
            "find": {"use": "detect.from_file@1", "path": str(tmp_path / "det.txt")},
            "track": {"use": "track.objects@1", "detections": "find"},
            "name": {"use": "classify.in_boxes@1", "images": "source.images", "people": "track", "model": model},
            "whole": {"use": "classify.image@1", "images": "source.images", "model": model},
            "draw": {"use": "draw.overlay@1", "images": "source.images", "tracks": "name"},
        },
        "save": ["draw.annotated", "name.detections", "whole.table"],
    }


def test_classes_are_drawn_and_written_with_the_numbers_of_the_tracks(pictures: Path, tmp_path: Path, model: str) -> None:
    result = trackside.run(_pipeline(tmp_path, model), pictures, tmp_path / "out")
    rows = result.tables["detections"].to_pylist()
    assert len(rows) >= 8
    named = {(row["id"], row["class"]) for row in rows}
    assert {name for _, name in named} == {"red", "blue"} and len(named) == 2
    assert all(row["class"] == ("red" if row["x1"] < 30 else "blue") and row["score"] > 0.9 for row in rows)
    whole = result.tables["whole-table"].to_pylist()
    assert len(whole) == 6 and set(whole[0]) == {"frame", "time_s", "class", "probability"}
    assert result.files[0].videos[0].stat().st_size > 0


def test_the_label_is_drawn(pictures: Path, tmp_path: Path, model: str) -> None:
    seen = 0
    for record in trackside.stream({**_pipeline(tmp_path, model), "save": []}, pictures):
        if len(record["name"]):
            assert (record["draw"] != _halves()).any()
            seen += 1
    assert seen


def test_a_classifier_must_be_chosen_and_a_detector_is_none(tmp_path: Path) -> None:
    for settings, said in (({}, "required"), ({"model": "yolox-nano"}, "for detection, not classification.*of the task")):
        whole = {"use": "classify.image", "images": "source.images", **settings}
        with pytest.raises(PipelineError, match=said):
            compile_pipeline(parse_pipeline({"pipeline": "test", "blocks": {"whole": whole}}))

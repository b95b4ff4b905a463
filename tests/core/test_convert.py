"""To other tools' forms and back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Detections, InputError, Keypoints, Tracks, TracksideError
from trackside.core.convert import (
    coco_categories,
    from_coco,
    from_supervision,
    keypoints_from_coco,
    to_coco,
    to_supervision,
)
from trackside.core.motchallenge import mot_rows, read_mot, write_mot

NAMES = ("person", "ball", "bat")


def some(seed: int = 0, count: int = 5) -> Tracks:
    rng = np.random.default_rng(seed)
    low = rng.uniform(-500, 4000, (count, 2))
    boxes = np.concatenate([low, low + rng.uniform(0.01, 3000, (count, 2))], axis=1).astype(np.float32)
    scores = rng.random(count).astype(np.float32)
    found = Detections(boxes, scores, rng.integers(0, 3, count).astype(np.int32), NAMES)
    return Tracks.of(found, rng.permutation(count) + 1)


def bare(tracks: Tracks) -> Detections:
    return Detections(tracks.boxes, tracks.scores, tracks.classes, tracks.names)


def same(a: Detections, b: Detections, *, names: bool = True) -> bool:
    arrays = ("boxes", "scores", "classes", *(("ids",) if isinstance(a, Tracks) else ()))
    return (
        type(a) is type(b)
        and all(np.array_equal(getattr(a, n), getattr(b, n)) for n in arrays)
        and (not names or a.names == b.names)
    )


@given(seed=st.integers(0, 10_000), count=st.integers(1, 8))
def test_coco_keeps_every_bit_of_tracks(seed: int, count: int) -> None:
    tracks = some(seed, count)
    text = json.dumps(to_coco(tracks, image_id=7))
    assert same(from_coco(json.loads(text), coco_categories(NAMES)), tracks)


def test_coco_annotations_have_the_published_form() -> None:
    found = Detections([[10, 20, 40, 60]], [0.5], [1], NAMES)  # type: ignore[arg-type]
    assert to_coco(found, 7, first_id=3) == [
        {"id": 3, "image_id": 7, "category_id": 2, "bbox": [10, 20, 30, 40], "area": 1200, "iscrowd": 0, "score": 0.5}
    ]
    assert coco_categories(NAMES[:2]) == [{"id": 1, "name": "person"}, {"id": 2, "name": "ball"}]


def test_coco_ground_truth_with_categories_that_leave_out_numbers() -> None:
    categories = [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}]
    found = from_coco([{"bbox": [0, 0, 1, 1], "category_id": 90}], categories)
    assert (found.label(0), found.scores.tolist(), type(found)) == ("toothbrush", [1.0], Detections)
    assert len(from_coco([], categories)) == 0


def test_coco_keypoints_come_back_with_scores_and_identities() -> None:
    rng = np.random.default_rng(1)
    tracks = some(1, 3)
    scores = rng.random((3, 17)).astype(np.float32)
    scores[0, 0] = 0
    people = Keypoints(rng.uniform(-9, 9, (3, 17, 2)).astype(np.float32), scores, "coco17", tracks.ids)
    annotations = json.loads(json.dumps(to_coco(tracks, 1, keypoints=people)))
    back = keypoints_from_coco(annotations)
    assert (back.points == people.points).all() and (back.scores == people.scores).all()
    assert back.ids is not None and (back.ids == tracks.ids).all()
    assert annotations[0]["num_keypoints"] == 16 and annotations[0]["keypoints"][2] == 0


def test_coco_visibility_stands_in_for_scores() -> None:
    row = [v for k in range(17) for v in (k, k, k % 3)]
    assert keypoints_from_coco([{"keypoints": row}]).scores[0, :3].tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    "annotation",
    [{"category_id": 1}, {"bbox": [0, 0, 1, 1]}, {"bbox": [0, 0, 1, 1], "category_id": 9}, {"bbox": "x", "category_id": 1}],
)
def test_malformed_coco_annotations_are_refused(annotation: dict[str, object]) -> None:
    with pytest.raises(InputError, match="COCO"):
        from_coco([annotation], coco_categories(NAMES))


def test_keypoints_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="keypoints"):
        keypoints_from_coco([{"keypoints": [1, 2, 3]}])
    with pytest.raises(InputError, match="do not fit"):
        to_coco(some(0, 2), 1, keypoints=Keypoints.empty("coco17"))


@given(seed=st.integers(0, 10_000), counts=st.dictionaries(st.integers(1, 99), st.integers(1, 4), max_size=5))
def test_motchallenge_keeps_every_bit_of_tracks(
    seed: int, counts: dict[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("mot") / "r.txt"
    frames = {frame: some(seed + frame, count) for frame, count in counts.items()}
    write_mot(path, frames)
    back = read_mot(path)
    assert list(back) == sorted(frames)
    assert all(same(back[frame], frames[frame], names=False) for frame in frames)


def test_detections_without_identity_are_written_as_minus_one() -> None:
    assert next(iter(mot_rows(3, bare(some(0, 1))))).startswith("3,-1,")


def test_real_files_are_read_in_full(shared_data: Path) -> None:
    path = shared_data / "mot15" / "TUD-Campus" / "gt" / "gt.txt"
    rows = [line.split(",") for line in path.read_text().splitlines() if line.strip()]
    frames = read_mot(path)
    assert sum(map(len, frames.values())) == len(rows)
    assert set(np.concatenate([tracks.ids for tracks in frames.values()])) == {int(float(row[1])) for row in rows}
    x, y, width, height = (float(cell) for cell in rows[0][2:6])
    assert frames[int(rows[0][0])].boxes[0].tolist() == pytest.approx([x, y, x + width, y + height])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,2,3", "3 cells"),
        ("1,2,a,4,5,6", "not a number"),
        ("0,1,1,1,1,1", "from 1"),
        ("1.5,1,1,1,1,1", "whole"),
        ("1,1,nan,1,1,1", "finite"),
        ("1,1,1e999,1,1,1", "finite"),
    ],
)
def test_a_malformed_row_names_its_line(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "det.txt"
    path.write_text(f"1,-1,1,1,1,1,1\n\n{line}\n")
    with pytest.raises(InputError, match=says) as caught:
        read_mot(path)
    assert "line 3" in str(caught.value)


def test_files_that_cannot_be_read_and_frames_below_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_mot(tmp_path / "none.txt")
    (tmp_path / "raw").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot read"):
        read_mot(tmp_path / "raw")
    with pytest.raises(InputError, match="from 1"):
        write_mot(tmp_path / "a.txt", {0: some()})
    (tmp_path / "empty").touch()
    assert read_mot(tmp_path / "empty") == {}


def test_rows_of_different_lengths_are_read_like_those_of_one_length(tmp_path: Path) -> None:
    even, ragged = tmp_path / "even.txt", tmp_path / "ragged.txt"
    even.write_text("1,4,1,2,3,4,0.5,2\n3,5,1,2,3,4,1,1\n1,6,9,2,3,4,1,1\n")
    ragged.write_text("1,4,1,2,3,4,0.5,2,-1,-1\n3,5,1,2,3,4\n\n1,6,9,2,3,4,1\n")
    one, other = read_mot(even), read_mot(ragged)
    assert list(one) == list(other) == [1, 3]
    assert one[1].ids.tolist() == [4, 6]
    assert all(same(one[frame], other[frame]) for frame in one)


def test_short_rows_get_score_one_and_the_first_class(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("2,5,1,2,3,4\n")
    tracks = read_mot(tmp_path / "a.txt")[2]
    assert (tracks.ids.tolist(), tracks.boxes.tolist(), tracks.scores.tolist(), tracks.classes.tolist()) == (
        [5],
        [[1, 2, 4, 6]],
        [1],
        [0],
    )


@pytest.mark.parametrize("kind", [Tracks, Detections])
def test_supervision_gives_back_the_same(kind: type[Detections]) -> None:
    pytest.importorskip("supervision", reason="supervision is not installed: pip install 'trackside[convert]'")
    tracks = some()
    sent = tracks if kind is Tracks else bare(tracks)
    converted = to_supervision(sent)
    assert converted.data["class_name"].tolist() == [sent.label(row) for row in range(len(sent))]
    assert same(from_supervision(converted), sent)
    nobody = from_supervision(to_supervision(kind.empty(NAMES)))
    assert len(nobody) == 0 and isinstance(nobody, kind)


def test_without_supervision_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "supervision", None)
    with pytest.raises(TracksideError, match=r"trackside\[convert\]"):
        to_supervision(some())

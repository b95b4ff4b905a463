"""Tracks from files of three forms: the same tracks, and a sentence for each file that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError, Tracks
from trackside.core.files import write_json
from trackside.core.motchallenge import write_mot
from trackside.perception.tracking.files import frame_rate, read_sequences, read_tracks

BOXES = {1: [[10, 20, 40, 90]], 2: [[12, 20, 42, 90], [100.5, 30, 140, 95]], 4: [[101, 30, 141, 95]]}
IDS = {1: [7], 2: [7, 3], 4: [3]}


def tracks() -> dict[int, Tracks]:
    return {
        frame: Tracks(np.array(BOXES[frame]), np.full(len(ids), 0.75), np.zeros(len(ids)), (), np.array(ids))  # type: ignore[arg-type]
        for frame, ids in IDS.items()
    }


def assert_same(found: dict[int, Tracks]) -> None:
    assert found.keys() == IDS.keys()
    for frame, expected in tracks().items():
        np.testing.assert_array_equal(found[frame].boxes, expected.boxes)
        np.testing.assert_array_equal(found[frame].ids, expected.ids)
        np.testing.assert_array_equal(found[frame].scores, expected.scores)


def coco(*, first: int = 1, identity: str = "track_id", videos: tuple[str, ...] = ("a",)) -> dict[str, Any]:
    """The same tracks in every video, with frames that count from `first`."""
    images, annotations = [], []
    for video in range(len(videos)):
        for frame, ids in [(1, IDS[1]), (2, IDS[2]), (3, []), (4, IDS[4])]:
            images.append({"id": len(images), "video_id": video, "frame_id": frame - 1 + first})
            for (x, y, z, w), track in zip(BOXES.get(frame, []), ids, strict=True):
                box = {"bbox": [x, y, z - x, w - y], "category_id": 1, "score": 0.75, identity: track}
                annotations.append({"id": len(annotations), "image_id": images[-1]["id"], **box})
    named = [{"id": number, "name": name} for number, name in enumerate(videos)]
    return {"videos": named, "images": images, "annotations": annotations, "categories": [{"id": 1, "name": "person"}]}


def saved_by_a_pipeline(folder: Path) -> Path:
    from trackside.pipelines.tabular import TableWriter

    writer = TableWriter(folder / "tracks", csv=False)
    for frame in range(1, 5):  # A pipeline counts frames from 0.
        writer.add(frame - 1, (frame - 1) / 10, tracks().get(frame, Tracks.empty()))
    writer.close()
    return folder / "tracks.parquet"


def test_text(tmp_path: Path) -> None:
    write_mot(tmp_path / "a.txt", tracks())
    assert_same(read_tracks(tmp_path / "a.txt"))


def test_the_table_that_a_pipeline_saves(tmp_path: Path) -> None:
    assert_same(read_tracks(saved_by_a_pipeline(tmp_path)))


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("identity", ["track_id", "instance_id"])
def test_coco_video(tmp_path: Path, first: int, identity: str) -> None:
    write_json(tmp_path / "a.json", coco(first=first, identity=identity))
    assert_same(read_tracks(tmp_path / "a.json"))


def test_coco_of_several_videos_is_several_sequences(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    write_json(path, coco(videos=("a", "b")))
    sequences = read_sequences(path)
    assert list(sequences) == ["a", "b"]
    assert_same(sequences["b"])
    with pytest.raises(InputError, match=r"all\.json: holds 2 sequences \(a, b\); give a file with one sequence"):
        read_tracks(path)


@pytest.mark.parametrize("mark", ["iscrowd", "ignore"])
def test_coco_boxes_that_do_not_count_have_score_0(tmp_path: Path, mark: str) -> None:
    data = coco()
    data["annotations"][0][mark] = 1
    write_json(tmp_path / "a.json", data)
    found = read_tracks(tmp_path / "a.json")
    assert found[1].scores.tolist() == [0]
    assert found[2].scores.tolist() == [0.75, 0.75]


def test_folders_of_sequences(tmp_path: Path) -> None:
    for name in ("b", "a"):
        for inside in ("gt/gt.txt", "det/det.txt"):
            (tmp_path / "data" / name / inside).parent.mkdir(parents=True)
            write_mot(tmp_path / "data" / name / inside, tracks())
        (tmp_path / "flat").mkdir(exist_ok=True)
        write_mot(tmp_path / "flat" / f"{name}.txt", tracks())
    (tmp_path / "flat" / "notes.md").write_text("no tracks")
    for found in (read_sequences(tmp_path / "data", inside="gt/gt.txt"), read_sequences(tmp_path / "flat")):
        assert list(found) == ["a", "b"]
        assert_same(found["a"])
    assert list(read_sequences(tmp_path / "flat", inside="gt/gt.txt")) == ["a", "b"]
    assert list(read_sequences(tmp_path / "data" / "a", inside="det/det.txt")) == ["a"]
    assert list(read_sequences(tmp_path / "data" / "a" / "gt" / "gt.txt")) == ["a"]


def test_frame_rate_stands_beside_the_sequence(tmp_path: Path) -> None:
    truth = tmp_path / "a" / "gt" / "gt.txt"
    truth.parent.mkdir(parents=True)
    truth.touch()
    assert frame_rate(truth) is None
    (tmp_path / "a" / "seqinfo.ini").write_text("[Sequence]\nname=a\nframeRate=12.5\n")
    assert frame_rate(truth) == frame_rate(tmp_path / "a") == 12.5


@pytest.mark.parametrize("text", ["", "[Sequence]\n", "[Sequence]\nframeRate=often\n", "[Sequence]\nframeRate=0\n", "\0["])
def test_a_seqinfo_without_frame_rate_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "seqinfo.ini").write_text(text)
    with pytest.raises(InputError, match=r"seqinfo\.ini: gives no frame rate; write frameRate=25 under \[Sequence\]"):
        frame_rate(tmp_path)


def test_what_is_no_file_of_tracks_is_told_with_what_to_give(tmp_path: Path) -> None:
    for name, said in {
        "none.txt": "there is no such file or folder; check the path",
        "a.mp4": "cannot read tracks from a .mp4 file; give .txt (MOTChallenge), .json (COCO video) or .parquet",
        "b.parquet": "this is no table of tracks (",
        "c.json": "cannot read (",
        "d.txt": "a cell is not a number; rows are frame,id,x,y,w,h,score,...",
    }.items():
        path = tmp_path / name
        if name != "none.txt":
            path.write_text("no tracks")
        with pytest.raises(InputError) as caught:
            read_tracks(path)
        assert said in str(caught.value)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("videos"),
        lambda data: data["annotations"][0].pop("track_id"),
        lambda data: data["annotations"][0].update(image_id=99),
        lambda data: data["annotations"][0].update(bbox=[1, 2]),
        lambda data: data["annotations"][0].update(bbox=None),
        lambda data: data["annotations"][0].update(category_id=5),
        lambda data: data["annotations"][0].update(track_id="seven"),
        lambda data: data["annotations"][0].update(track_id=10**30),
        lambda data: data["images"][1].update(frame_id=1),
        lambda data: data["videos"].append({"id": 9, "name": "a"}),
        lambda data: data.update(images=7),
        lambda data: data.update(annotations=["x"]),
    ],
)
def test_a_coco_file_with_something_missing_or_wrong_is_told(tmp_path: Path, spoil: Any) -> None:
    data, path = coco(), tmp_path / "a.json"
    spoil(data)
    write_json(path, data)
    with pytest.raises(InputError) as caught:
        read_tracks(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "; " in str(caught.value), "says what to do"


def test_a_list_of_results_is_no_coco_video_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(coco()["annotations"]))
    with pytest.raises(InputError, match="give a COCO file with videos, images"):
        read_tracks(tmp_path / "a.json")


def test_a_table_of_something_else_or_with_empty_cells_is_told(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    good = parquet.read_table(saved_by_a_pipeline(tmp_path))
    parquet.write_table(good.drop_columns(["id"]), tmp_path / "other.parquet")
    holes = good.set_column(good.column_names.index("id"), "id", pa.array([1, None, 3, 4]))
    parquet.write_table(holes, tmp_path / "holes.parquet")
    for name, said in {"other": "give one with the columns frame, id, x1", "holes": "empty cells in id"}.items():
        with pytest.raises(InputError, match=said):
            read_tracks(tmp_path / f"{name}.parquet")


def test_two_files_of_one_name_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"this folder holds no sequences; put files there as SEQUENCE/gt/gt\.txt or"):
        read_sequences(tmp_path, inside="gt/gt.txt")
    write_mot(tmp_path / "a.txt", tracks())
    write_json(tmp_path / "a.json", coco())
    with pytest.raises(InputError, match=r"a\.json and a\.txt name one sequence; keep one of them"):
        read_sequences(tmp_path)

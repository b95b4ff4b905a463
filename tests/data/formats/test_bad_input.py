"""Broken data sets: each fault is a trouble and the rest is read; only what is unusable as a whole is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from trackside.core import InputError, TracksideError
from trackside.data.dataset import Dataset
from trackside.data.formats.format import FORMATS
from trackside.data.reading import read_dataset


def picture(path: Path, width: int = 8, height: int = 6, grey: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.full((height, width), grey, np.uint8))[1].tobytes())
    return path


def told(dataset: Dataset) -> str:
    return "\n".join(map(str, dataset.troubles))


def test_classes_may_be_empty_and_files_that_are_no_pictures_are_told(tmp_path: Path) -> None:
    picture(tmp_path / "cat" / "1.png")
    (tmp_path / "cat" / "notes.doc").write_text("x")
    (tmp_path / "dog").mkdir()
    dataset = read_dataset(tmp_path)
    assert dataset.classes == ("cat", "dog")
    assert dataset.items.names.tolist() == ["cat/1.png"]
    assert told(dataset) == "cat/notes.doc: is no picture"


def test_a_link_back_to_a_folder_above_ends(tmp_path: Path) -> None:
    picture(tmp_path / "cat" / "1.png")
    (tmp_path / "cat" / "loop").symlink_to(tmp_path, target_is_directory=True)
    dataset = read_dataset(tmp_path)
    assert dataset.items.names.tolist() == ["cat/1.png"]
    assert "leads back" in told(dataset)


def test_folders_on_top_are_splits_only_if_all_are(tmp_path: Path) -> None:
    picture(tmp_path / "train" / "1.png")
    picture(tmp_path / "plane" / "2.png")
    assert read_dataset(tmp_path).classes == ("plane", "train")
    other = tmp_path / "other"
    picture(other / "train" / "cat" / "1.png")
    picture(other / "Valid" / "cat" / "2.png")
    dataset = read_dataset(other)
    assert dataset.classes == ("cat",)
    assert sorted(dataset.items.splits) == ["train", "val"]


def test_a_folder_without_a_picture_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(InputError, match=r"looks like no data set: there is a folder with 1 files .*a\.doc"):
        read_dataset(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_dataset(tmp_path / "absent")
    with pytest.raises(TracksideError, match="did you mean 'coco'"):
        read_dataset(tmp_path, "cocco")
    picture(tmp_path / "1.png")
    with pytest.raises(TracksideError, match="read without 'colums'"):
        read_dataset(tmp_path, "csv", colums={})


COCO = {
    "images": [
        {"id": 1, "file_name": "1.png", "width": 8, "height": 6},
        {"id": 2, "file_name": "../../etc/passwd"},
        {"id": 3, "file_name": "1.png"},
        {"id": 4, "file_name": "absent.png"},
        {"id": 5},
        7,
    ],
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog", "keypoints": ["nose", "tail"]}, {"name": "none"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"id": 2, "image_id": 1, "category_id": 9, "bbox": [1, 2, 3, 4]},
        {"id": 3, "image_id": 99, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"id": 4, "image_id": 1, "category_id": 1, "bbox": [1, float("nan"), 3, 4]},
        {"id": 5, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]},
        {"id": 6, "image_id": 1, "category_id": 1, "bbox": None},
        {"id": 7, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "keypoints": [1, 2, 2]},
        {"id": 8, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "keypoints": [1, 2, 2, 3, 4, 1]},
        {"category_id": 1, "bbox": [1, 2, 3, 4]},
        "rubbish",
        {"id": 11, "image_id": [], "category_id": {}, "bbox": "x"},
    ],
}


def test_coco_reads_what_is_whole(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.json").write_text(json.dumps(COCO))
    dataset = read_dataset(tmp_path)
    assert dataset.items.names.tolist() == ["1.png", "absent.png"]
    assert dataset.annotations.boxes.tolist() == [[1, 2, 4, 6], [1, 2, 4, 6]]
    assert dataset.annotations.points[1].tolist() == [[1, 2, 2], [3, 4, 1]]
    text = told(dataset)
    expected = ("leads out", "named twice", "absent.png: the picture is not there", "image 5 has no file_name", "image 6")
    for what in (*expected, "category has no id", "annotation 2 has the category 9", "annotation 3 belongs to the image 99"):
        assert what in text
    for number, what in ((4, "not finite"), (5, "not four"), (6, "not four"), (7, "1 keypoints where"), (9, "no image_id")):
        assert f"annotation {number} has" in text
        assert what in text
    assert "annotation 10" in text
    assert "annotation 11" in text


def test_a_healthy_data_set_has_no_troubles(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    healthy = {key: value[:1] for key, value in COCO.items()}
    (tmp_path / "a.json").write_text(json.dumps(healthy))
    assert read_dataset(tmp_path).troubles == ()


def test_annotations_before_categories_are_read(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    turned = {key: COCO[key][:1] for key in ("annotations", "categories", "images")}
    (tmp_path / "a.json").write_text(json.dumps(turned))
    dataset = read_dataset(tmp_path, "coco")
    assert dataset.annotations.classes.tolist() == [0]
    assert dataset.troubles == ()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_json_that_ends_early_gives_what_came_before(tmp_path: Path, share: float) -> None:
    picture(tmp_path / "1.png")
    text = json.dumps({key: COCO[key] for key in ("images", "categories", "annotations")})
    (tmp_path / "a.json").write_text(text[: int(share * len(text))])
    dataset = read_dataset(tmp_path, "coco")
    assert "ends early" in told(dataset)
    assert "1.png" in dataset.items.names


def test_coco_with_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    text = json.dumps({**{key: value[:1] for key, value in COCO.items()}, "info": {"by": "@@"}})
    (tmp_path / "a.json").write_bytes(text.encode().replace(b"@@", b"\xff\xfe"))
    dataset = read_dataset(tmp_path)
    assert len(dataset.annotations) == 1
    assert "not UTF-8" in told(dataset)


CSV = b"""path,label,x1,y1,x2,y2
1.png,cat,1,2,3,4
1.png,cat,nan,2,3,4
1.png,dog,x,2,3,4
../../etc/passwd,cat,1,2,3,4
1.png,dog,1,2
\xff\xfe.png,cat,1,2,3,4
2.png,,,,,
"""


def test_csv_reads_what_is_whole(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    picture(tmp_path / "2.png")
    (tmp_path / "a.csv").write_bytes(CSV)
    dataset = read_dataset(tmp_path)
    assert {"1.png", "2.png"} <= set(dataset.items.names)
    assert dataset.annotations.boxes[dataset.annotations.items == dataset.row_of("1.png")].tolist() == [[1, 2, 3, 4]]
    text = told(dataset)
    for what in ("line 3: the box is not four", "'x' is no number", "leads out", "the row has 4 cells", "not UTF-8"):
        assert what in text


def test_a_table_that_nothing_is_recognised_in_says_what_it_misses(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("bild;art\n1.png;katze\n")
    with pytest.raises(InputError, match=r"no column of paths or texts, only bild, art"):
        read_dataset(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match=r"holds no text table"):
        read_dataset(tmp_path / "b.csv")


def test_columns_are_named_where_names_do_not_tell(tmp_path: Path) -> None:
    picture(tmp_path / "pics" / "1.png")
    (tmp_path / "a.csv").write_text("bild;art\n1.png;katze\n")
    with pytest.raises(InputError, match=r"no column of paths or texts, only bild, art; .*--column path=NAME"):
        read_dataset(tmp_path, "csv")
    dataset = read_dataset(tmp_path, "csv", columns={"path": "bild", "label": "art"})
    assert dataset.items.names.tolist() == ["pics/1.png"]
    assert dataset.classes == ("katze",)
    with pytest.raises(TracksideError, match="did you mean 'bild'"):
        read_dataset(tmp_path, "csv", columns={"path": "bid"})


def yolo(root: Path, labels: bytes, names: str = "[cat, dog]", extra: str = "") -> Path:
    picture(root / "images" / "1.png")
    (root / "labels").mkdir()
    (root / "labels" / "1.txt").write_bytes(labels)
    (root / "data.yaml").write_text(f"train: images\nnames: {names}\n{extra}")
    return root


def test_yolo_reads_what_is_whole(tmp_path: Path) -> None:
    lines = b"0 0.5 0.5 0.5 0.5\n7 0.5 0.5 0.5 0.5\n0 nan 0.5 0.5 0.5\n0 x 0 0 0\n0 0.5\n1.5 0 0 0 0\n1 0 0 1 0 1 1\n"
    dataset = read_dataset(yolo(tmp_path, lines))
    assert dataset.annotations.boxes.tolist() == [[2, 1.5, 6, 4.5], [0, 0, 8, 6]]
    assert dataset.annotations.classes.tolist() == [0, 1]
    text = told(dataset)
    for line, what in ((2, "class 7"), (3, "not finite"), (4, "no number"), (5, "2 cells"), (6, "class 1.5")):
        assert f"line {line}: " in text
        assert what in text


def test_yolo_that_points_outside_is_told(tmp_path: Path) -> None:
    dataset = read_dataset(yolo(tmp_path, b"", extra="val: ../../etc\ntest: nowhere\n"))
    assert "leads out" in told(dataset)
    assert "no such folder" in told(dataset)


def test_yolo_of_a_broken_picture_keeps_its_numbers(tmp_path: Path) -> None:
    root = yolo(tmp_path, b"0 0.5 0.5 0.25 0.125\n")
    (root / "images" / "1.png").write_bytes(b"no picture")
    dataset = read_dataset(root)
    assert np.isnan(dataset.annotations.boxes).all()
    assert "size is not known" in told(dataset)
    assert dataset.annotations.extras[0] == {"yolo": [0.5, 0.5, 0.25, 0.125]}


def test_mot_reads_what_is_whole(tmp_path: Path) -> None:
    (tmp_path / "S" / "gt").mkdir(parents=True)
    rows = "1,1,10,20,30,40,1,1,0.5\n0,1,1,1,1,1,1,1,1\n2,x,1,1,1,1\n3,1,1\n2,1,nan,1,1,1,1,1,1\n"
    rows += "2,1,5,5,5,5,0,7,1\n1e12,1,5,5,5,5,0,7,1\n"
    (tmp_path / "S" / "gt" / "gt.txt").write_text(rows)
    (tmp_path / "S" / "seqinfo.ini").write_text("[Sequence]\nframeRate=25\nseqLength=3\nimWidth=64\nimHeight=48\n")
    dataset = read_dataset(tmp_path)
    assert len(dataset) == 3
    assert dataset.items.times.tolist() == [0, 0.04, 0.08]
    assert dataset.annotations.boxes.tolist() == [[10, 20, 40, 60], [5, 5, 10, 10]]
    assert [dataset.classes[kind] for kind in dataset.annotations.classes] == ["pedestrian", "static person"]
    assert dataset.annotations.extras.tolist() == [{"visibility": 0.5}, {"visibility": 1.0, "considered": 0.0}]
    text = told(dataset)
    for line in (2, 3, 4, 5, 7):
        assert f"gt.txt, line {line}: " in text
    assert "none of the 3 pictures" in text


CVAT = """<?xml version="1.0"?>{}<annotations><version>1.1</version>
<image id="0" name="1.png" width="8" height="6"><box label="cat" xtl="1" ytl="2" xbr="3" ybr="4" occluded="0"/>
<box label="cat" xtl="nan" ytl="2" xbr="3" ybr="4"/><box label="cat" xtl="1"/><points label="p" points="1,2;x"/></image>
<image id="1" name="../../etc/passwd"/><track id="1"/>{}"""


def test_cvat_reads_what_is_whole(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.xml").write_text(CVAT.format("", "</annotations>"))
    dataset = read_dataset(tmp_path)
    assert dataset.annotations.boxes.tolist() == [[1, 2, 3, 4]]
    assert told(dataset).count("a box is broken") == 2
    assert "a points is broken" in told(dataset)
    assert "leads out" in told(dataset)
    assert "track" in told(dataset)


def test_cvat_that_ends_early_gives_what_came_before(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.xml").write_text(CVAT.format("", ""))
    dataset = read_dataset(tmp_path)
    assert len(dataset.annotations) == 1
    assert "ends early" in told(dataset)


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    (tmp_path / "a.xml").write_text(CVAT.format(bomb, "</annotations>"))
    with pytest.raises(InputError, match="document type, which is refused"):
        read_dataset(tmp_path)


def test_label_studio_reads_what_is_whole(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    size = {"original_width": 8, "original_height": 6, "type": "rectanglelabels"}
    good = {**size, "id": "a", "value": {"x": 50, "y": 50, "width": 25, "height": 50, "rectanglelabels": ["cat"]}}
    results = [good, {**size, "value": {"x": "y"}}, {**good, "original_width": 0}, 5, {"type": "rectanglelabels"}]
    tasks = [
        {"id": 1, "data": {"image": "/data/upload/3/1.png"}, "annotations": [{"completed_by": 4, "result": results}]},
        8,
        {},
    ]
    (tmp_path / "a.json").write_text(json.dumps(tasks))
    dataset = read_dataset(tmp_path)
    assert dataset.annotations.boxes.tolist() == [[4, 3, 6, 6]]
    assert dataset.annotations.annotators.tolist() == ["4"]
    assert told(dataset).count("is broken") == 3
    assert "task 2 has no data" in told(dataset)
    assert "task 3 has no data" in told(dataset)


def test_transcripts_read_what_is_whole(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.tsv").write_bytes(b"1.png\tone\ttwo\n2.png\n../x.png\tz\n3.png\t\xff\n")
    dataset = read_dataset(tmp_path)
    assert dataset.items.texts.tolist() == ["one\ttwo", "\ufffd"]
    text = told(dataset)
    for what in (
        "line 2: the line has no tab",
        "leads out",
        "line 4: the line is not UTF-8",
        "3.png: the picture is not there",
    ):
        assert what in text


def test_pictures_with_a_text_each(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    picture(tmp_path / "2.png")
    (tmp_path / "1.txt").write_text("hello\n")
    dataset = read_dataset(tmp_path)
    assert dataset.format == "transcripts"
    assert dataset.items.texts.tolist() == ["hello", ""]
    assert told(dataset) == "2.png: has no transcript"


WRONG: list[tuple[str, str, Callable[[Path], object]]] = [
    (format, name, lambda path, text=text: path.write_bytes(text))
    for format, name in (("coco", "a.json"), ("label-studio", "a.json"), ("cvat", "a.xml"), ("parquet", "a.parquet"))
    for text in (b"", b"\x00\x01\x02", b"{[", b"<a")
] + [
    ("csv", "a.csv", lambda path: path.write_bytes(b"")),
    ("idx", "a-idx3-ubyte", lambda path: path.write_bytes(b"\0\0\x08")),
]


@pytest.mark.parametrize(("format", "name", "make"), WRONG)
def test_files_that_are_nothing_are_one_sentence(
    tmp_path: Path, format: str, name: str, make: Callable[[Path], object]
) -> None:
    make(tmp_path / name)
    options = {"unpack": tmp_path / "out"} if format == "idx" else {}
    with pytest.raises(InputError) as caught:
        read_dataset(tmp_path / name, format, **options)
    assert "\n" not in str(caught.value)


def test_a_hundred_thousand_classes(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    rows = "".join(f"1.png,class {number}\n" for number in range(100_000))
    (tmp_path / "a.csv").write_text("path,box_class\n" + rows)
    dataset = read_dataset(tmp_path / "a.csv")
    assert len(dataset.classes) == 100_000
    categories = [{"id": number, "name": f"class {number}"} for number in range(100_000)]
    (tmp_path / "a.json").write_text(json.dumps({"images": COCO["images"][:1], "categories": categories, "annotations": []}))
    assert len(read_dataset(tmp_path / "a.json").classes) == 100_000


def test_every_format_is_told_from_the_others() -> None:
    assert {"coco", "csv", "cvat", "folder", "idx", "label-studio", "mot", "parquet", "transcripts", "yolo"} <= set(FORMATS)

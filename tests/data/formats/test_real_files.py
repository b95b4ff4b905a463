"""Files as other tools write them: what was read is written back as it was."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.data.formats.test_bad_input import picture
from trackside.data.reading import read_dataset
from trackside.data.writing import write_dataset

COCO = {
    "info": {"year": 2017, "contributor": "COCO"},
    "licenses": [{"id": 3, "name": "BY-NC"}],
    "images": [
        {"id": 397133, "file_name": "000397133.png", "width": 8, "height": 6, "license": 3, "coco_url": "http://x/1"},
        {"id": 37777, "file_name": "000037777.png", "width": 8, "height": 6, "license": 3},
    ],
    "categories": [
        {"id": 1, "name": "person", "supercategory": "person", "keypoints": ["nose", "left_eye"], "skeleton": [[1, 2]]},
        {"id": 18, "name": "dog", "supercategory": "animal"},
    ],
    "annotations": [
        {
            "id": 82445,
            "image_id": 397133,
            "category_id": 1,
            "bbox": [102.49, 118.47, 7.9, 17.31],
            "area": 64.5,
            "iscrowd": 0,
            "segmentation": [[1.5, 2, 3.25, 4, 5, 6]],
            "keypoints": [1, 2, 2, 0, 0, 0],
            "num_keypoints": 1,
        },
        {
            "id": 9001,
            "image_id": 37777,
            "category_id": 18,
            "bbox": [0.1, 0.2, 0.2, 0.1],
            "area": 3,
            "iscrowd": 1,
            "segmentation": {"counts": [1, 2, 3], "size": [6, 8]},
        },
    ],
}


def test_coco_comes_back_as_it_was(tmp_path: Path) -> None:
    for image in COCO["images"]:
        picture(tmp_path / "val2017" / str(image["file_name"]))
    file = tmp_path / "annotations" / "person_keypoints_val2017.json"
    file.parent.mkdir()
    file.write_text(json.dumps(COCO))
    dataset = read_dataset(tmp_path)
    assert dataset.items.names[0] == "val2017/000397133.png"
    assert dataset.troubles == ()
    assert read_dataset(file).items.names[0] == "val2017/000397133.png"
    assert not write_dataset(dataset, tmp_path / "out", "coco")
    again = json.loads((tmp_path / "out" / "annotations" / "instances_val.json").read_text())
    for image in again["images"]:
        image["file_name"] = image["file_name"].removeprefix("val2017/")
        assert image.pop("split") == "val"
    again.pop("trackside")
    assert again == COCO


def result(kind: str, value: dict[str, object], **more: object) -> dict[str, object]:
    size = {"original_width": 200, "original_height": 100, "image_rotation": 0}
    return {"type": kind, "from_name": "l", "to_name": "i", "value": value, "origin": "manual", **size, **more}


TASKS = [
    {
        "id": 7,
        "data": {"image": "/data/upload/1/a%20b.png", "note": "x"},
        "created_at": "2024-01-01",
        "annotations": [
            {
                "id": 1,
                "completed_by": {"id": 1, "email": "ann@x"},
                "was_cancelled": False,
                "lead_time": 3.5,
                "result": [
                    result(
                        "keypointlabels",
                        {"x": 50.0, "y": 10.0, "width": 0.3, "keypointlabels": ["nose"]},
                        id="k",
                        parentID="r",
                    ),
                    result(
                        "rectanglelabels",
                        {"x": 10.0, "y": 20.0, "width": 10.0, "height": 40.0, "rotation": 90, "rectanglelabels": ["dog"]},
                        id="r",
                    ),
                    result("brushlabels", {"format": "rle", "rle": [1, 2], "brushlabels": ["dog"]}, id="b"),
                    {"type": "choices", "from_name": "c", "to_name": "i", "id": "c", "value": {"choices": ["good"]}},
                ],
            },
            {
                "id": 2,
                "completed_by": 5,
                "result": [{"type": "choices", "from_name": "c", "to_name": "i", "id": "d", "value": {"choices": ["bad"]}}],
            },
        ],
        "predictions": [
            {
                "model_version": "m1",
                "score": 0.75,
                "result": [
                    result(
                        "rectanglelabels",
                        {"x": 0.0, "y": 0.0, "width": 50.0, "height": 50.0, "rotation": 0, "rectanglelabels": ["dog"]},
                        id="p",
                    )
                ],
            }
        ],
    }
]


def test_label_studio_comes_back_as_it_was(tmp_path: Path) -> None:
    picture(tmp_path / "a b.png")
    (tmp_path / "export.json").write_text(json.dumps(TASKS))
    dataset = read_dataset(tmp_path)
    kept = dataset.annotations
    assert dataset.items.names.tolist() == ["a b.png"]
    assert dataset.items.sizes.tolist() == [[200, 100]]
    assert sorted(kept.annotators) == ["5", "ann@x", "ann@x", "m1"]
    # The rectangle turns about its upper left corner, 90 degrees clockwise: 20 x 40 pixels become 40 x 20, to the left.
    turned = kept.boxes[np.flatnonzero((kept.annotators == "ann@x") & kept.has_box)[0]]
    np.testing.assert_allclose(turned, [20 - 40, 20, 20, 20 + 20], atol=1e-9)
    assert kept.points[0, dataset.keypoints.index("nose")].tolist() == [100, 10, 2]
    assert dataset.items.labels.tolist() == [-1]
    assert kept.scores[kept.annotators == "m1"].tolist() == [0.75]
    write_dataset(dataset, tmp_path / "out", "label-studio")
    again = json.loads((tmp_path / "out" / "tasks.json").read_text())
    again[0].pop("meta")
    assert again == TASKS


def test_a_changed_box_is_written_changed(tmp_path: Path) -> None:
    picture(tmp_path / "a b.png")
    (tmp_path / "export.json").write_text(json.dumps(TASKS))
    dataset = read_dataset(tmp_path)
    row = int(np.flatnonzero(dataset.annotations.annotators == "m1")[0])
    dataset.annotations.boxes[row] = [20, 10, 40, 30]
    write_dataset(dataset, tmp_path / "out", "label-studio")
    value = json.loads((tmp_path / "out" / "tasks.json").read_text())[0]["predictions"][0]["result"][0]["value"]
    assert (value["x"], value["y"], value["width"], value["height"]) == (10, 10, 10, 20)
    assert value["rectanglelabels"] == ["dog"]


def test_people_who_agree_give_the_class(tmp_path: Path) -> None:
    picture(tmp_path / "a b.png")
    tasks = json.loads(json.dumps(TASKS).replace('"bad"', '"good"'))
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    dataset = read_dataset(tmp_path)
    assert dataset.label_name(0) == "good"


CVAT = """<annotations><version>1.1</version><meta><task><id>5</id><labels>
<label><name>dog</name><color>#fff</color></label><label><name>cat</name></label>
<label><name>nose</name><type>points</type><parent>dog</parent></label></labels></task></meta>
<image id="3" name="a.png" subset="Train" width="8" height="6">
<tag label="cat" source="manual"><attribute name="sure">yes</attribute></tag>
<box label="dog" source="manual" occluded="1" xtl="1.5" ytl="2.25" xbr="3.5" ybr="4.0" z_order="2" rotation="90">
<attribute name="age">3</attribute></box>
<polygon label="cat" source="auto" occluded="0" points="1.0,2.0;3.0,1.0;2.0,5.0" z_order="0"/>
<points label="dog" source="manual" occluded="0" points="1.0,2.0;3.0,4.5" z_order="0"/>
<skeleton label="dog" source="manual" z_order="0"><points label="nose" outside="0" occluded="1" points="1.0,2.0"/></skeleton>
</image></annotations>"""


def test_cvat_comes_back_as_it_was(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "annotations.xml").write_text(CVAT)
    dataset = read_dataset(tmp_path)
    assert dataset.label_name(0) == "cat"
    assert dataset.items.splits.tolist() == ["train"]
    assert dataset.annotations.boxes[0].tolist() == pytest.approx([1.625, 2.125, 3.375, 4.125])
    assert dataset.annotations.boxes[1].tolist() == [1, 1, 3, 5]
    losses = write_dataset(dataset, tmp_path / "out", "cvat")
    assert not losses
    assert _plain((tmp_path / "out" / "annotations.xml").read_text()) == _plain(CVAT.replace('"Train"', '"train"'))


def _plain(text: str) -> object:
    def told(element: ElementTree.Element) -> object:
        return element.tag, sorted(element.attrib.items()), (element.text or "").strip(), [told(one) for one in element]

    return told(ElementTree.fromstring(text))


def test_yolo_lines_come_back_as_they_were(tmp_path: Path) -> None:
    lines = "1 0.481719 0.634028 0.690625 0.713278\n0 0.741094 0.524306 0.314750 0.933389\n1 0.1 0.2 0.3 0.4 0.5 0.6\n"
    picture(tmp_path / "train" / "images" / "1.png", 640, 480)
    (tmp_path / "train" / "labels").mkdir()
    (tmp_path / "train" / "labels" / "1.txt").write_text(lines)
    (tmp_path / "data.yaml").write_text("train: ../train/images\nnc: 2\nnames: ['a', 'b']\nroboflow: {version: 3}\n")
    dataset = read_dataset(tmp_path)
    assert dataset.troubles == ()
    write_dataset(dataset, tmp_path / "out", "yolo")
    written = (tmp_path / "out" / "train" / "labels" / "1.txt").read_text()
    assert [float(cell) for cell in written.split()] == [float(cell) for cell in lines.split()]
    assert read_dataset(tmp_path / "out").info["yolo"] == {"roboflow": {"version": 3}}


@pytest.mark.parametrize("name", ["ADL-Rundle-6", "ETH-Sunnyday", "KITTI-17", "TUD-Campus"])
def test_motchallenge_rows_come_back_as_they_were(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / "mot15" / name
    dataset = read_dataset(folder)
    assert [str(one) for one in dataset.troubles if "pictures is there" not in one.what] == []
    assert not write_dataset(dataset, tmp_path, "mot", images="none")
    given, written = (np.loadtxt(root / "gt" / "gt.txt", delimiter=",") for root in (folder, tmp_path / name))
    if written.shape[1] == 9:
        given = given[:, :9]
    order = np.argsort(given[:, 0], kind="stable")
    np.testing.assert_array_equal(given[order], written)


def test_real_folders_and_tables(shared_data: Path) -> None:
    ants = read_dataset(shared_data / "hymenoptera")
    assert ants.classes == ("ants", "bees")
    assert ants.splits == ("train",)
    assert ants.troubles == ()
    tickets = read_dataset(shared_data / "banking77" / "banking_data")
    assert len(tickets.classes) == 77
    assert {split: len(tickets.in_split(split)) for split in tickets.splits} == {"test": 3080, "train": 10003}
    assert tickets.items.texts[0] == "How do I locate my card?"
    assert tickets.troubles == ()


def test_mnist_is_unpacked(shared_data: Path, tmp_path: Path) -> None:
    digits = read_dataset(shared_data / "mnist_t10k", unpack=tmp_path)
    assert len(digits) == 10_000
    assert digits.classes == tuple("0123456789")
    assert [digits.label_name(row) for row in range(5)] == ["7", "2", "1", "0", "4"]
    assert digits.path(0).is_file()

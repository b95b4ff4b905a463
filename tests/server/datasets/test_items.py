"""The grid: filters, orders, facets, single items, the map."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add
from tests.server.datasets.making import taken_in
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset, Trouble
from trackside.data.items import Items
from trackside.data.suspects import Suspect
from trackside.server.context import Site
from trackside.server.datasets.browsing import Filter, chosen, inside
from trackside.server.datasets.indexing import write_index
from trackside.server.datasets.opened import Opened, open_index
from trackside.server.datasets.showing import facets, item
from trackside.server.datasets.tables import DatasetRow


def index(folder: Path, dataset: Dataset, **more: Any) -> Opened:
    write_index(folder, dataset, "1", **more)
    return open_index(folder)


def items(client: TestClient, dataset: str, **asked: Any) -> Any:
    said = client.get(f"/api/datasets/{dataset}/items", params=asked)
    assert said.status_code == 200, said.text
    return said.json()


def test_items_come_as_columns_in_order(shapes: str, client: TestClient) -> None:
    told = items(client, shapes, limit=500)
    assert told["total"] == 16
    assert told["names"] == sorted(told["names"])
    assert {len(column) for name, column in told.items() if name != "total"} == {16}
    assert told["widths"][:4] == [64, 68, 72, 76]
    assert set(told["heights"]) == {48}
    assert told["labels"][0] == "blue"
    assert told["splits"][0] == "test"


def test_filters_choose_and_pages_follow_each_other(shapes: str, client: TestClient) -> None:
    red = items(client, shapes, label="red", split="test")
    assert red["total"] == 4
    assert all(name.startswith("test/red/") for name in red["names"])
    parts = [items(client, shapes, label="red", split="test", offset=at, limit=3)["rows"] for at in (0, 3, 6)]
    assert parts == [red["rows"][:3], red["rows"][3:], []]
    assert items(client, shapes, q="RED 1")["total"] == 2
    assert items(client, shapes, label="green")["total"] == 0
    assert items(client, shapes, label="")["total"] == 0
    assert items(client, shapes, group="")["total"] == 16


def test_facets_count_what_filters_choose(shapes: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{shapes}/facets").json()
    assert told["classes"] == [{"name": "blue", "count": 8}, {"name": "red", "count": 8}]
    assert sorted(one["name"] for one in told["splits"]) == ["test", "train"]
    for name in ("classes", "splits", "checks"):
        for one in told[name]:
            key = {"classes": "label", "splits": "split", "checks": "check"}[name]
            assert items(client, shapes, **{key: one["name"]})["total"] == one["count"]


def test_boxes_count_for_the_class_and_an_item_shows_them(boxes: str, client: TestClient) -> None:
    assert items(client, boxes, label="ball")["total"] == 3
    assert items(client, boxes)["boxes"] == [2, 2, 2]
    told = client.get(f"/api/datasets/{boxes}/facets").json()
    assert told["keypoints"] == ["head", "hip", "foot"]
    assert told["bones"] == [[0, 1], [1, 2]]
    one = client.get(f"/api/datasets/{boxes}/items/1").json()
    assert [box["label"] for box in one["annotations"]] == ["person", "ball"]
    assert one["annotations"][0]["box"] == [5, 5, 20, 25]
    assert one["annotations"][0]["points"] == [[6, 6, 2], [10, 10, 2], [12, 20, 1]]
    assert [box["annotation"] for box in one["annotations"]] == [2, 3]


def test_an_item_that_is_not_there_is_missing(shapes: str, client: TestClient) -> None:
    for address in ("items/16", "items/16/picture.jpg"):
        assert client.get(f"/api/datasets/{shapes}/{address}").status_code == 404
    assert client.get("/api/datasets/abc/items").status_code == 404


def test_before_it_is_read_there_is_one_sentence(client: TestClient) -> None:
    made = client.post("/api/datasets", json={"place": "place", "folder": "shapes"}).json()
    assert made["state"] == "waiting"
    assert made["readable"] is False
    for address in ("items", "items/0", "facets", "map", "queue", "health", "agreement", "items/0/picture.jpg"):
        assert client.get(f"/api/datasets/{made['id']}/{address}").status_code == 409, address


def test_the_map_has_a_place_for_each_item(shapes: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{shapes}/map").json()
    assert len(told["x"]) == len(told["y"]) == 16
    assert all(0 <= value <= 1 for value in (*told["x"], *told["y"]))
    assert told["made_of"]


def test_the_map_says_what_lies_on_it(shapes: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{shapes}/map").json()
    whole = items(client, shapes, limit=500)
    for place, row in enumerate(whole["rows"]):
        assert told["classes"][told["labels"][row]] == whole["labels"][place]
        assert told["split_names"][told["splits"][row]] == whole["splits"][place]
        assert told["suspicion"][row] == pytest.approx(whole["suspicion"][place], abs=0.006)
    assert len(told["labels"]) == len(told["splits"]) == len(told["suspicion"]) == 16


def test_a_part_of_the_map_filters(shapes: str, client: TestClient) -> None:
    told = client.get(f"/api/datasets/{shapes}/map").json()
    x = np.array(told["x"])
    middle = float(np.round(np.median(x), 4)) + 0.00001
    left = items(client, shapes, area=f"-1,-1,{middle:.5f},-1,{middle:.5f},2,-1,2", limit=500)
    assert sorted(left["rows"]) == np.flatnonzero(x < middle).tolist()
    assert 0 < left["total"] < 16
    red = items(client, shapes, area=f"-1,-1,{middle:.5f},-1,{middle:.5f},2,-1,2", label="red")
    assert set(red["rows"]) == {row for row in left["rows"] if told["classes"][told["labels"][row]] == "red"}
    assert items(client, shapes, area="2,2,3,2,3,3")["total"] == 0
    assert items(client, shapes, area="0.5,0,0.5,0,0.5,0")["total"] == 0
    for wrong in ("1,2,3", "0,0,1,1", "0,0,1,1,x,1", "0,0,1,1,nan,1", "0,0,1,1,1", ",".join(["0.5"] * 200)):
        assert client.get(f"/api/datasets/{shapes}/items", params={"area": wrong}).status_code == 422, wrong


@pytest.mark.parametrize("seed", range(4))
def test_places_inside_an_outline_are_those_that_opencv_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 1, (400, 2)).astype(np.float32)
    places[:5] = np.nan
    # A star, which is not convex; around its own middle, so that it does not cross itself.
    turns = np.linspace(0, 2 * np.pi, 17)[:-1]
    corners = 0.5 + random.uniform(0.1, 0.5, 16)[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    found = inside(places, [(float(x), float(y)) for x, y in corners])
    outline = np.asarray(corners, np.float32)
    told = [cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 if x == x else False for x, y in places]
    assert 50 < found.sum() < 350
    assert found.tolist() == told


def test_an_index_without_a_map_has_no_part_of_it(tmp_path: Path) -> None:
    data = index(tmp_path, Dataset(tmp_path, Items.of(["a.png"])))
    assert len(chosen(data, Filter(area=((-1, -1), (2, -1), (2, 2))), "name")) == 0
    assert json.loads(data.map_json())["x"] == [None]


def large(tmp_path: Path, n: int) -> tuple[Dataset, list[Suspect]]:
    random = np.random.default_rng(0)
    names = [f"train/{number % 97}/Picture {number:06}.jpg" for number in range(n)]
    kept = Items.of(
        names,
        labels=random.integers(-1, 50, n),
        splits=random.choice(["train", "test", ""], n).tolist(),
        groups=[f"video {number % 1000}" for number in range(n)],
        sizes=random.integers(1, 4000, (n, 2)),
    )
    rows = np.sort(random.integers(0, n, 2 * n))
    boxes = Annotations.of(rows, classes=random.integers(0, 50, 2 * n), boxes=random.uniform(0, 100, (2 * n, 4)))
    dataset = Dataset(tmp_path, kept, boxes, tuple(f"class {number}" for number in range(50)))
    suspects = [Suspect("blur", names[row], 0.5, "blurred") for row in random.integers(0, n, n // 10)]
    return dataset, suspects


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_filters_and_orders_are_what_a_loop_would_choose(seed: int, tmp_path: Path) -> None:
    dataset, suspects = large(tmp_path, 300)
    data = index(tmp_path / "work", dataset, suspects=suspects)
    random = np.random.default_rng(seed)
    pointed = {suspect.item for suspect in suspects}
    for _ in range(40):
        label, split, group, check = (
            random.choice(words)
            for words in (
                ["", "class 3", "class 99"],
                ["", "train", "nowhere"],
                ["", "video 7", "nobody"],
                ["", "blur", "other"],
            )
        )
        given = {"label": label, "split": split, "group": group, "check": check}
        used = {name: str(given[name]) for name in given if random.random() < 0.5}
        asked = Filter(**used, q=str(random.choice(["", "PICTURE 0001", "/3/"])))  # type: ignore[arg-type]

        def matches(row: int, asked: Filter = asked) -> bool:
            name = str(dataset.items.names[row])
            classes = {dataset.label_name(row)} | {
                dataset.classes[dataset.annotations.classes[one]] for one in dataset.of_item(row)
            }
            in_class = asked.label in classes if asked.label else classes <= {""}
            in_check = {"blur": name in pointed, "": name not in pointed, "other": False}
            return (
                (asked.label is None or in_class)
                and (asked.split is None or dataset.items.splits[row] == asked.split)
                and (asked.group is None or dataset.items.groups[row] == asked.group)
                and (asked.check is None or in_check[asked.check])
                and asked.q.lower() in name.lower()
            )

        wanted = [row for row in range(300) if matches(row)]
        found = chosen(data, asked, "name")
        assert sorted(found.tolist()) == wanted, asked
        assert [dataset.items.names[row] for row in found] == sorted(dataset.items.names[row] for row in wanted)
        by_size = chosen(data, asked, "size")
        areas = dataset.items.sizes.astype(np.int64).prod(axis=1)[by_size]
        assert (np.diff(areas) <= 0).all()
        assert set(chosen(data, asked, "random").tolist()) == set(wanted)
        assert (np.diff(data.column["suspicion"][chosen(data, asked, "suspicion")]) <= 0).all()
        assert (np.diff(dataset.items.labels[chosen(data, asked, "label")]) >= 0).all()


def test_a_hundred_thousand_items_answer_at_once(tmp_path: Path, site: Site, client: TestClient) -> None:
    dataset, suspects = large(tmp_path, 100_000)
    layout = np.random.default_rng(0).uniform(0, 1, (len(dataset), 2))
    write_index(tmp_path / "large", dataset, "1", suspects=suspects, layout=layout)
    with site.database.session() as db:
        row = DatasetRow(name="large", root=str(tmp_path), work=str(tmp_path / "large"), state="ready")
        db.add(row)
    items(client, row.id)
    slowest = 0.0
    for asked in (
        {"order": "suspicion"},
        {"label": "class 3", "order": "random"},
        {"q": "777"},
        {"check": "blur", "group": ""},
        {"area": "0.1,0.1,0.9,0.1" + ",0.9,0.9,0.1,0.9" * 31},
    ):
        for _ in range(2):
            start = time.perf_counter()
            told = items(client, row.id, limit=500, offset=200, **asked)
            took = time.perf_counter() - start
        slowest = max(slowest, took)
        assert len(told["rows"]) == min(500, max(0, told["total"] - 200))
    assert slowest < 0.5  # 0.1 on a machine that does nothing else
    assert client.get(f"/api/datasets/{row.id}/facets").status_code == 200


def test_odd_data_sets_can_be_shown(tmp_path: Path) -> None:
    """Nothing at all; NaN boxes; names that no text can hold; a hundred thousand classes."""
    empty = index(tmp_path / "a", Dataset(tmp_path, Items.of([])))
    assert len(chosen(empty, Filter(label="x", q="y"), "size")) == 0
    boxes = Annotations.of([0, 0], boxes=[[np.nan] * 4, [0, 0, np.inf, 1]], points=np.full((2, 3, 3), np.nan))
    odd = Dataset(
        tmp_path, Items.of(["a\udc80.jpg"], extras=[{"x": float("nan")}]), boxes, troubles=(Trouble("b", "broken\udc80"),)
    )
    data = index(tmp_path / "b", odd)
    told = item(data, 0)
    assert [box.box for box in told.annotations] == [None, None]
    assert [box.points for box in told.annotations] == [[], []]
    assert told.extras == {"x": None}
    assert told.model_dump_json()
    assert facets(data).troubles == ["b: broken?"]
    many = Dataset(tmp_path, Items.of(["a"], labels=[77_777]), classes=tuple(map(str, range(100_000))))
    found = facets(index(tmp_path / "c", many)).classes
    assert len(found) == 5000
    assert [one.name for one in found if one.count] == ["77777"]


def test_the_index_before_goes_when_a_new_one_is_there(tmp_path: Path) -> None:
    for number in range(3):
        data = index(tmp_path, Dataset(tmp_path, Items.of([f"{number}.png"])))
    assert data.names == ["2.png"]
    assert len(list((tmp_path / "index").iterdir())) == 1


def test_a_new_index_is_seen_by_whoever_had_the_old_one_open(add: Add, client: TestClient, place: Path, site: Site) -> None:
    shapes = add("shapes")
    assert items(client, shapes)["total"] == 16
    (place / "shapes" / "train" / "red" / "red 0.png").unlink()
    with site.database.session() as db:
        db.get_one(DatasetRow, shapes).state = "waiting"
    before = client.get(f"/api/datasets/{shapes}").json()["version"]
    taken_in(site, shapes)
    assert items(client, shapes)["total"] == 15
    assert client.get(f"/api/datasets/{shapes}").json()["version"] != before

"""Augmentation over the API."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add
from tests.server.datasets.making import picture
from trackside.data.augment import TRANSFORMS, recipe_of


def pixels(address: str) -> NDArray[Any]:
    kind, _, data = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded)


def tried(client: TestClient, dataset: str, *recipe: dict[str, Any], **more: Any) -> Any:
    said = client.post(f"/api/datasets/{dataset}/augment", json={"recipe": list(recipe), **more})
    assert said.status_code == 200, said.text
    return said.json()


def test_every_transform_has_a_form(client: TestClient) -> None:
    told = client.get("/api/datasets/transforms").json()
    assert [one["name"] for one in told] == list(TRANSFORMS)
    assert all(one["help"] and one["kind"] for one in told)
    for one in told:
        for setting in one["settings"]:
            assert setting["name"]
            assert setting["description"], (one["name"], setting)


def test_a_mirror_mirrors(boxes: str, client: TestClient) -> None:
    told = tried(client, boxes, {"use": "brightness", "by": 0.0}, count=1)
    mirrored = tried(client, boxes, {"use": "flip"}, count=2)
    assert np.abs(pixels(told["original"]).astype(int) - pixels(told["pictures"][0])).mean() < 6
    assert len(mirrored["pictures"]) == len(mirrored["captions"]) == 2
    assert not np.array_equal(pixels(mirrored["pictures"][0]), pixels(mirrored["original"]))


def test_the_same_seed_gives_the_same_pictures(shapes: str, client: TestClient) -> None:
    recipe = {"use": "rotate", "by": 40}
    assert tried(client, shapes, recipe, seed=3) == tried(client, shapes, recipe, seed=3)
    assert tried(client, shapes, recipe, seed=3) != tried(client, shapes, recipe, seed=4)


def test_what_would_break_the_label_is_warned_of(add: Add, client: TestClient, place: Path) -> None:
    for name in ("left hand", "right hand"):
        picture(place / "hands" / name / "1.png", 1)
    hands = add("hands")
    [warning] = tried(client, hands, {"use": "flip"})["warnings"]
    assert "left" in warning["what"]
    assert warning["fix"]
    assert tried(client, hands, {"use": "brightness", "by": 0.1})["warnings"] == []


def test_the_recipe_comes_back_as_a_file(shapes: str, client: TestClient) -> None:
    told = tried(client, shapes, {"use": "flip", "chance": 0.5}, {"use": "rotate", "by": 10}, count=1)
    assert [step.use for step in recipe_of(yaml.safe_load(told["recipe_text"]))] == ["flip", "rotate"]


def test_two_items_are_mixed(shapes: str, client: TestClient) -> None:
    mixing = next(name for name, one in TRANSFORMS.items() if one.kind == "mixing")
    told = tried(client, shapes, {"use": mixing}, count=6)
    assert any("%" in caption for caption in told["captions"])


@pytest.mark.parametrize(
    "recipe", [[{"use": "no-such"}], [{}], [{"use": "rotate", "by": "x"}], [{"use": "flip", "other": 1}], [{"use": 3}]]
)
def test_what_is_no_recipe_is_one_sentence(recipe: list[dict[str, Any]], shapes: str, client: TestClient) -> None:
    said = client.post(f"/api/datasets/{shapes}/augment", json={"recipe": recipe})
    assert said.status_code == 422
    assert said.json()["problems"][0]["fix"]


def test_a_picture_that_cannot_be_read_is_one_sentence(shapes: str, client: TestClient, place: Path) -> None:
    name = client.get(f"/api/datasets/{shapes}/items/0").json()["name"]
    (place / "shapes" / name).write_bytes(b"text")
    said = client.post(f"/api/datasets/{shapes}/augment", json={"recipe": [{"use": "flip"}]})
    assert said.status_code == 422
    assert str(place) not in said.text
    assert client.post(f"/api/datasets/{shapes}/augment", json={"recipe": [], "row": 99}).status_code == 404


def test_large_pictures_are_tried_at_the_working_size(add: Add, client: TestClient, place: Path) -> None:
    for name in ("a", "b"):
        picture(place / "wide" / name / "1.jpg", 1, width=4000, height=1000)
    told = tried(client, add("wide"), {"use": "flip"}, count=1)
    assert pixels(told["original"]).shape[1] <= 512

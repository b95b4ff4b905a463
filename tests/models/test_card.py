"""A card is data from outside: what is wrong in it is named, and nothing in it leaves the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trackside.core import ModelError
from trackside.models.card import CARD_FILE, parse_card, read_card, safe_name

SHA = "0" * 64
FILES = [{"name": "net.onnx", "sha256": SHA, "bytes": 3}]


def _card(**changes: Any) -> dict[str, Any]:
    base = {"name": "a", "task": "embedding", "family": "embedding", "runtime": "onnx", "licence": "MIT", "files": FILES}
    return {**base, "geometry": {"width": 4, "height": 2}, **changes}


def test_a_whole_card_survives_writing_and_reading(tmp_path: Path) -> None:
    card = parse_card(_card(metrics=[{"name": "AP", "value": 0.3, "data": "COCO"}]), where="here")
    (tmp_path / CARD_FILE).write_text(card.model_dump_json(exclude_defaults=True))
    assert read_card(tmp_path) == card
    assert card.network.name == "net.onnx"


def test_a_card_from_before_crops_and_activations_means_what_it_meant() -> None:
    card = parse_card(_card(task="classification", family="classification"), where="here")
    assert (card.geometry.fit, card.geometry.crop, card.activation) == ("letterbox", 1, "none")
    assert not {"crop", "activation"} & {*card.model_dump(exclude_defaults=True), *card.geometry.model_fields_set}


@pytest.mark.parametrize("name", ["../evil", "a/b", "a\\b", "", ".hidden", "..", "C:x", "a\n", "end."])
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no plain name"):
        safe_name(name)
    with pytest.raises(ModelError, match=r"files\.0\.name"):
        parse_card(_card(files=[{"name": name, "sha256": SHA, "bytes": 1}]), where="here")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"geometry": {"width": 0, "height": 2}}, "geometry.width"),
        ({"geometry": {"width": 4, "height": 2, "std": [1, 0, 1]}}, "geometry"),
        ({"geometry": {"width": 4, "height": 2, "widht": 4}}, "geometry.widht"),
        ({"geometry": {"width": 4, "height": 2, "fit": "crop", "crop": 0}}, "geometry.crop"),
        ({"geometry": {"width": 4, "height": 2, "fit": "crop", "crop": 1.1}}, "geometry.crop"),
        ({"geometry": {"width": 4, "height": 2, "fit": "stretch", "crop": 0.9}}, "belongs to the fit `crop`"),
        ({"activation": "softmax"}, "belongs to the task `classification`"),
        ({"runtime": "pickle"}, "runtime"),
        ({"files": []}, "files"),
        ({"threshold": 1.5}, "threshold"),
        ({"family": "generic"}, "decoding"),
        ({"decoding": {"combined": "out"}}, "decoding"),
        ({"metrics": [{"name": "AP", "value": float("nan"), "data": "COCO"}]}, "metrics.0.value"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ModelError, match=place) as error:
        parse_card(_card(**changes), where="mine/card.json")
    assert "mine/card.json" in str(error.value)


@pytest.mark.parametrize("decoding", [{}, {"boxes": "b"}, {"boxes": "b", "scores": "s", "combined": "c"}])
def test_a_generic_card_names_its_outputs_one_way(decoding: dict[str, str]) -> None:
    with pytest.raises(ModelError, match="decoding"):
        parse_card(_card(family="generic", decoding=decoding), where="here")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", json.dumps({"name": "a"}).encode()])
def test_a_card_that_is_no_card_is_one_clear_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(content)
    with pytest.raises(ModelError, match="card"):
        read_card(tmp_path)


def test_a_folder_without_a_card_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no readable"):
        read_card(tmp_path)

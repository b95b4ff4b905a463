"""The zoo's records are whole, and its hashes are those of the real files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trackside.core.files import sha256_of
from trackside.models import ZOO
from trackside.models.card import safe_name
from trackside.models.families import FAMILIES
from trackside.models.sources import HubFile


@pytest.mark.parametrize("name", list(ZOO))
def test_every_entry_is_whole(name: str) -> None:
    entry = ZOO[name]
    assert safe_name(entry.name) == name
    assert safe_name(entry.file.name)
    assert re.fullmatch("[0-9a-f]{64}", entry.file.sha256)
    assert entry.file.bytes > 0
    assert entry.licence
    assert entry.reference.startswith("https://")


@pytest.mark.parametrize("name", [name for name in ZOO if not ZOO[name].is_sample])
def test_every_model_has_a_valid_card(name: str) -> None:
    card = ZOO[name].card
    assert card.name == name
    assert card.network.sha256 == ZOO[name].file.sha256
    assert card.task != "detection" or (card.family in FAMILIES and card.classes)


def test_no_default_is_trained_on_data_for_research_only() -> None:
    assert "research" in ZOO["osnet-x0-25"].note
    assert all("research" not in ZOO[name].note for name in ("fastestdet", "yolox-nano", "blazepose-full"))


@pytest.mark.parametrize("name", ["fastestdet", "yolox-nano", "osnet-x0-25"])
def test_hashes_are_those_of_the_real_files(name: str, shared_models: Path) -> None:
    file = ZOO[name].file
    (path,) = shared_models.rglob(file.name)
    assert (sha256_of(path), path.stat().st_size) == (file.sha256, file.bytes)


def test_a_hub_address_follows_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.local/")
    assert HubFile("a/b", "x/net.onnx", "v 1").url == "http://hub.local/a/b/resolve/v%201/x/net.onnx"
    assert HubFile.timm("resnet18.a1_in1k").url == "http://hub.local/timm/resnet18.a1_in1k/resolve/main/model.safetensors"
    monkeypatch.delenv("HF_ENDPOINT")
    assert HubFile("a/b", "c").url.startswith("https://")

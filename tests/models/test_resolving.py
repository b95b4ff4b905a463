"""What a user writes for a model becomes a package, or an error that says what to do."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trackside.core import ModelError
from trackside.models import Store, resolve
from trackside.models.card import parse_card
from trackside.models.package import write_package


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"x")
    files = [{"name": "net.onnx", "sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}]
    data = {"name": "mine", "task": "embedding", "family": "embedding", "runtime": "onnx", "licence": "MIT", "files": files}
    card = parse_card({**data, "geometry": {"width": 4, "height": 2}}, where="test")
    write_package(tmp_path / "mine", card, {"net.onnx": path})
    return tmp_path / "mine"


def test_an_installed_name_comes_before_a_folder(folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    package = store.add_package(resolve(str(folder)).card, {"net.onnx": folder / "net.onnx"})
    monkeypatch.chdir(folder.parent)
    assert resolve("mine").folder == package.folder


def test_a_folder_is_a_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve(str(folder)).card.name == "mine"
    monkeypatch.chdir(folder.parent)
    assert resolve("mine").card.name == "mine"


def test_paths_do_not_count_where_strangers_write_them(folder: Path) -> None:
    with pytest.raises(ModelError, match="unknown model"):
        resolve(str(folder), paths=False)


def test_a_zoo_model_that_is_not_here_says_which_command_brings_it() -> None:
    with pytest.raises(ModelError, match="run `trackside models pull fastestdet`"):
        resolve("fastestdet")


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean 'yolox-nano'"):
        resolve("yolox_nano")


@pytest.mark.parametrize("ref", ["", "\0", "x" * 5000, "~nobody/there", "../nothing/there"])
def test_rubbish_is_an_unknown_model(ref: str) -> None:
    with pytest.raises(ModelError, match="unknown model"):
        resolve(ref)

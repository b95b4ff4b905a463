"""The store keeps each file once, and what is in it is what its card says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackside.core import ModelError, OutputError
from trackside.models import Store, load_package
from trackside.models.card import Card, parse_card
from trackside.models.package import write_package


def _made(folder: Path, name: str = "a", content: bytes = b"weights", **changes: Any) -> tuple[Card, dict[str, Path]]:
    folder.mkdir(exist_ok=True)
    path = folder / "net.onnx"
    path.write_bytes(content)
    files = [{"name": "net.onnx", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}]
    data = {"name": name, "task": "embedding", "family": "embedding", "runtime": "onnx", "licence": "MIT", "files": files}
    return parse_card({**data, "geometry": {"width": 4, "height": 2}, **changes}, where="test"), {"net.onnx": path}


def test_what_is_added_comes_back(store: Store, tmp_path: Path) -> None:
    card, files = _made(tmp_path / "in")
    package = store.add_package(card, files)
    assert store.names() == ["a"]
    assert "a" in store
    assert store.package("a") == package
    assert package.network.read_bytes() == b"weights"


def test_two_packages_with_the_same_file_keep_it_once(store: Store, tmp_path: Path) -> None:
    first = store.add_package(*_made(tmp_path / "in", "a"))
    second = store.add_package(*_made(tmp_path / "in", "b"))
    assert first.network.stat().st_ino == second.network.stat().st_ino


def test_removing_a_package_leaves_files_that_others_use(store: Store, tmp_path: Path) -> None:
    first = store.add_package(*_made(tmp_path / "in", "a"))
    store.add_package(*_made(tmp_path / "in", "b"))
    store.remove("a")
    assert store.names() == ["b"]
    assert store.blob(first.sha256) is not None
    store.remove("b")
    assert store.blob(first.sha256) is None


def test_a_package_of_the_same_name_is_replaced(store: Store, tmp_path: Path) -> None:
    store.add_package(*_made(tmp_path / "in"))
    store.add_package(*_made(tmp_path / "in", content=b"better"))
    assert store.package("a").network.read_bytes() == b"better"
    assert [path.name for path in (store.root / "packages").iterdir()] == ["a"]


def test_a_file_with_another_hash_is_refused_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    card, files = _made(tmp_path / "in")
    files["net.onnx"].write_bytes(b"something else")
    with pytest.raises(ModelError, match="expected") as error:
        store.add_package(card, files)
    assert card.network.sha256 in str(error.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(error.value)
    assert not store.names()
    assert not list(store.root.rglob("*.onnx"))


def test_a_file_that_changed_later_is_noticed(store: Store, tmp_path: Path) -> None:
    package = store.add_package(*_made(tmp_path / "in"))
    load_package(package.folder)
    package.network.unlink()
    package.network.write_bytes(b"WEIGHTS")
    with pytest.raises(ModelError, match="sha256"):
        load_package(package.folder)
    package.network.unlink()
    with pytest.raises(ModelError, match="missing"):
        load_package(package.folder)
    assert list(store.packages()) == []


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc", "..", ""])
def test_no_name_leaves_the_store(name: str, store: Store) -> None:
    assert name not in store
    with pytest.raises(ModelError):
        store.package(name)
    with pytest.raises(ValueError, match="plain name"):
        store.folder(name)


def test_an_unknown_name_offers_the_nearest(store: Store, tmp_path: Path) -> None:
    store.add_package(*_made(tmp_path / "in", "swimmers"))
    with pytest.raises(ModelError, match="did you mean 'swimmers'"):
        store.package("swimers")


def test_a_failed_write_leaves_the_old_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, files = _made(tmp_path / "in")
    target = tmp_path / "packages" / "a"
    write_package(target, card, files)
    real = Path.rename

    def rename(self: Path, to: Path) -> Path:
        if self.name.startswith(".building-") and not self.name.endswith(".old"):
            raise OSError(28, "No space left on device")
        return real(self, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OutputError, match="free some space"):
        write_package(target, card, files)
    monkeypatch.undo()
    assert load_package(target).card == card
    assert [path.name for path in target.parent.iterdir()] == ["a"]


def test_packages_are_copied_where_links_are_impossible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    card, files = _made(tmp_path / "in")
    assert write_package(tmp_path / "p" / "a", card, files).network.read_bytes() == b"weights"


def test_the_home_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "elsewhere"))
    assert Store().root == tmp_path / "elsewhere" / "models"


def test_a_file_entry_helper_agrees_with_the_store(
    store: Store, tmp_path: Path, file_entry: Callable[[Path], dict[str, Any]]
) -> None:
    _, files = _made(tmp_path / "in")
    sha = file_entry(files["net.onnx"])["sha256"]
    assert store.add_blob(files["net.onnx"], sha) == store.blob(sha)

"""A model that is made of several networks is fetched whole, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trackside.core import ModelError, Registry
from trackside.models import Silent, fetch as fetching, pull
from trackside.models.sources import LocalFile
from trackside.models.store import Store
from trackside.models.zoo import Entry, ZooFile

DETAILS = {"family": "mtcnn", "runtime": "onnx", "geometry": {"width": 12, "height": 12}}


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    registry: Registry[Entry] = Registry("model")
    monkeypatch.setattr(fetching, "ZOO", registry)
    files = []
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(name.encode() * 100)
        sha256 = hashlib.sha256(name.encode() * 100).hexdigest()
        files.append(ZooFile(f"{name}.onnx", sha256, len(name) * 100, LocalFile(tmp_path / name)))
    made = Entry("pair", "faces", "MIT", "https://example.org", files[0], DETAILS, more=(files[1],))
    return registry.add("pair", made)


def test_all_its_files_come(entry: Entry, tmp_path: Path) -> None:
    package = pull("pair", store=Store(tmp_path / "home"), reporter=Silent())
    assert [file.name for file in package.card.files] == ["first.onnx", "second.onnx"]
    assert (package.folder / "second.onnx").read_bytes() == b"second" * 100
    assert package.network.name == "first.onnx"
    assert entry.bytes == 1100


def test_one_that_cannot_be_had_leaves_nothing_installed(entry: Entry, tmp_path: Path) -> None:
    (tmp_path / "second").unlink()
    store = Store(tmp_path / "home")
    with pytest.raises(ModelError, match="cannot be fetched"):
        pull("pair", store=store, reporter=Silent())
    assert not store.names()


def test_a_package_of_an_older_zoo_is_replaced(entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "home")
    pull("pair", store=store, reporter=Silent())
    (tmp_path / "second").write_bytes(b"newer")
    newer = ZooFile("second.onnx", hashlib.sha256(b"newer").hexdigest(), 5, LocalFile(tmp_path / "second"))
    registry: Registry[Entry] = Registry("model")
    registry.add("pair", Entry("pair", "faces", "MIT", "https://example.org", entry.file, DETAILS, more=(newer,)))
    monkeypatch.setattr(fetching, "ZOO", registry)
    assert (pull("pair", store=store, reporter=Silent()).folder / "second.onnx").read_bytes() == b"newer"

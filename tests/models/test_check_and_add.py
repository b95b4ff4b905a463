"""Checking a package names what is wrong with it; adding one refuses what would not run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import ModelError
from trackside.core.findings import Verdict
from trackside.models import Store, add_package, check_package, resolve
from trackside.models.card import CARD_FILE

Network = Callable[..., Path]


@pytest.fixture
def package(
    tiny_network: Network, tiny_outputs: dict[str, Any], tiny_card: dict[str, Any], file_entry: Callable[[Path], Any]
) -> Callable[..., Path]:
    """Writes a package folder of a tiny detector, with changes to its card or outputs."""

    def write(card: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None) -> Path:
        path = tiny_network(tiny_outputs | (outputs or {}))
        data = {**tiny_card, "files": [file_entry(path)], **(card or {})}
        (path.parent / CARD_FILE).write_text(json.dumps(data))
        return path.parent

    return write


def _verdicts(folder: Path) -> dict[str, Verdict]:
    return {finding.check: finding.verdict for finding in check_package(folder).findings}


def test_a_sound_package_is_silent(package: Callable[..., Path]) -> None:
    report = check_package(package())
    assert report.verdict is Verdict.OK
    assert [f.check for f in report.findings] == [
        "files-match",
        "network-opens",
        "input-matches",
        "run-finite",
        "outputs-read",
    ]


def test_a_changed_file_is_found(package: Callable[..., Path]) -> None:
    folder = package()
    (folder / "tiny.onnx").write_bytes(b"changed")
    assert _verdicts(folder) == {"files-match": Verdict.FAIL}


def test_a_network_that_does_not_open_is_found(package: Callable[..., Path], file_entry: Callable[[Path], Any]) -> None:
    folder = package()
    (folder / "tiny.onnx").write_bytes(b"no network")
    data = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps({**data, "files": [file_entry(folder / "tiny.onnx")]}))
    assert _verdicts(folder)["network-opens"] is Verdict.FAIL


def test_another_input_size_than_on_the_card_is_found(package: Callable[..., Path]) -> None:
    report = check_package(package({"geometry": {"width": 16, "height": 8}}))
    assert report.verdict is Verdict.FAIL
    assert "any x 3 x 8 x 16" in report.findings[-1].says


def test_outputs_that_are_not_finite_are_found(package: Callable[..., Path]) -> None:
    scores = np.array([[[np.nan, 0.1], [0.2, np.inf]]], np.float32)
    report = check_package(package(outputs={"scores": scores}))
    (finding,) = (f for f in report.findings if f.check == "run-finite")
    assert finding.verdict is Verdict.FAIL
    assert finding.evidence["values that are not finite"] == 2


def test_outputs_that_the_card_misnames_are_found(package: Callable[..., Path]) -> None:
    verdicts = _verdicts(package({"decoding": {"boxes": "boxes", "scores": "confidence"}}))
    assert verdicts["outputs-read"] is Verdict.FAIL


def test_outputs_of_another_family_are_found(package: Callable[..., Path]) -> None:
    assert _verdicts(package({"family": "fastestdet", "decoding": None}))["outputs-read"] is Verdict.FAIL


def test_an_unknown_name_is_an_error_not_a_finding() -> None:
    with pytest.raises(ModelError, match="unknown model"):
        check_package("no-such-model")


def test_a_network_and_a_card_become_a_package(
    tiny_network: Network, tiny_outputs: dict[str, Any], tiny_card: dict[str, Any], tmp_path: Path, store: Store
) -> None:
    network = tiny_network(tiny_outputs)
    card = tmp_path / "my-card.json"
    card.write_text(json.dumps({key: value for key, value in tiny_card.items() if key != "runtime"}))
    added = add_package(network, card)
    network.write_bytes(b"changed afterwards")
    assert resolve("tiny") == added
    assert check_package("tiny").verdict is Verdict.OK


def test_a_package_folder_is_added_whole(package: Callable[..., Path]) -> None:
    assert add_package(package()).card == resolve("tiny").card


def test_a_package_that_would_not_run_is_not_added(package: Callable[..., Path], store: Store) -> None:
    with pytest.raises(ModelError, match="takes"):
        add_package(package({"geometry": {"width": 16, "height": 8}}))
    assert store.names() == []


def test_what_cannot_be_added_says_why(tmp_path: Path, tiny_network: Network, tiny_outputs: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="no such file"):
        add_package(tmp_path / "gone.onnx")
    (tmp_path / "model.pkl").write_bytes(b"x")
    with pytest.raises(ModelError, match="no network that can be added"):
        add_package(tmp_path / "model.pkl")
    with pytest.raises(ModelError, match="needs a card"):
        add_package(tiny_network(tiny_outputs))
    for content in ("{", "[]"):
        (tmp_path / CARD_FILE).write_text(content)
        with pytest.raises(ModelError, match="is no"):
            add_package(tmp_path / "tiny.onnx")

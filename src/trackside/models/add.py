"""Putting a model of one's own into the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trackside.core import ModelError
from trackside.core.files import sha256_of
from trackside.core.findings import Verdict
from trackside.models.card import CARD_FILE, Card, parse_card
from trackside.models.check import examine
from trackside.models.package import Package, load_package
from trackside.models.store import Store

_RUNTIMES = {".onnx": "onnx", ".tflite": "tflite"}


def add_package(path: Path, card: Path | Card | None = None, *, store: Store | None = None) -> Package:
    """Check a model and install it under the name on its card.

    Args:
        path: a package folder, or an .onnx or .tflite file.
        card: the card of a network file, as JSON or as it is; None for the `card.json` beside the file. `files` and
            `runtime` may be left out of the JSON: they are taken from the file.
        store: where to put it; None for the machine's own.

    Raises:
        ModelError: no card, a card that is not valid, or a network that does not keep what its card says.
    """
    package = load_package(path) if path.is_dir() else _from_file(path, card)
    for finding in examine(package):
        if finding.verdict is not Verdict.OK:
            raise ModelError(finding.says, where=str(path), fix=finding.next_step or "check the network and its card")
    files = {entry.name: package.folder / entry.name for entry in package.card.files}
    return (store or Store()).add_package(package.card, files)


def _from_file(path: Path, card: Path | Card | None) -> Package:
    if not path.is_file():
        raise ModelError("no such file or folder", where=str(path), fix="give a package folder, or an .onnx or .tflite file")
    if path.suffix.lower() not in _RUNTIMES:
        raise ModelError("is no network that can be added", where=str(path), fix="give an .onnx or .tflite file")
    if isinstance(card, Card):
        return Package(path.parent, card)
    source = card or path.parent / CARD_FILE
    file = {"name": path.name, "sha256": sha256_of(path), "bytes": path.stat().st_size}
    data = {"runtime": _RUNTIMES[path.suffix.lower()], "files": [file], **_read(source)}
    return Package(path.parent, parse_card(data, where=str(source)))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except OSError:
        raise ModelError("a network file needs a card", where=str(path), fix="write a card.json and pass --card") from None
    except ValueError as error:
        raise ModelError(f"is no JSON ({error})", where=str(path), fix="correct the card") from None
    if not isinstance(data, dict):
        raise ModelError("is no card: a card is a JSON object", where=str(path), fix="correct the card")
    return data

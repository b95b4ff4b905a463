"""Uploaded networks that are not installed yet, each in a folder of its own: `<data>/drafts/<id>/`."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trackside.core.files import sha256_of, write_json, write_text
from trackside.models import ZOO
from trackside.models.card import CARD_FILE, Card
from trackside.server.context import Site
from trackside.server.database import new_id
from trackside.server.packages.adapters import families
from trackside.server.packages.asking import ask
from trackside.server.packages.cards import checked
from trackside.server.packages.guessing import guess
from trackside.server.packages.shapes import Draft, Trial
from trackside.server.problems import Refused, missing
from trackside.server.uploads.admission import bytes_in_use

# Beyond, ONNX itself ends (protobuf), and no network runs at the pace of a video.
MOST_BYTES = 2 << 30
MOST_PICTURE = 50 << 20
MOST_DRAFTS = 100
_DAY = 24 * 3600.0
_ID = re.compile(r"[A-Za-z0-9][\w-]{0,31}\Z", re.ASCII)
_FILE = "draft.json"
_RUNTIMES = {".onnx": "onnx", ".tflite": "tflite"}


def begin(site: Site) -> tuple[str, Path]:
    """The id of a new draft, and where its file goes. Old drafts make room first.

    Raises:
        Refused: 409, there are too many.
    """
    expire(site)
    if len(list(_root(site).glob("*"))) >= MOST_DRAFTS:
        raise Refused(409, f"there are {MOST_DRAFTS} networks that wait for their cards", "install or remove some")
    draft_id = new_id()
    folder = _root(site) / draft_id
    folder.mkdir(parents=True)
    return draft_id, folder / "incoming"


def room(site: Site) -> int:
    """Bytes that a new draft may have."""
    with site.database.session() as db:
        used = bytes_in_use(db)
    return max(0, min(MOST_BYTES, site.settings.quota - used - sum(map(_size, _root(site).glob("*/network.*")))))


def complete(site: Site, draft_id: str, name: str) -> Draft:
    """Read the network that arrived, and guess its card.

    Raises:
        Refused: 422, it is no network that can be used.
    """
    folder = _root(site) / draft_id
    suffix = Path(name).suffix.lower()
    if suffix not in _RUNTIMES:
        raise Refused(422, "it is neither an .onnx nor a .tflite file", "export the network to ONNX or TFLite")
    network = folder / f"network{suffix}"
    (folder / "incoming").replace(network)
    read = ask("read", network)
    entry = {"name": network.name, "sha256": sha256_of(network), "bytes": network.stat().st_size}
    card = guess(name, read["inputs"], read["outputs"])
    facts = {"file": name[-200:], "runtime": _RUNTIMES[suffix], "entry": entry, "card": card, **read}
    write_json(folder / _FILE, facts)
    return _told(draft_id, facts)


def read(site: Site, draft_id: str) -> Draft:
    """A draft. Raises Refused, 404."""
    return _told(draft_id, _facts(_folder(site, draft_id)))


def set_card(site: Site, draft_id: str, data: dict[str, Any]) -> Draft:
    """Give a draft another card.

    Raises:
        PipelineError: with every wrong field; the draft keeps the card it had.
    """
    folder = _folder(site, draft_id)
    facts = _facts(folder)
    card = _checked(facts, data)
    kept = card.model_dump(mode="json", exclude_defaults=True, exclude={"files", "runtime"})
    facts["card"] = {**kept, "classes": list(card.classes), "threshold": card.threshold}
    write_json(folder / _FILE, facts)
    return _told(draft_id, facts)


def try_on(site: Site, draft_id: str, picture: Path) -> Trial:
    """Run a draft on a picture.

    Raises:
        Refused: 422, the picture cannot be read, or the network fails.
        PipelineError: its card is not valid yet.
    """
    folder = _prepared(site, draft_id)
    return Trial(**ask("trial", folder, picture, site.store.root.parent))


def install(site: Site, draft_id: str) -> str:
    """Put a draft into the store and forget it; gives the model's name.

    Raises:
        Refused: 409, the name is taken; 422, the network does not keep what its card says.
        PipelineError: its card is not valid yet.
    """
    folder = _prepared(site, draft_id)
    name = str(_facts(folder)["card"]["name"])
    if name in site.store or name in ZOO:
        raise Refused(409, f"there is a model called {name!r} already", "choose another name on the card")
    ask("install", folder, site.store.root.parent)
    remove(site, draft_id)
    return name


def remove(site: Site, draft_id: str) -> None:
    """Forget a draft. Raises Refused, 404."""
    shutil.rmtree(_folder(site, draft_id), ignore_errors=True)


def discard(site: Site, draft_id: str) -> None:
    """Forget a draft that never became one."""
    shutil.rmtree(_root(site) / draft_id, ignore_errors=True)


def expire(site: Site, *, seconds: float = _DAY, now: Callable[[], float] = time.time) -> int:
    """Remove the drafts that nobody has touched for a day; gives their number."""
    old = [folder for folder in _root(site).glob("*") if folder.is_dir() and now() - _touched(folder) > seconds]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # Somebody removed it meanwhile.
        return 0


def _touched(folder: Path) -> float:
    file = folder / _FILE
    try:
        return (file if file.exists() else folder).stat().st_mtime
    except FileNotFoundError:  # Somebody removed it meanwhile.
        return time.time()


def _root(site: Site) -> Path:
    return site.settings.data / "drafts"


def _folder(site: Site, draft_id: str) -> Path:
    folder = _root(site) / draft_id if _ID.match(draft_id) else None
    if folder is None or not (folder / _FILE).is_file():
        raise missing("draft")
    return folder


def _facts(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise missing("draft") from None
    return found


def _checked(facts: dict[str, Any], data: dict[str, Any]) -> Card:
    return checked(data, {"runtime": facts["runtime"], "files": [facts["entry"]]})


def _prepared(site: Site, draft_id: str) -> Path:
    """The draft's folder as a package."""
    folder = _folder(site, draft_id)
    facts = _facts(folder)
    write_text(folder / CARD_FILE, _checked(facts, facts["card"]).model_dump_json(exclude_defaults=True))
    (folder / _FILE).touch()
    return folder


def _told(draft_id: str, facts: dict[str, Any]) -> Draft:
    more = {name: facts[name] for name in ("file", "runtime", "inputs", "outputs", "card")}
    return Draft(id=draft_id, bytes=facts["entry"]["bytes"], families=families(), **more)

"""The cameras file: which cameras there are, what they have in common, and where alarms go.

    defaults: {pipeline: intrusion.yaml, rate: 5}
    cameras:
      gate: rtsp://user:password@camera-17/stream1
      yard:
        address: rtsp://camera-18/stream1
        substream: rtsp://camera-18/stream2
        settings: {yard.zone: [[0, 0], [1, 0], [1, 1]]}
      hall: {address: hall.mp4}
    alarms:
      - {kind: mqtt, host: 127.0.0.1, topic: "site/{camera}/{rule}"}

Paths are relative to the file. `${NAME}` in a text stands for an environment variable, so that passwords need not lie here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trackside.core import InputError, nearest
from trackside.pipelines.block import plain_words
from trackside.pipelines.catalogue import template_names
from trackside.pipelines.graph import read_text
from trackside.pipelines.live.camera import Camera

MOST_CAMERAS = 10_000
_MOST_BYTES = 10_000_000
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECTIONS = ("defaults", "cameras", "alarms", "engine")
_PIPELINE_FILES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class CamerasFile:
    """What a cameras file says.

    Attributes:
        cameras: in the order of the file.
        alarms: where alarms go: channels as the server takes them.
        engine: how the engine uses the machine.
    """

    cameras: tuple[Camera, ...]
    alarms: tuple[Mapping[str, Any], ...] = ()
    engine: Mapping[str, Any] = field(default_factory=dict)


def read_cameras(path: Path) -> CamerasFile:
    """Read a cameras file.

    Raises:
        InputError: it is not there, is no YAML, or a camera in it is wrong; all that is wrong is told at once.
    """
    data = _load(path)
    for name in data:
        if name not in _SECTIONS:
            raise InputError(f"there is no section {name!r}", where=str(path), fix=nearest(str(name), _SECTIONS))
    entries = data.get("cameras")
    if not isinstance(entries, Mapping) or not entries:
        fix = "write `cameras:` and below it lines such as `gate: rtsp://camera-17/stream1`"
        raise InputError("names no camera", where=str(path), fix=fix)
    if len(entries) > MOST_CAMERAS:
        raise InputError(f"names more than {MOST_CAMERAS} cameras", where=str(path), fix="split it")
    defaults = _mapping(data.get("defaults", {}), "defaults", path)
    problems: list[str] = []
    cameras = [_camera(str(name), entry, defaults, path.parent, problems) for name, entry in entries.items()]
    if problems:
        raise InputError("; ".join(problems[:10]), where=str(path), fix="mend these entries")
    alarms = data.get("alarms") or []
    if not isinstance(alarms, list) or not all(isinstance(alarm, Mapping) for alarm in alarms):
        fix = "write lines such as `- {kind: mqtt, host: 127.0.0.1}`"
        raise InputError("`alarms` is no list of channels", where=str(path), fix=fix)
    engine = _mapping(data.get("engine", {}), "engine", path)
    return CamerasFile(tuple(camera for camera in cameras if camera is not None), tuple(alarms), engine)


def _load(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"is larger than {_MOST_BYTES // 1_000_000} MB", where=str(path), fix="give a cameras file")
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), fix="give a cameras file, see docs/live.md") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"cannot be read ({reason})", where=str(path), fix="give a cameras file") from None
    data = read_text(text, source=str(path))
    if not isinstance(data, Mapping):
        raise InputError("holds no cameras", where=str(path), fix="see docs/live.md for an example")
    found: Mapping[str, Any] = _with_variables(data, path)
    return found


def _with_variables(value: Any, path: Path) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _variable(match[1], path), value)
    if isinstance(value, Mapping):
        return {key: _with_variables(entry, path) for key, entry in value.items()}
    return [_with_variables(entry, path) for entry in value] if isinstance(value, list) else value


def _variable(name: str, path: Path) -> str:
    if name not in os.environ:
        raise InputError(f"the environment has no variable {name}", where=str(path), fix=f"set it: export {name}=...")
    return os.environ[name]


def _mapping(value: Any, name: str, path: Path) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError(f"`{name}` is no mapping", where=str(path), fix=f"write `{name}:` and settings below it")
    return value


def _camera(name: str, entry: Any, defaults: Mapping[str, Any], folder: Path, problems: list[str]) -> Camera | None:
    facts = {"address": entry} if isinstance(entry, str) else entry
    if not isinstance(facts, Mapping):
        problems.append(f"{name}: is neither an address nor settings")
        return None
    settings: dict[str, Any] = {}
    for given in (defaults.get("settings"), facts.get("settings")):
        settings |= given if isinstance(given, Mapping) else {}
    try:
        camera = Camera(**{**defaults, **facts, "name": name, "settings": settings})
    except ValidationError as error:
        for detail in error.errors():
            field = ".".join(str(part) for part in detail["loc"])
            hint = f", {nearest(field, Camera.model_fields)}" if detail["type"] == "extra_forbidden" else ""
            problems.append(f"{name}.{field}: {plain_words(detail)}{hint}")
        return None
    return camera.model_copy(
        update={
            "address": _beside(camera.address, folder),
            "substream": _beside(camera.substream, folder),
            "pipeline": _pipeline(camera.pipeline, folder),
        }
    )


def _beside(address: str, folder: Path) -> str:
    """A file's address from the folder of the cameras file; others as they are."""
    if not address or "://" in address or address.startswith(("webcam:", "/")):
        return address
    if address.startswith("file:"):
        name, _, rest = address.removeprefix("file:").partition("?")
        return f"file:{folder / name}{'?' + rest if rest else ''}"
    return str(folder / address)


def _pipeline(reference: str, folder: Path) -> str:
    """A pipeline file from the folder of the cameras file; a template's name as it is."""
    if reference in template_names() or not reference.endswith(_PIPELINE_FILES):
        return reference
    return str(folder / reference)

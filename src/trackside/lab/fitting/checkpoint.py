"""Checkpoints: a folder in which a killed run finds what it needs to go on as if it had not been killed.

The folder holds `run.json` (the run's settings, which files count, and their SHA-256), the two newest checkpoints and the
best weights. Every file is written whole or not at all, and `run.json` last: whatever it names is complete. Files hold
tensors and plain values only and are loaded with `weights_only=True`; nothing in them is executed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from trackside.core import InputError
from trackside.core.files import atomic_open, sha256_of, write_json

FORMAT = 1
MANIFEST = "run.json"
_KEEP = 2
Settings = dict[str, str | int | float | bool | None]


@dataclass
class Checkpoints:
    """The checkpoints of one run.

    Args:
        folder: made when the first is written.
        settings: what the run is: a folder with other settings holds another run.
    """

    folder: Path
    settings: Settings

    def __post_init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def newest(self) -> dict[str, Any] | None:
        """The state of the newest checkpoint that is whole, or None if the folder holds no run.

        Where a file is damaged the one before is taken, and `notes` says so.

        Raises:
            InputError: the folder holds another run, or no checkpoint of it can be read.
        """
        entries = self._read_manifest()
        damaged = ""
        for number in range(len(entries) - 1, -1, -1):
            try:
                state = self._load(entries[number])
            except InputError as error:
                damaged = str(error)
                continue
            self._entries = entries[: number + 1]
            if damaged:
                self.notes.append(f"{damaged}; the run goes on from the checkpoint before it (step {state['step']})")
            return state
        if entries:
            raise InputError(f"{damaged}, and no other checkpoint is left", fix="say resume=False to begin anew")
        return None

    def save(self, state: Mapping[str, Any], best: Mapping[str, Any] | None, best_step: int | None) -> None:
        """Keep a state, and the best weights unless the folder has those of that step already.

        Raises:
            OutputError: the folder cannot be written.
        """
        # A name is never used twice: until run.json names the new file, the old one must stay as it was.
        number = 1 + max((int(entry["number"]) for entry in self._entries), default=0)
        name = f"checkpoint-{number}.pt"
        files = {name: self._write(name, state)}
        if best is not None and best_step is not None:
            weights = f"best-{best_step}.pt"
            known = next((entry["files"][weights] for entry in self._entries if weights in entry["files"]), None)
            files[weights] = known or self._write(weights, best)
        self._entries = [*self._entries, {"number": number, "step": state["step"], "files": files}][-_KEEP:]
        write_json(self.folder / MANIFEST, {"format": FORMAT, "settings": self.settings, "checkpoints": self._entries})
        self._sweep()

    def forget(self) -> None:
        """Begin anew: what the folder holds of a run is removed, and nothing else."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / MANIFEST).unlink()
        self._entries = []
        self._sweep()

    def _read_manifest(self) -> list[dict[str, Any]]:
        path = self.folder / MANIFEST
        if not path.exists():
            return []
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            found, entries, version = manifest["settings"], manifest["checkpoints"], manifest["format"]
            whole = all(
                isinstance(entry["files"], dict) and entry["files"] and int(entry["number"]) for entry in entries
            ) and isinstance(found, dict)
        except (OSError, ValueError, KeyError, TypeError):
            whole, found, entries, version = False, {}, [], None
        if not whole or version != FORMAT:
            raise InputError("this is no description of a run that fit wrote", where=str(path), fix="choose another folder")
        self._compare(found)
        return list(entries)

    def _compare(self, found: Mapping[str, Any]) -> None:
        wanted = json.loads(json.dumps(self.settings, default=str))
        differ = [name for name in {**found, **wanted} if found.get(name) != wanted.get(name)]
        if differ:
            shown = "; ".join(f"{name} was {found.get(name)}, is {wanted.get(name)}" for name in differ[:6])
            what = f"the folder holds another run: {shown}{'; ...' if len(differ) > 6 else ''}"
            raise InputError(
                what, where=str(self.folder), fix="choose another folder, or say resume=False to begin anew there"
            )

    def _load(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        loaded = {}
        for name, digest in entry["files"].items():
            path = self.folder / Path(name).name
            if not path.is_file():
                raise InputError("the checkpoint is gone", where=str(path))
            if sha256_of(path) != digest:
                raise InputError("the checkpoint is damaged", where=str(path))
            # The hash says that these bytes are ours as far as run.json is; unpickling is restricted all the same.
            try:
                loaded[name] = torch.load(path, map_location="cpu", weights_only=True)
            except Exception as error:
                raise InputError(f"the checkpoint cannot be read ({type(error).__name__})", where=str(path)) from None
        state = next((dict(part) for name, part in loaded.items() if name.startswith("checkpoint-")), None)
        if state is None:
            raise InputError("the checkpoint is gone", where=str(self.folder))
        state["best_weights"] = next((part for name, part in loaded.items() if name.startswith("best-")), None)
        return state

    def _write(self, name: str, content: Mapping[str, Any]) -> str:
        with atomic_open(self.folder / name, "wb") as file:
            torch.save(storable(content), file)
        return sha256_of(self.folder / name)

    def _sweep(self) -> None:
        """Remove what no entry names any more, and temporary files that a kill left behind."""
        named = {name for entry in self._entries for name in entry["files"]}
        for pattern in ("checkpoint-*.pt", "best-*.pt", ".checkpoint-*.pt.*", ".best-*.pt.*", f".{MANIFEST}.*"):
            for path in self.folder.glob(pattern):
                if path.name not in named:
                    with contextlib.suppress(OSError):
                        path.unlink()


def storable(value: Any) -> Any:
    """The same content in types that a restricted load accepts: NumPy numbers and arrays become Python's and PyTorch's."""
    if isinstance(value, Mapping):
        return {key: storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return (
            type(value)(storable(item) for item in value) if type(value) in (list, tuple) else [storable(i) for i in value]
        )
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    return value.item() if isinstance(value, np.generic) else value

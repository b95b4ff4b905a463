"""A model package: a folder with the network and its card, whose files are what the card says."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trackside.core import ModelError
from trackside.core.files import cannot_write, sha256_of, write_text
from trackside.models.card import CARD_FILE, Card, FileEntry, read_card

# Hashing a network costs milliseconds a megabyte, and a process opens the same package many times. A file whose size,
# inode and modification time are unchanged is not hashed again.
_verified: dict[tuple[str, int, int, int], str] = {}


@dataclass(frozen=True, slots=True)
class Package:
    """A verified package.

    Attributes:
        folder: where it lies.
        card: what it is.
    """

    folder: Path
    card: Card

    @property
    def network(self) -> Path:
        """The file that the runtime opens."""
        return self.folder / self.card.network.name

    @property
    def sha256(self) -> str:
        """The hash of the network: what a run records as the model's identity."""
        return self.card.network.sha256


def load_package(folder: Path) -> Package:
    """Read and verify a package folder.

    Raises:
        ModelError: no card, a card that is not valid, a file that is missing or has another hash than the card says.
    """
    card = read_card(folder)
    for entry in card.files:
        verify(folder / entry.name, entry)
    return Package(folder, card)


def write_package(folder: Path, card: Card, files: Mapping[str, Path]) -> Package:
    """Write a package folder, whole or not at all; one that is there already is replaced.

    Files are linked where the file system can, else copied, so that a package costs no second copy of its weights.

    Args:
        folder: the package's folder.
        card: its card.
        files: where each file of the card lies now.

    Raises:
        ModelError: a file is absent or has another hash than the card says.
        OutputError: no space or no permission.
    """
    for entry in card.files:
        verify(files.get(entry.name, Path(entry.name)), entry)
    try:
        _write(folder, card, files)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return load_package(folder)


def verify(path: Path, entry: FileEntry) -> None:
    """Hold a file against the hash that a card or the zoo gives for it.

    Raises:
        ModelError: the file is absent or has another hash; the message names both.
    """
    try:
        found = _hash(path)
    except OSError:
        raise ModelError(
            f"the file {entry.name} is missing", where=str(path.parent), fix="install the model again"
        ) from None
    if found != entry.sha256:
        raise wrong_hash(str(path), entry.sha256, found)


def wrong_hash(where: str, expected: str, found: str) -> ModelError:
    """The error for a file that is not the one that was meant."""
    return ModelError(
        f"has sha256 {found}, expected {expected}", where=where, fix="the file is damaged or another version: get it again"
    )


def _hash(path: Path) -> str:
    status = path.stat()
    key = (str(path.resolve()), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _verified:
        _verified[key] = sha256_of(path)
    return _verified[key]


def _write(folder: Path, card: Card, files: Mapping[str, Path]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        for entry in card.files:
            _link_or_copy(files[entry.name], building / entry.name)
        write_text(building / CARD_FILE, card.model_dump_json(indent=2, exclude_defaults=True) + "\n")
        building.chmod(0o755)
        _swap_in(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)


def _swap_in(building: Path, folder: Path) -> None:
    """Rename into place. A folder cannot be renamed over a full one, so the old one steps aside first."""
    aside = building.with_name(f"{building.name}.old")
    try:
        if folder.exists():
            folder.rename(aside)
        building.rename(folder)
    except OSError:
        if not folder.exists() and aside.exists():
            aside.rename(folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)

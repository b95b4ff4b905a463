"""The store: one folder a machine where fetched and added models lie.

`blobs/<sha256>` holds each file once, whatever the number of packages that use it; `packages/<name>/` are ordinary package
folders whose files are links to blobs; `samples/<name>/` is footage. Everything appears by a rename, so a killed process
leaves nothing half done.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from trackside.core import ModelError, nearest
from trackside.core.files import atomic_open, cannot_write, sha256_of
from trackside.models.card import CARD_FILE, Card, FileEntry, safe_name
from trackside.models.package import Package, load_package, verify, write_package, wrong_hash

HOME = "TRACKSIDE_HOME"


def default_home() -> Path:
    """`TRACKSIDE_HOME`, else the platform's folder for caches."""
    named = os.environ.get(HOME)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "trackside"


class Store:
    """The models and footage of this machine.

    Args:
        root: its folder; None for `default_home()`. It is made when something is put into it.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or default_home()) / "models"

    def names(self) -> list[str]:
        """The installed packages, sorted."""
        return sorted(path.parent.name for path in self.root.glob(f"packages/*/{CARD_FILE}") if _is_plain(path.parent.name))

    def packages(self) -> Iterator[Package]:
        """The installed packages that are whole."""
        for name in self.names():
            try:
                yield self.package(name)
            except ModelError:
                continue

    def __contains__(self, name: str) -> bool:
        return _is_plain(name) and (self.folder(name) / CARD_FILE).is_file()

    def folder(self, name: str) -> Path:
        """Where a package of this name lies, or would lie. Raises ValueError if it is no plain name."""
        return self.root / "packages" / safe_name(name)

    def package(self, name: str) -> Package:
        """An installed package, verified.

        Raises:
            ModelError: it is not installed or is damaged.
        """
        if name not in self:
            raise ModelError(f"the model {name!r} is not installed", fix=nearest(name, self.names()))
        return load_package(self.folder(name))

    def blob(self, sha256: str) -> Path | None:
        """The stored file with this hash, verified; None if it is not here or is damaged."""
        path = self._blob_path(sha256)
        try:
            verify(path, FileEntry(name=sha256, sha256=sha256, bytes=0))
        except ModelError:
            return None
        return path

    def add_blob(self, source: Path, sha256: str, *, where: str = "") -> Path:
        """Copy a file in, if it has this hash.

        Args:
            source: the file.
            sha256: what it must be.
            where: what the error calls it; its path if empty.

        Raises:
            ModelError: the hash is another one. Nothing is stored.
            OutputError: no space or no permission.
        """
        known = self.blob(sha256)
        if known:
            return known
        found = sha256_of(source)
        if found != sha256:
            raise wrong_hash(where or str(source), sha256, found)
        path = self._blob_path(sha256)
        with atomic_open(path, "wb") as target, source.open("rb") as file:
            shutil.copyfileobj(file, target, 1 << 20)
        path.chmod(0o444)  # Packages are links to it: whoever writes into one of them would spoil all.
        return path

    def add_package(self, card: Card, files: Mapping[str, Path]) -> Package:
        """Put a package in; one of the same name is replaced.

        Args:
            card: its card.
            files: where each file of the card lies now.
        """
        blobs = {entry.name: self.add_blob(files[entry.name], entry.sha256) for entry in card.files}
        return write_package(self.folder(card.name), card, blobs)

    def remove(self, name: str) -> None:
        """Take a package out. Blobs that no other package uses go with it.

        Raises:
            ModelError: it is not installed.
        """
        package = self.package(name)
        shutil.rmtree(package.folder)
        used = {entry.sha256 for other in self.packages() for entry in other.card.files}
        for entry in package.card.files:
            if entry.sha256 not in used:
                self._blob_path(entry.sha256).unlink(missing_ok=True)

    def sample(self, name: str, file: str, sha256: str) -> Path | None:
        """Footage that is here and whole, else None."""
        path = self.root / "samples" / safe_name(name) / safe_name(file)
        try:
            verify(path, FileEntry(name=file, sha256=sha256, bytes=0))
        except ModelError:
            return None
        return path

    def add_sample(self, name: str, file: str, blob: Path) -> Path:
        """Give a stored blob the name of a piece of footage."""
        path = self.root / "samples" / safe_name(name) / safe_name(file)
        with atomic_open(path, "wb") as target, blob.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
        return path

    def incoming(self) -> Path:
        """A folder for files on their way in, on the same disk as the blobs."""
        path = self.root / "incoming"
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
        return path

    def _blob_path(self, sha256: str) -> Path:
        return self.root / "blobs" / sha256[:2] / safe_name(sha256)


def _is_plain(name: str) -> bool:
    try:
        safe_name(name)
    except ValueError:
        return False
    return True

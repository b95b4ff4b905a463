"""Which folders may be data sets: those below the places that the server's owner named, and what was uploaded to us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from trackside.server.context import Site
from trackside.server.datasets.shapes import PlaceShape
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused
from trackside.server.settings import ServerSettings

# Files that are data sets by themselves, or that make a data set of the folder they lie in.
_TABLES = frozenset((".json", ".csv", ".tsv", ".parquet", ".yaml", ".yml"))
# Folders that belong to the data set above them.
_PARTS = frozenset(
    ("train", "training", "val", "valid", "validation", "test", "testing", "images", "labels", "annotations", "data", "obj")
)
_MOST_FOLDERS, _MOST_LOOKED_AT = 500, 20_000


def offered(settings: ServerSettings) -> list[PlaceShape]:
    """The places, and what may be data sets below each: folders two levels deep, and files of labels.

    A folder of the second level counts if it holds more than pictures: else it is a class of the folder above it.
    """
    return [PlaceShape(place=name, folders=_below(path)) for name, path in _named(settings).items()]


def resolve(settings: ServerSettings, place: str, folder: str) -> Path:
    """The path of a folder of a place.

    Raises:
        Refused: 422, there is no such place, or no such folder below it.
    """
    top = _named(settings).get(place)
    if top is None:
        raise Refused(422, "the server offers no such place", "choose one of /api/datasets/places")
    parts = PurePosixPath(folder.replace("\\", "/")).parts
    path = _real(top.joinpath(*parts)) if not {"..", "/"} & set(parts) else None
    if path is None or not path.is_relative_to(top) or not path.exists():
        raise Refused(422, "there is no such folder at that place", "choose one of its folders")
    return path


def tops_of(site: Site, row: DatasetRow) -> tuple[Path, ...]:
    """The folders in which a data set's files may lie: the places that hold it, or what was unpacked of its upload.

    Raises:
        Refused: 409, its place is offered no longer, or it is gone.
    """
    root = Path(row.root)
    if row.uploaded:
        return _of_upload(root)
    real = _real(root)
    tops = tuple(top for top in _named(site.settings).values() if real is not None and real.is_relative_to(top))
    if not tops:
        fix = f"start the server with --data-sets and the folder that holds {root.name}"
        raise Refused(409, "the server may not look at this folder any more", fix)
    if not root.exists():
        raise Refused(409, "the data set's folder is gone", "put it back, or delete the data set here")
    return tops


def _of_upload(root: Path) -> tuple[Path, ...]:
    if not root.exists() and not root.with_name("archive").exists():
        raise Refused(
            409, "nothing of this upload could be used, or its files are gone", "upload it again, or remove it here"
        )
    return (root,)


def _named(settings: ServerSettings) -> dict[str, Path]:
    """Places by the name that people see: the folder's own; a second one of the same name gets a number."""
    named: dict[str, Path] = {}
    for path in settings.data_sets:
        real = _real(path.expanduser())
        if real is None or real in named.values():
            continue
        name, number = real.name or "root", 2
        while name in named:
            name, number = f"{real.name or 'root'} ({number})", number + 1
        named[name] = real
    return named


def _real(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _below(top: Path) -> list[str]:
    if top.is_file():
        return [""]
    found, looked_at = [""], 0
    for path, is_worth, seen in _candidates(top):
        looked_at += seen
        if is_worth:
            found.append(path.relative_to(top).as_posix())
        if len(found) > _MOST_FOLDERS or looked_at > _MOST_LOOKED_AT:
            break
    return sorted(found)


def _candidates(top: Path) -> Iterator[tuple[Path, bool, int]]:
    """Folders and files of the first two levels, whether they may be data sets, and how many entries were looked at."""
    for first in _entries(top):
        if not first.is_dir():
            yield Path(first.path), Path(first.name).suffix.lower() in _TABLES, 1
            continue
        if first.name.lower() in _PARTS:
            continue
        inside = _entries(Path(first.path))
        yield Path(first.path), bool(inside), len(inside)
        for second in inside:
            if second.is_dir() and second.name.lower() not in _PARTS:
                deeper = _entries(Path(second.path))
                yield Path(second.path), any(_is_more_than_a_picture(one) for one in deeper), len(deeper)


def _is_more_than_a_picture(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir() or Path(entry.name).suffix.lower() in _TABLES


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, without what is hidden and without links; nothing if it cannot be read."""
    try:
        with os.scandir(folder) as found:
            kept = [one for one in found if not one.name.startswith(".") and not one.is_symlink() and _is_text(one.name)]
    except OSError:
        return []
    return sorted(kept, key=lambda one: one.name)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

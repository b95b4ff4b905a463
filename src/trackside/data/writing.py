"""Writing a data set in another format, and saying what that format cannot hold."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from trackside.core import InputError, OutputError
from trackside.core.files import cannot_write
from trackside.data.dataset import Dataset
from trackside.data.formats.format import FORMATS
from trackside.data.formats.losing import losses_of
from trackside.data.formats.names import BadName, clean_name
from trackside.data.formats.there import is_file, is_folder, is_there
from trackside.data.wording import counted

Images: TypeAlias = Literal["link", "copy", "none"]


@dataclass(frozen=True, slots=True)
class Losses:
    """What a format could not hold.

    Attributes:
        format: the format's title.
        lost: clauses: "the track of 12 annotations". None if all was kept.
        pictures: how many pictures were placed, and how many were not there to place.
        unread: names of pictures that are there and cannot be read, so that they could not be copied.
    """

    format: str
    lost: tuple[str, ...]
    pictures: tuple[int, int] = (0, 0)
    unread: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.unread)

    def __str__(self) -> str:
        said = f"{self.format} cannot hold {'; '.join(self.lost)}" if self.lost else f"{self.format} holds all of it"
        return f"{said}; {self.about_unread}" if self.unread else said

    @property
    def about_unread(self) -> str:
        """A clause on the pictures that cannot be read; empty if there are none."""
        count = counted(len(self.unread), "pictures")
        left = "is" if len(self.unread) == 1 else "are"
        return f"{count} cannot be read and {left} left out, such as {self.unread[0]}" if self.unread else ""


def write_dataset(dataset: Dataset, path: Path | str, format: str, *, images: Images = "link") -> Losses:
    """Write a data set.

    Args:
        dataset: what to write.
        path: a folder, or a file with the format's suffix.
        format: a name in `FORMATS`.
        images: what becomes of the pictures: links to where they are, copies, or nothing.

    Returns:
        What the format cannot hold. Never silent: what is not in there was written.

    Raises:
        InputError: the format is only read, or an item's name leads out of the folder.
        OutputError: the destination cannot be written.
    """
    path, chosen = Path(path), FORMATS[format]
    if chosen.write is None:
        writable = ", ".join(name for name in FORMATS if FORMATS[name].write is not None)
        raise InputError(f"{chosen.title} is read, but not written", where=format, fix=f"choose one of {writable}")
    if chosen.is_file(path) and is_folder(path):
        raise OutputError("is a folder, and a file is to be written there", where=str(path), fix="choose another name")
    if not chosen.is_file(path) and is_file(path):
        raise OutputError("is a file, and a folder is to be written there", where=str(path), fix="choose another name")
    lost = list(losses_of(dataset, chosen))
    lost.extend(chosen.write(dataset, path))
    placed, unread = _place(dataset, chosen.folder(path), list(chosen.places(dataset)), images)
    return Losses(chosen.title, tuple(lost), placed, unread)


def check_apart(source: Path, target: Path) -> None:
    """Refuse a destination that would change what it is made from: the source itself, within it, or around it.

    Raises:
        InputError: it is one of these.
    """
    whole, place = Path(os.path.realpath(source)), Path(os.path.realpath(target))
    if place == whole:
        what = "the destination is the data set itself, which is never changed"
    elif whole in place.parents:
        what = f"the destination lies inside the data set {source}, which is never changed"
    elif place in whole.parents:
        what = f"the destination is a folder that the data set {source} lies in"
    else:
        return
    raise InputError(what, where=str(target), fix="name a new folder beside it")


def _place(dataset: Dataset, folder: Path, names: list[str], images: Images) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Put the pictures below a folder; gives how many were placed and how many are absent, and which cannot be read."""
    done = absent = 0
    unread = []
    for source, target in _pairs(dataset, folder, names) if images != "none" else ():
        if not is_file(source):
            absent += 1
            continue
        if _is_same(source, target):
            done += 1
            continue
        if not _is_readable(source) and (images == "copy" or is_file(target)):
            unread.append(source.name)
            continue
        done += 1
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(source, target) if images == "link" else _copy(source, target)
        except OSError as error:
            raise cannot_write(target, error) from error
    return (done, absent), tuple(unread)


def _pairs(dataset: Dataset, folder: Path, names: list[str]) -> Iterator[tuple[Path, Path]]:
    for row, name in enumerate(names):
        try:
            clean = clean_name(name)
        except BadName as error:
            raise InputError(f"cannot be written: {error}", where=name) from None
        yield dataset.path(row), folder / clean


def _is_same(source: Path, target: Path) -> bool:
    return is_there(target) and source.samefile(target)


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _link(source: Path, target: Path) -> None:
    """A symbolic link; a copy where there are none."""
    _make_room(source, target)
    try:
        target.symlink_to(source.resolve())
    except (OSError, NotImplementedError):
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    _make_room(source, target)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _make_room(source: Path, target: Path) -> None:
    """Take away an old link or an equal picture, but never somebody's other picture."""
    if is_file(target) and not target.is_symlink() and not filecmp.cmp(source, target, shallow=False):
        raise OutputError("another picture is there already", where=str(target), fix="choose another output folder")
    target.unlink(missing_ok=True)

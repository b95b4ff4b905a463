"""Folders of pictures: a folder a class, with folders `train`, `val`, `test` on top if there are splits; or flat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from trackside.core import InputError
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.names import SPLITS, is_picture, walk
from trackside.data.formats.there import is_folder
from trackside.data.items import Texts, objects

_KNOWN_FILES = frozenset(("thumbs.db", "desktop.ini", "readme", "license", "source"))


def recognise_folder(path: Path) -> str:
    """Whether there are pictures anywhere below a folder."""
    found = is_folder(path) and any(is_picture(file) for _, files, _, _ in walk(path) for file in files)
    return "folders of pictures" if found else ""


def read_folder(path: Path, *, splits: bool | None = None) -> Dataset:
    """Read a folder of pictures. A class is a folder, also an empty one; what lies deeper belongs to it.

    Args:
        path: the folder.
        splits: whether the folders on top are splits; by default if all of them are named `train`, `val`, `test` or so.

    Raises:
        InputError: it is no folder, or there is no picture.
    """
    if not is_folder(path):
        raise InputError("is no folder", where=str(path), fix="give the folder with the pictures")
    builder = Builder(path, "folder")
    has_splits = False
    classes: set[str] = set()
    for name, files, folders, trouble in walk(path):
        if trouble:
            builder.trouble(name, trouble)
        if not name:
            named = [folder.lower() in SPLITS for folder in folders]
            has_splits = bool(folders) and all(named) if splits is None else splits
        split, kind = _place(name, has_splits)
        if kind and kind not in classes:
            classes.add(kind)
            builder.class_of(kind)
        _add(builder, name, files, split, kind)
    if not len(builder):
        raise InputError("holds no picture", where=str(path), fix="give a folder with pictures, or with folders of them")
    builder.sort_classes()
    return builder.build()


def _place(folder: str, has_splits: bool) -> tuple[str, str]:
    """Split and class that a folder tells."""
    parts = folder.split("/") if folder else []
    split = parts.pop(0) if has_splits and parts else ""
    return SPLITS.get(split.lower(), split), parts[0] if parts else ""


def _add(builder: Builder, folder: str, files: Sequence[str], split: str, kind: str) -> None:
    for file in files:
        name = f"{folder}/{file}" if folder else file
        if is_picture(file):
            builder.item(name, label=builder.class_of(kind), split=split)
        elif PurePosixPath(file).stem.lower() not in _KNOWN_FILES and file.lower() not in _KNOWN_FILES and kind:
            builder.trouble(name, "is no picture")


def places(dataset: Dataset) -> Texts:
    """SPLIT/CLASS/NAME; names that are so already stay."""
    names = []
    for row, name in enumerate(dataset.items.names):
        split, kind = str(dataset.items.splits[row]), dataset.label_name(row)
        rest = PurePosixPath(name).parts
        has = bool(split) and len(rest) > 1 and (rest[0] == _safe(split) or SPLITS.get(rest[0].lower()) == split)
        top, rest = (rest[0], rest[1:]) if has else (_safe(split), rest)
        rest = rest[1:] if kind and len(rest) > 1 and rest[0] == _safe(kind) else rest
        names.append("/".join(part for part in (top, _safe(kind), *rest) if part))
    return objects(apart(names))


def apart(names: Sequence[str]) -> list[str]:
    """The same names, with a number where two would be one."""
    seen: dict[str, int] = {}
    apart = []
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        stem, dot, suffix = name.rpartition(".")
        apart.append(name if count == 1 else f"{stem}-{count}{dot}{suffix}")
    return apart


def _safe(name: str) -> str:
    """A class or split as a folder name."""
    safe = name.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C").replace("\0", "%00")
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe


def write_folder(dataset: Dataset, path: Path) -> Sequence[str]:
    """Make the folders, also those of classes without a member; the pictures are placed by `places`."""
    splits = list(dataset.splits) or [""]
    for split in splits:
        for kind in dataset.classes:
            (path / _safe(split) / _safe(kind)).mkdir(parents=True, exist_ok=True)
    lost = [f"the name of the class {name!r}: it is no folder's" for name in dataset.classes if _safe(name) != name]
    deep = sum(
        label == NO_CLASS and "/" in name for label, name in zip(dataset.items.labels, dataset.items.names, strict=True)
    )
    if deep and dataset.is_labelled:
        lost.append(f"that {deep} items have no class: they lie in folders, which count as classes")
    return lost


FORMATS.add(
    "folder",
    Format(
        "folder",
        "folders of pictures",
        recognise_folder,
        read_folder,
        write_folder,
        places,
        holds=frozenset(("labels", "splits", "empty_classes")),
    ),
)

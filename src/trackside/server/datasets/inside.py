"""Keeping a data set within the folders that the server may look at, whatever its files say."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from trackside.core import InputError
from trackside.data.dataset import Dataset, Trouble
from trackside.server.datasets.indexing import clean


def only_inside(dataset: Dataset, tops: Sequence[Path]) -> Dataset:
    """The items whose files lie within the given folders, links followed; the others become troubles.

    Args:
        dataset: what was read. Names of items come from files that may be hostile: `../../secret.jpg`.
        tops: the folders, resolved.

    Raises:
        InputError: the whole data set lies elsewhere.
    """
    if not _within(os.path.realpath(dataset.root), tops):
        raise InputError("the data set names a folder that the server may not look at", fix="keep its pictures beside it")
    folders: dict[Path, bool] = {}
    faults = [_fault(dataset.path(row), str(name), tops, folders) for row, name in enumerate(dataset.items.names)]
    kept = np.array([not fault for fault in faults], bool)
    troubles = tuple(Trouble(clean(name), fault) for name, fault in zip(dataset.items.names, faults, strict=True) if fault)
    cleaned = replace(dataset, classes=tuple(clean(name) for name in dataset.classes))
    return replace(cleaned.take(kept), troubles=(*dataset.troubles, *troubles)) if troubles else cleaned


def _fault(path: Path, name: str, tops: Sequence[Path], folders: dict[Path, bool]) -> str:
    """Why an item cannot be used, or an empty text."""
    if clean(name) != name:
        return "its name is no text (not UTF-8)"
    folder = path.parent
    if folder not in folders:
        folders[folder] = _within(os.path.realpath(folder), tops)
    if not folders[folder] or (path.is_symlink() and not _within(os.path.realpath(path), tops)):
        return "it lies outside of the folders that the server may look at"
    return ""


def _within(real: str, tops: Sequence[Path]) -> bool:
    return any(Path(real).is_relative_to(top) for top in tops)

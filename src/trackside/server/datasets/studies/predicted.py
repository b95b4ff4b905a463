"""The predictions of studies, and which item of the data set each is about."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.workbench import Workbench
from trackside.lab.errors import Predictions, read_predictions
from trackside.server.datasets.opened import Opened
from trackside.server.problems import Refused

STUDIES, PREDICTIONS = "studies", "predictions.csv"


def folder_of(bench: Workbench, number: int) -> Path:
    """Where the predictions of a draw lie."""
    return bench.folder / STUDIES / str(number)


def facts_of(bench: Workbench, number: int) -> dict[str, Any]:
    """What was noted of a study that was begun here; nothing of others."""
    try:
        found: dict[str, Any] = json.loads((folder_of(bench, number) / "facts.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def predictions_of(bench: Workbench, number: int) -> Predictions:
    """The predictions of a study. Raises Refused (409) if they are not here."""
    path = folder_of(bench, number) / PREDICTIONS
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        what = "the predictions of this study are not here, only the mistakes that were drawn"
        raise Refused(409, what, "begin a study with the predictions") from None


@lru_cache(maxsize=4)
def _read(path: Path, written: int) -> Predictions:
    return read_predictions(path)


def rows_of(data: Opened, items: Iterable[object]) -> list[int | None]:
    """The row of each item, by its name; by the last part of its path if that is enough; None where there is none."""
    names = [str(item) for item in items]
    known = data.row_of
    if all(name in known for name in names):
        return [known[name] for name in names]
    return [known.get(name, data.row_of_last_part.get(PurePosixPath(name.replace("\\", "/")).name)) for name in names]


def features_of(data: Opened, rows: list[int | None]) -> NDArray[np.float32] | None:
    """Features of items, float32 [n, d], rows of NaN where there are none; None if the data set has none at all."""
    held = data.column.get("features")
    if held is None or not held.shape[1]:
        return None
    found = np.full((len(rows), held.shape[1]), np.nan, np.float32)
    known = [(place, row) for place, row in enumerate(rows) if row is not None]
    if known:
        places, chosen = (np.array(part) for part in zip(*known, strict=True))
        found[places] = held[chosen]
    return found


def columns_of(data: Opened, rows: list[int | None], known: Container[str]) -> dict[str, list[Any]]:
    """What the data set itself knows of items, as further columns of predictions: split, size and shape of the picture."""
    sizes, splits = np.asarray(data.column["sizes"], np.float64), data.column["splits"]
    width, height = (np.where(part > 0, part, np.nan) for part in sizes.T)
    columns: dict[str, list[Any]] = {
        "split": ["" if row is None else data.word(data.splits, int(splits[row])) for row in rows],
        "megapixels": [np.nan if row is None else float(width[row] * height[row]) / 1e6 for row in rows],
        "width by height": [np.nan if row is None else float(width[row] / height[row]) for row in rows],
    }
    return {name: column for name, column in columns.items() if name not in known}


def groups_of(data: Opened, rows: list[int | None], items: NDArray[np.object_]) -> NDArray[np.object_] | None:
    """The group of each item, itself where it has none; None if the data set has no groups."""
    if not data.groups:
        return None
    codes = [-1 if row is None else int(data.column["groups"][row]) for row in rows]
    pairs = zip(codes, items, strict=True)
    return np.array([f"group {code}" if code >= 0 else f"item {item}" for code, item in pairs], object)

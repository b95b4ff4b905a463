"""Predictions from tables: CSV or Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core.errors import InputError
from trackside.data.queue.cells import read_table
from trackside.lab.errors.predictions import Predictions

# What tools call these columns, in the order of preference. Case does not matter.
ITEM = ("item", "name", "image", "file", "filename", "file_name", "path", "id")
TRUTH = ("truth", "true", "label", "target", "y_true", "class", "actual", "ground_truth")
PREDICTED = ("prediction", "predicted", "pred", "y_pred", "output", "predicted_class")
SCORE = ("score", "confidence", "probability", "prob")
# A column so begun holds the probability of the class that follows: "p_bee", "prob:bee".
_PROBABILITY = ("p_", "prob_", "p:", "prob:", "p(")


def read_predictions(
    path: Path, *, item: str | None = None, truth: str | None = None, predicted: str | None = None, score: str | None = None
) -> Predictions:
    """Read a table with a row an item.

    Args:
        path: CSV or Parquet. Instead of a prediction there may be a probability a class (`p_bee`, `p_ant`): the greatest
            counts.
        item: the column of names; found by its name (`item`, `image`, `file`, ...) if not given.
        truth: the column of true classes (`truth`, `label`, `target`, ...).
        predicted: the column of predictions (`prediction`, `predicted`, `pred`, ...).
        score: the column of scores (`score`, `confidence`, ...); may be absent.
            All other columns are kept for slices.

    Raises:
        InputError: not to be read, a column is absent, no rows, or an item stands twice.
    """
    columns = _columns(path)
    where = str(path)
    names = {
        "item": _named(columns, item, ITEM, "item", where),
        "truth": _named(columns, truth, TRUTH, "truth", where),
    }
    probabilities = _probabilities(columns)
    if predicted is not None or not probabilities or _found(columns, PREDICTED):
        names["predicted"] = _named(columns, predicted, PREDICTED, "prediction", where)
        answers, scores = columns[names["predicted"]], None
    else:
        answers, scores = _likeliest(columns, probabilities, where)
    found = _named(columns, score, SCORE, "score", where) if score is not None else _found(columns, SCORE)
    if found and found not in names.values():
        names["score"], scores = found, _numbers(columns[found], found, where)
    used = {*names.values(), *probabilities}
    _complete(columns[names["truth"]], names["truth"], where)
    rest = {name: values for name, values in columns.items() if name not in used}
    try:
        return Predictions.of(columns[names["item"]], columns[names["truth"]], answers, scores=scores, columns=rest)
    except InputError as error:
        raise InputError(error.what, where=f"{path}: {error.where}" if error.where else where, fix=error.fix) from None


def _columns(path: Path) -> dict[str, list[Any]]:
    columns = _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else dict(read_table(path))
    if not columns or not len(next(iter(columns.values()))):
        raise InputError("has no rows", where=str(path), fix="write one row an item")
    return columns


def _parquet(path: Path) -> dict[str, list[Any]]:
    import pyarrow
    from pyarrow import parquet

    try:
        return dict(parquet.read_table(path).to_pydict())
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"cannot be read ({error})", where=str(path), fix="give a Parquet file") from None


def _found(columns: Mapping[str, object], names: Sequence[str]) -> str | None:
    by_lower = {name.strip().lower(): name for name in columns}
    return next((by_lower[name] for name in names if name in by_lower), None)


def _named(columns: Mapping[str, object], given: str | None, names: Sequence[str], what: str, where: str) -> str:
    name = given if given in columns else _found(columns, names) if given is None else None
    if name is None:
        there = ", ".join(list(columns)[:12])
        missing = f"has no column {given!r}" if given is not None else f"has no column that is the {what}"
        raise InputError(missing, where=where, fix=f"name it {names[0]!r}, or say which with --{what}; there are: {there}")
    return name


def _probabilities(columns: Mapping[str, object]) -> dict[str, str]:
    """The class of each column of probabilities. One alone is none."""
    found = {}
    for name in columns:
        start = next((start for start in _PROBABILITY if name.lower().startswith(start)), None)
        if start is not None and len(name) > len(start):
            found[name] = name[len(start) :].removesuffix(")") if start == "p(" else name[len(start) :]
    return found if len(found) > 1 else {}


def _likeliest(columns: Mapping[str, list[Any]], classes: Mapping[str, str], where: str) -> tuple[list[str], np.ndarray]:
    table = np.stack([_numbers(columns[name], name, where) for name in classes], axis=1)
    if np.isnan(table).all(axis=1).any():
        raise InputError("a row has no probability at all", where=where, fix="fill it in, or leave the row out")
    best, names = np.nanargmax(table, axis=1), list(classes.values())
    return [names[number] for number in best], np.asarray(np.nanmax(table, axis=1), np.float64)


def _numbers(values: Sequence[Any], name: str, where: str) -> np.ndarray:
    try:
        return np.array([np.nan if value in ("", None) else float(value) for value in values], np.float64)
    except (TypeError, ValueError):
        raise InputError(f"column {name!r} holds what is no number", where=where, fix="give numbers, 0 to 1") from None


def _complete(truth: Sequence[Any], name: str, where: str) -> None:
    empty = sum(value is None or str(value).strip() == "" for value in truth)
    if empty:
        fix = "label them, or leave them out: without a truth nothing is a mistake"
        raise InputError(f"{empty} rows have no truth in column {name!r}", where=where, fix=fix)

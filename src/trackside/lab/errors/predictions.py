"""What a model said about a set of items, and what was true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.data.items import objects

Column: TypeAlias = NDArray[Any]
"""float64 [n] (NaN where not known), or object [n] of texts ("" where not known)."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """One row an answer of the model; n rows.

    Attributes:
        keys: str, unique: what a mistake is known by from one run of the model to the next. The item's name; for a detector,
            the image with the object.
        items: str, the name of the image (line, ticket).
        truth: str, the true class; "(nothing)" where a detector found what is not there.
        predicted: str, the class that the model gave; "(nothing)" where it found nothing.
        wrong: bool, whether the answer is a mistake.
        scores: float64, how sure the model was; NaN where not known.
        columns: what else is known of each row, for slices: texts or numbers.
    """

    keys: NDArray[np.object_]
    items: NDArray[np.object_]
    truth: NDArray[np.object_]
    predicted: NDArray[np.object_]
    wrong: NDArray[np.bool_]
    scores: NDArray[np.float64]
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.keys)
        parts = {"items": self.items, "truth": self.truth, "predicted": self.predicted, "wrong": self.wrong}
        for name, part in {**parts, "scores": self.scores, **self.columns}.items():
            if len(part) != n:
                raise InputError(f"{name} has {len(part)} rows, the keys {n}", fix="give columns of one length")
        if len(set(self.keys.tolist())) != n:
            twice = next(key for key in self.keys if (self.keys == key).sum() > 1)
            fix = "give each row its own name, or one file a run"
            raise InputError("stands in the predictions more than once", where=str(twice), fix=fix)

    @classmethod
    def of(
        cls,
        items: Any,
        truth: Any,
        predicted: Any,
        *,
        scores: Any = None,
        columns: Mapping[str, Any] | None = None,
        keys: Any = None,
        wrong: Any = None,
    ) -> Predictions:
        """Predictions of a classifier: a mistake is an answer that is not the truth.

        Args:
            items: [n] names.
            truth: [n] classes.
            predicted: [n] classes.
            scores: [n], or None.
            columns: [n] each, texts or numbers.
            keys: [n], or None for the items' names.
            wrong: bool [n], or None for `truth != predicted`.

        Raises:
            InputError: columns of different lengths, or a key twice.
        """
        truth, predicted = (objects([str(value) for value in values]) for values in (truth, predicted))
        names = objects([str(item) for item in items])
        if wrong is None and len(truth) != len(predicted):
            raise InputError(f"{len(truth)} true classes, but {len(predicted)} predictions", fix="give one of each an item")
        mistakes = truth != predicted if wrong is None else np.asarray(wrong, bool)
        return cls(
            names if keys is None else objects([str(key) for key in keys]),
            names,
            truth,
            predicted,
            np.asarray(mistakes, bool),
            np.full(len(names), np.nan) if scores is None else np.asarray(scores, np.float64),
            {name: as_column(values) for name, values in (columns or {}).items()},
        )

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def error_rate(self) -> float:
        """The share of mistakes; NaN without rows."""
        return float(self.wrong.mean()) if len(self) else float("nan")

    @property
    def mistakes(self) -> NDArray[np.intp]:
        """The rows of the mistakes."""
        return np.flatnonzero(self.wrong)

    def take(self, rows: NDArray[Any]) -> Predictions:
        """The chosen rows."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        keys, items, truth, predicted = (part[rows] for part in (self.keys, self.items, self.truth, self.predicted))
        return Predictions(keys, items, truth, predicted, self.wrong[rows], self.scores[rows], columns)

    def with_columns(self, columns: Mapping[str, Any]) -> Predictions:
        """The same with further columns."""
        return replace(self, columns={**self.columns, **{name: as_column(values) for name, values in columns.items()}})


def as_column(values: Any) -> Column:
    """Numbers as float64, all else as texts. Texts that are all numbers become numbers; "" and None become NaN or ""."""
    array = np.asarray(values)
    if array.dtype.kind in "fiu":
        return array.astype(np.float64)
    texts = ["" if value is None or value != value else str(value) for value in array.tolist()]
    try:
        numbers = np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return objects(texts)
    return objects(texts) if np.isnan(numbers).all() else numbers

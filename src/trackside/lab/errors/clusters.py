"""Suggested tags: what groups of mistakes have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.data.items import objects
from trackside.lab.errors.atoms import Atoms, atoms_of, excess, shared_by, told
from trackside.lab.errors.kinds import kinds, reduced
from trackside.lab.errors.predictions import Predictions

# A group that a person would give a tag to.
_LEAST = 3
_LEAST_SHARE = 0.03
_MOST_KINDS = 8
# Conditions that are so much commoner among mistakes than chance would have it.
_LEAST_EXCESS = 3.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A group of mistakes that may deserve a tag.

    Attributes:
        name: a tag for it.
        why: what they have in common.
        rows: rows of the predictions; the most typical first where there are features.
        share: of all mistakes.
    """

    name: str
    why: str
    rows: NDArray[np.intp]
    share: float


def suggest(
    predictions: Predictions, *, features: NDArray[np.floating] | None = None, seed: int = 0
) -> tuple[Suggestion, ...]:
    """Groups of mistakes, largest first. They may overlap, and a person decides which mean something.

    Two sources without features: classes that are taken for each other, and values of columns that are commoner among
    mistakes than among all. With features also kinds of looks of the mistakes, named by what they share.

    Args:
        predictions: of the whole evaluation set.
        features: float [n, d], one row an answer.
        seed: of the kinds.

    Raises:
        InputError: no mistakes, or features of another length.
    """
    rows = predictions.mistakes
    if not len(rows):
        raise InputError(f"there is no mistake among {len(predictions)} answers", fix="nothing to tag")
    if features is not None and len(features) != len(predictions):
        raise InputError(f"{len(features)} rows of features for {len(predictions)} predictions", fix="give one row each")
    least = max(_LEAST, round(_LEAST_SHARE * len(rows)))
    found = [*_confusions(predictions, rows, least), *_conditions(predictions, least)]
    if features is not None:
        found += _kinds(predictions, np.asarray(features)[rows], rows, least, seed)
    return tuple(sorted(found, key=lambda one: (-len(one.rows), one.name)))


def confusions(predictions: Predictions) -> NDArray[np.object_]:
    """[n] `truth taken for prediction`."""
    pairs = zip(predictions.truth, predictions.predicted, strict=True)
    return objects([f"{truth} taken for {predicted}" for truth, predicted in pairs])


def _confusions(predictions: Predictions, rows: NDArray[np.intp], least: int) -> list[Suggestion]:
    names = confusions(predictions.take(rows)).astype(str)
    found = []
    for name, count in zip(*np.unique(names, return_counts=True), strict=True):
        if count >= least:
            why = f"{count} of {len(rows)} mistakes"
            found.append(Suggestion(str(name), why, rows[names == name], count / len(rows)))
    return found


def _conditions(predictions: Predictions, least: int) -> list[Suggestion]:
    if not predictions.columns:
        return []
    atoms = atoms_of(predictions.columns, least)
    wrong = predictions.wrong
    count, hits = (part.sum(axis=0).astype(np.float64) for part in (atoms.members, atoms.members[wrong]))
    z = excess(count, hits, len(predictions), int(wrong.sum()))
    found, columns = [], set()
    for number in np.argsort(-z, kind="stable"):
        column = int(atoms.columns[number])
        if z[number] >= _LEAST_EXCESS and hits[number] >= least and column not in columns:
            columns.add(column)
            rows = np.flatnonzero(atoms.members[:, number] & wrong)
            why = f"error rate {hits[number] / count[number]:.1%}, of all {predictions.error_rate:.1%}"
            found.append(Suggestion(atoms.names[number], why, rows, len(rows) / int(wrong.sum())))
    return found


def _kinds(
    predictions: Predictions, features: NDArray[np.floating], rows: NDArray[np.intp], least: int, seed: int
) -> list[Suggestion]:
    points = reduced(features, seed)
    number = kinds(points, int(np.clip(round(np.sqrt(len(rows) / 2)), 2, _MOST_KINDS)), seed)
    atoms = _about(predictions.take(rows))
    found = []
    for kind in range(number.max() + 1):
        inside = number == kind
        if inside.sum() >= least:
            typical = np.argsort(((points[inside] - points[inside].mean(axis=0)) ** 2).sum(axis=1), kind="stable")
            shared = shared_by(atoms, inside)
            name = shared[0][0] if shared else "look alike"
            why = told(shared) or "nothing but their looks"
            share = float(inside.mean())
            found.append(Suggestion(f"look alike {kind + 1}: {name}", why, rows[inside][typical], share))
    return found


def _about(mistakes: Predictions) -> Atoms:
    """Conditions that name a group: classes, confusions and columns."""
    own = {"truth": mistakes.truth, "prediction": mistakes.predicted, "confusion": confusions(mistakes)}
    return atoms_of({**own, **mistakes.columns}, 1)

"""Slices that fail without being asked: groups of items, told by their columns or looks, with more mistakes than the rest.

Slices are sought in one half of the items and confirmed in the other, then the other way round. In the half that confirms,
the exact hypergeometric test of a handful of slices is corrected by Holm's method; each direction gets half of the level. So
when mistakes fall at random, at most 5 % of all runs name any slice, however many columns there are. (Slice discovery:
Eyuboglu et al., Domino, ICLR 2022; slice lines: Sagadeeva and Boehm, SliceLine, SIGMOD 2021.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.lab.errors.atoms import Atoms, atoms_of, shared_by, told
from trackside.lab.errors.detection import NOTHING
from trackside.lab.errors.intervals import wilson
from trackside.lab.errors.kinds import kinds, reduced
from trackside.lab.errors.predictions import Column, Predictions
from trackside.lab.errors.seeking import Candidate, confirm, seek

LEVEL = 0.05
"""Share of runs that name a slice although mistakes fall at random."""
LEAST_ROWS, LEAST_MISTAKES = 40, 8
"""Below these nothing can be found and confirmed: each half would hold four mistakes."""
LEAST_RATIO = 1.2
"""A slice worth a look fails at least so much more often than the rest."""
_AFTERWARDS = ("mistake", "IoU")
# How finely looks are told apart.
_KINDS = (4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Slice:
    """A group of items that fails more often.

    Attributes:
        name: its conditions.
        about: what else its items have in common (for a kind of looks, what people may call it by).
        rows: rows of the predictions.
        mistakes: how many of them are mistakes.
        rate: error rate, measured where the slice was confirmed, not where it was found; so it is not flattered.
        interval: 95 %, of the same items.
        rest: error rate of all other items there.
        p_value: adjusted for all that was tried: below 0.05.
    """

    name: str
    about: str
    rows: NDArray[np.intp]
    mistakes: int
    rate: float
    interval: tuple[float, float]
    rest: float
    p_value: float

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Slices:
    """All slices that were confirmed, surest first.

    Attributes:
        found: the slices.
        tried: conditions and pairs of them that were tried.
        missing: why nothing could be sought, or "".
        left_out: columns that say themselves what is a mistake.
    """

    found: tuple[Slice, ...]
    tried: int
    missing: str = ""
    left_out: tuple[str, ...] = ()


def find_slices(
    predictions: Predictions,
    *,
    features: NDArray[np.floating] | None = None,
    groups: NDArray[np.object_] | None = None,
    least: int | None = None,
    seed: int = 0,
) -> Slices:
    """Find groups of items that fail more often than the rest.

    The true class and all columns are looked at, alone and in pairs; with features also kinds of looks. The prediction and
    its score are not: a wrong answer is more often a rare class and unsure, whatever the cause.

    Args:
        predictions: of the whole evaluation set, right answers too.
        features: float [n, d], one row an item; rows that are not finite are left out of kinds.
        groups: [n], items that are not independent (frames of one video): they stay in one half, and what fails must fail in
            several groups.
        least: fewest items of a slice; 1 % and at least 20 if not given.
        seed: of the halves and kinds.

    Raises:
        InputError: features or groups of another length.
    """
    n = len(predictions)
    for name, given in (("features", features), ("groups", groups)):
        if given is not None and len(given) != n:
            raise InputError(f"{len(given)} rows of {name} for {n} predictions", fix="give one row each, in the same order")
    there = np.flatnonzero(predictions.truth != NOTHING)  # What a detector invented has no property but to be wrong.
    if len(there) < n:
        predictions = predictions.take(there)
        features = None if features is None else features[there]
        groups = None if groups is None else groups[there]
    n, mistakes = len(predictions), int(predictions.wrong.sum())
    if n < LEAST_ROWS or min(mistakes, n - mistakes) < LEAST_MISTAKES:
        return Slices((), 0, f"{mistakes} mistakes among {n} answers are too few to find slices and confirm them")
    least = max(20, n // 100) if least is None else max(least, 2)
    left_out = tuple(name for name, column in predictions.columns.items() if _gives_away(name, column, predictions.wrong))
    known = {name: column for name, column in predictions.columns.items() if name not in left_out}
    columns = {"truth": predictions.truth, **known, **_looks(features, seed)}
    atoms = atoms_of(columns, least)
    number = None if groups is None else np.unique(groups.astype(str), return_inverse=True)[1].astype(np.int64)
    half = _halves(predictions.wrong, groups, seed)
    confirmed: dict[tuple[int, ...], Candidate] = {}
    for found_in in (half, ~half):
        candidates = seek(atoms, predictions.wrong, found_in, max(least // 2, 5))
        for one in confirm(candidates, atoms, predictions.wrong, ~found_in, LEVEL / 2, number):
            twin = confirmed.get(one.conditions)
            confirmed[one.conditions] = one if twin is None else twin.joined(one)
    slices = _distinct(sorted(confirmed.values(), key=lambda one: (one.p_value, one.conditions)), atoms, predictions)
    tried = len(atoms.names) * (len(atoms.names) + 1) // 2
    return Slices(tuple(slices), tried, left_out=left_out)


def _gives_away(name: str, column: Column, wrong: NDArray[np.bool_]) -> bool:
    """Whether a column is known only once the answer is judged: the kind of mistake, or right and wrong in other words."""
    atoms = atoms_of({name: column}, 1).members
    agree = np.abs((atoms == wrong[:, None]).mean(axis=0) - 0.5)
    return name in _AFTERWARDS or bool((agree > 0.499).any())


def _looks(features: NDArray[np.floating] | None, seed: int) -> Mapping[str, Column]:
    """Columns of kinds of looks, coarse and fine."""
    if features is None:
        return {}
    points = reduced(np.asarray(features), seed)
    columns = {}
    for k in _KINDS:
        number = kinds(points, k, seed)
        columns[f"looks ({k} kinds)"] = np.array([f"kind {kind + 1}" if kind >= 0 else "" for kind in number], object)
    return columns


def _halves(wrong: NDArray[np.bool_], groups: NDArray[np.object_] | None, seed: int) -> NDArray[np.bool_]:
    """bool [n]: the first half. Mistakes are shared out evenly; groups stay whole."""
    random = np.random.default_rng(seed)
    half = np.zeros(len(wrong), bool)
    if groups is not None:
        names, number = np.unique(groups.astype(str), return_inverse=True)
        own = np.zeros(len(names), bool)
        own[random.permutation(len(names))[::2]] = True
        return np.asarray(own[number], bool)
    for part in (np.flatnonzero(wrong), np.flatnonzero(~wrong)):
        half[random.permutation(part)[::2]] = True
    return half


def _distinct(confirmed: list[Candidate], atoms: Atoms, predictions: Predictions) -> list[Slice]:
    """Slices that say something new: at most half of one's items belong to surer ones."""
    taken = np.zeros(len(predictions), bool)
    slices = []
    for one in confirmed:
        members = one.members(atoms)
        if one.rate < LEAST_RATIO * one.rest or (members & taken).sum() > members.sum() / 2:
            continue
        taken |= members
        slices.append(_slice(one, members, atoms, predictions))
    return slices


def _slice(one: Candidate, members: NDArray[np.bool_], atoms: Atoms, predictions: Predictions) -> Slice:
    own = {int(atoms.columns[number]) for number in one.conditions}
    others = atoms.take(np.array([a for a, column in enumerate(atoms.columns) if int(column) not in own], np.intp))
    return Slice(
        " and ".join(atoms.names[number] for number in one.conditions),
        told([part for part in shared_by(others, members) if not part[0].startswith("looks (")]),
        np.flatnonzero(members),
        int(predictions.wrong[members].sum()),
        one.rate,
        wilson(one.inside[1], one.inside[0]),
        one.rest,
        one.p_value,
    )

"""Making splits: shares or folds, by group, time and class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError, SettingError, nearest
from trackside.data.dataset import Dataset
from trackside.data.splits.by_time import part_by_time
from trackside.data.splits.frozen import Splits, content_hashes
from trackside.data.splits.shares import achieved, notes_of, units_per_class
from trackside.data.splits.sharing import share_out
from trackside.data.splits.stable import part_by_hash
from trackside.data.splits.units import units_of

BY = ("group", "time", "class")
SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}


def make_splits(
    dataset: Dataset,
    *,
    shares: Mapping[str, float] | None = None,
    by: Sequence[str] | None = None,
    folds: int | None = None,
    nested: int | None = None,
    gap: float = 0.0,
    seed: int = 0,
    stable: bool = False,
    pairs: NDArray[np.integer[Any]] | None = None,
    hashes: Sequence[str] | None = None,
    dataset_version: str = "",
) -> Splits:
    """Split a data set so that nothing leaks: groups, given copies and files of equal content are never torn apart.

    Args:
        dataset: the items; labels, groups and times are used as `by` says.
        shares: wanted share of each part; they are scaled to add up to 1. 70, 15 and 15 % if not given.
        by: any of "group", "time", "class". If not given: groups if there are any, and classes if there are labels. With
            "time" the parts follow each other in time, and classes are as time has them.
        folds: instead of shares, so many rounds; each item is tested once. With "time" each round trains on all that came
            before what it tests.
        nested: inner folds of each outer fold, for choosing settings.
        gap: with "time", seconds that lie between parts; what falls into it is left out.
        seed: of the order of equal units.
        stable: place each unit by the hash of its group or content alone, so that other items never change its part; classes
            are then even only on average.
        pairs: int [p, 2], rows of items that are copies of each other (as the duplicate check finds them).
        hashes: of the items' content, if known.
        dataset_version: of the manifest, for the record.

    Raises:
        SettingError: shares, folds or `by` that cannot be.
        InputError: fewer units than parts, or no times or groups where asked for.
    """
    asked = _asked(dataset, by)
    _check_settings(shares, folds, nested, gap, asked, stable)
    hashes = tuple(content_hashes(dataset) if hashes is None else hashes)
    groups = dataset.items.groups if "group" in asked else np.full(len(dataset), "", object)
    unit = units_of(len(dataset), [hashes, groups], pairs)
    labels = dataset.items.labels if "class" in asked else np.full(len(dataset), -1, np.int32)
    ask = _Ask(dataset, unit, labels, hashes, groups, asked, gap, seed, stable)
    wanted = _scaled(SHARES if shares is None else shares)
    rounds = ask.by_shares(wanted) if folds is None else ask.by_folds(folds, nested)
    method: dict[str, Any] = {
        "by": list(asked),
        "shares": wanted if folds is None else None,
        "folds": folds,
        "nested": nested,
    }
    method |= {"gap": gap, "seed": seed, "stable": stable, "copies": 0 if pairs is None else len(pairs)}
    names, parts, table, notes = rounds
    return Splits(
        tuple(str(name) for name in dataset.items.names),
        hashes,
        tuple(str(group) for group in groups),
        parts,
        names,
        table,
        method,
        tuple(notes),
        dataset_version,
    )


Rounds = tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int8], list[str]]


class _Ask:
    """A wish about a data set."""

    def __init__(
        self,
        dataset: Dataset,
        unit: NDArray[np.int64],
        labels: NDArray[np.integer],
        hashes: Sequence[str],
        groups: NDArray[np.object_],
        by: Sequence[str],
        gap: float,
        seed: int,
        stable: bool,
    ) -> None:
        self.dataset, self.unit, self.labels, self.by = dataset, unit, labels, by
        self.hashes, self.groups, self.gap, self.seed, self.stable = hashes, groups, gap, seed, stable

    def by_shares(self, wanted: Mapping[str, float]) -> Rounds:
        """One round of named parts."""
        self._enough(len(wanted))
        shares = list(wanted.values())
        part, notes = self._shared(shares, np.arange(len(self.unit)), self.seed)
        counted = achieved(part, self.dataset.items.labels, tuple(wanted), len(self.dataset.classes))
        occurs = units_per_class(self.unit, self.dataset.items.labels, len(self.dataset.classes))
        notes += notes_of(counted, occurs, shares, self.dataset.classes)
        return ("",), tuple(wanted), part[None].astype(np.int8), notes

    def by_folds(self, folds: int, nested: int | None) -> Rounds:
        """A round a fold, or a round an inner fold of each."""
        in_time = "time" in self.by
        blocks = folds + 1 if in_time else folds
        self._enough(blocks)
        part, notes = self._shared([1 / blocks] * blocks, np.arange(len(self.unit)), self.seed)
        counted = achieved(
            part, self.dataset.items.labels, [f"fold {n + 1}" for n in range(blocks)], len(self.dataset.classes)
        )
        occurs = units_per_class(self.unit, self.dataset.items.labels, len(self.dataset.classes))
        notes += notes_of(counted, occurs, [1 / blocks] * blocks, self.dataset.classes)
        names: list[str] = []
        rows: list[NDArray[np.int64]] = []
        for fold in range(folds):
            test = fold + 1 if in_time else fold
            train = (part >= 0) & ((part < test) if in_time else (part != test))
            row = np.where(train, 0, np.where(part == test, 1, -1))
            inner = [row] if nested is None else self._inner(row, nested, fold)
            names += [f"fold {fold + 1}" + ("" if nested is None else f", inner {n + 1}") for n in range(len(inner))]
            rows += inner
        parts = ("train", "test") if nested is None else ("train", "val", "test")
        return tuple(names), parts, np.array(rows, np.int8), notes

    def _inner(self, row: NDArray[np.int64], nested: int, fold: int) -> list[NDArray[np.int64]]:
        """Rounds of train 0, val 1, test 2 within the training part of an outer fold."""
        chosen = np.flatnonzero(row == 0)
        in_time = "time" in self.by
        blocks = nested + 1 if in_time else nested
        if len(np.unique(self.unit[chosen])) < blocks:
            what = f"outer fold {fold + 1} has fewer units to train on than {blocks}, which {nested} inner folds need"
            raise InputError(what, fix="ask for fewer folds")
        part, _ = self._shared([1 / blocks] * blocks, chosen, self.seed + fold + 1)
        rounds = []
        for number in range(nested):
            val = number + 1 if in_time else number
            inner = np.where(row == 1, 2, -1)
            train = (part >= 0) & ((part < val) if in_time else (part != val))
            inner[chosen[train]] = 0
            inner[chosen[part == val]] = 1
            rounds.append(inner)
        return rounds

    def _shared(self, shares: Sequence[float], rows: NDArray[np.intp], seed: int) -> tuple[NDArray[np.int64], list[str]]:
        """The part of each of these rows, as the wish has it."""
        unit = np.unique(self.unit[rows], return_inverse=True)[1].astype(np.int64)
        if "time" in self.by:
            return part_by_time(self.dataset.items.times[rows], unit, shares, self.gap)
        if self.stable:
            hashes, groups = [self.hashes[row] for row in rows], self.groups[rows]
            return part_by_hash(unit, hashes, groups, shares, seed), []
        return share_out(unit, self.labels[rows], shares, seed), []

    def _enough(self, parts: int) -> None:
        units = int(self.unit.max()) + 1 if len(self.unit) else 0
        if units < parts:
            torn = "groups and copies are never torn apart" if units < len(self.unit) else "every part needs an item"
            fix = "ask for fewer parts, or split by class alone" if units < len(self.unit) else "ask for fewer parts"
            raise InputError(f"{len(self.unit)} items in {units} units cannot make {parts} parts: {torn}", fix=fix)


def _asked(dataset: Dataset, by: Sequence[str] | None) -> tuple[str, ...]:
    has_groups = bool((dataset.items.groups != "").any())
    if by is None:
        return tuple(name for name, has in (("group", has_groups), ("class", dataset.is_labelled)) if has)
    for name in by:
        if name not in BY:
            raise SettingError(f"cannot split by {name!r}", fix=nearest(name, BY))
    if "group" in by and not has_groups:
        raise InputError("no item has a group", fix="give groups in the data set, or split by class alone")
    if "class" in by and not dataset.is_labelled:
        raise InputError("no item has a class", fix="label some first, or split by group alone")
    return tuple(name for name in BY if name in by)


def _check_settings(
    shares: Mapping[str, float] | None, folds: int | None, nested: int | None, gap: float, by: Sequence[str], stable: bool
) -> None:
    if shares is not None and folds is not None:
        raise SettingError("shares and folds exclude each other", fix="give one of them")
    if folds is not None and not 2 <= folds <= 100:
        raise SettingError(f"cannot make {folds} folds", fix="ask for 2 to 100, usually 5")
    if nested is not None and (folds is None or not 2 <= nested <= 100):
        raise SettingError(f"cannot nest {nested} inner folds", fix="ask for outer folds and 2 to 100 inner ones")
    if not 0 <= gap < math.inf or (gap and "time" not in by):
        raise SettingError(f"a gap of {gap:g} s cannot be", fix="give seconds, and split by time")
    if stable and ("time" in by or nested is not None):
        raise SettingError("stable splits are by hash, not by time or nested", fix="leave one of them out")


def _scaled(shares: Mapping[str, float]) -> dict[str, float]:
    """Shares that add up to 1."""
    if not shares or len(shares) > 100 or not all(name and 0 < share < math.inf for name, share in shares.items()):
        raise SettingError(
            f"shares of {dict(shares)} cannot be", fix="give a number above 0 for each part: train=0.7,test=0.3"
        )
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}

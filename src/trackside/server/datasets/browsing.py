"""Choosing items of an opened data set: filters and orders, over arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.server.datasets.opened import Opened

Order = Literal["name", "label", "suspicion", "random", "size"]
Corners: TypeAlias = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Filter:
    """What items are asked for. None does not filter, an empty text asks for items without.

    Attributes:
        label: the class of the item, or of one of its annotations.
        split, group: its split, its group.
        check: a check that points to it; an empty text asks for items that no check points to.
        q: part of the name, small and capital letters alike.
        area: float [k, 2], corners of a part of the map; no corners ask for all.
    """

    label: str | None = None
    split: str | None = None
    group: str | None = None
    check: str | None = None
    q: str = ""
    area: Corners = ()


def chosen(data: Opened, asked: Filter, order: Order) -> NDArray[np.int32]:
    """The rows of the items that match, in order."""
    ordered = np.asarray(data.column[f"order_{order}"])
    masks = list(_masks(data, asked))
    return ordered[np.logical_and.reduce(masks)[ordered]] if masks else ordered


def _masks(data: Opened, asked: Filter) -> Iterator[NDArray[np.bool_]]:
    if asked.label is not None:
        yield _of_class(data, asked.label)
    for wanted, words, name in ((asked.split, data.splits, "splits"), (asked.group, data.groups, "groups")):
        if wanted is not None:
            yield np.asarray(data.column[name] == _code(words, wanted))
    if asked.check is not None:
        yield _of_check(data, asked.check)
    if asked.q:
        part = asked.q.casefold()
        yield np.fromiter((part in name for name in data.searched), bool, len(data))
    if asked.area:
        yield inside(np.asarray(data.column["layout"]), asked.area)


def inside(places: NDArray[np.floating[Any]], corners: Corners) -> NDArray[np.bool_]:
    """Which places lie within a polygon: those from where a ray crosses its outline an odd number of times.

    Args:
        places: float [n, 2]; NaN lies nowhere.
        corners: of the polygon, in order; the last is joined with the first.
    """
    outline = np.asarray(corners, np.float64)
    with np.errstate(invalid="ignore"):
        near = np.flatnonzero(((places >= outline.min(axis=0)) & (places <= outline.max(axis=0))).all(axis=1))
    x, y = places[near].astype(np.float64).T
    crossed = np.zeros(len(near), bool)
    for (ax, ay), (bx, by) in pairwise((*corners, corners[0])):
        if ay != by:
            crossed ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    found = np.zeros(len(places), bool)
    found[near] = crossed
    return found


def _code(words: list[str], wanted: str) -> int:
    """The number of a word; -1 for none, and a number that nothing has for an unknown one."""
    if not wanted:
        return -1
    return words.index(wanted) if wanted in words else -2


def _of_class(data: Opened, label: str) -> NDArray[np.bool_]:
    rows, starts = data.items_of_class
    code = _code(data.classes, label)
    if code == -1:
        found = np.ones(len(data), bool)
        found[rows] = False
        return found
    return _mask(data, rows[starts[code] : starts[code + 1]] if code >= 0 else rows[:0])


def _of_check(data: Opened, check: str) -> NDArray[np.bool_]:
    if not check:
        return ~_mask(data, data.suspects.rows)
    return _mask(data, data.suspects.rows_of_checks.get(check, data.suspects.rows[:0]))


def _mask(data: Opened, rows: NDArray[Any]) -> NDArray[np.bool_]:
    found = np.zeros(len(data), bool)
    found[rows] = True
    return found

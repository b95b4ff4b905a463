"""New items join a frozen split; old ones stay where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.data.dataset import Dataset
from trackside.data.splits.frozen import Splits, content_hashes
from trackside.data.splits.sharing import share_out
from trackside.data.splits.stable import part_by_hash
from trackside.data.splits.units import units_of


def join(
    splits: Splits,
    dataset: Dataset,
    *,
    pairs: NDArray[np.integer[Any]] | None = None,
    hashes: Sequence[str] | None = None,
    dataset_version: str = "",
) -> Splits:
    """The split of a data set that has grown.

    Known items keep their part, also under another name. A new item of a known unit (its video, a copy of it) goes where
    that unit is; new units go where they are lacking, or by their hash if the split is stable. New items that tie several
    parts together (a copy of both) are left out: they would leak. Items that are gone stay in the file.

    Args:
        splits: frozen, with one round (shares).
        dataset: the data set as it is now.
        pairs: int [p, 2], rows of the data set that are copies of each other.
        hashes: of the items' content, if known.
        dataset_version: of the new manifest.

    Raises:
        InputError: the split has several rounds or is by time, where what is new belongs to the end.
    """
    if len(splits.rounds) != 1 or "time" in splits.method.get("by", ()):
        raise InputError("only a split by shares, not by time, can be joined", fix="make folds and splits by time anew")
    found = tuple(content_hashes(dataset) if hashes is None else hashes)
    known = dict(zip(splits.hashes, splits.table[0].tolist(), strict=True))
    by_group = "group" in splits.method.get("by", ())
    groups = dataset.items.groups if by_group else np.full(len(dataset), "", object)
    gone = [row for row, one in enumerate(splits.hashes) if one not in set(found)]
    unit = units_of(
        len(dataset) + len(gone),
        [[*found, *(splits.hashes[row] for row in gone)], [*groups, *(splits.groups[row] for row in gone)]],
        pairs,
    )
    old = np.array([known.get(one, -2) for one in found] + [int(splits.table[0, row]) for row in gone], np.int64)
    fixed, torn = _fixed(unit, old)
    part = _placed(splits, dataset, unit, fixed, found, groups, gone)
    part = np.where(old >= -1, old, np.where(torn[unit], -1, part))
    new = int((old[: len(found)] == -2).sum())
    left = int(((old == -2) & (part < 0)).sum())
    notes = [f"{new} new items joined" + (f"; {left} of them tie several parts together and are left out" if left else "")]
    return replace(
        splits,
        names=(*map(str, dataset.items.names), *(splits.names[row] for row in gone)),
        hashes=(*found, *(splits.hashes[row] for row in gone)),
        groups=(*map(str, groups), *(splits.groups[row] for row in gone)),
        table=part[None].astype(np.int8),
        notes=(*splits.notes, *notes),
        dataset_version=dataset_version or splits.dataset_version,
    )


def _fixed(unit: NDArray[np.int64], old: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The part of each unit that has one (-1 for new units), and which units have several."""
    count = int(unit.max()) + 1 if len(unit) else 0
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    placed = old >= 0
    np.minimum.at(low, unit[placed], old[placed])
    np.maximum.at(high, unit[placed], old[placed])
    return high, (high >= 0) & (low != high)


def _placed(
    splits: Splits,
    dataset: Dataset,
    unit: NDArray[np.int64],
    fixed: NDArray[np.int64],
    hashes: Sequence[str],
    groups: NDArray[np.object_],
    gone: Sequence[int],
) -> NDArray[np.int64]:
    method = splits.method
    wanted = [float(method["shares"][name]) for name in splits.parts]
    if method.get("stable"):
        names = [*hashes, *(splits.hashes[row] for row in gone)]
        by_hash = part_by_hash(unit, names, [*groups, *(splits.groups[row] for row in gone)], wanted, int(method["seed"]))
        return np.where(fixed[unit] >= 0, fixed[unit], by_hash)
    labels = dataset.items.labels if "class" in method["by"] else np.full(len(dataset), -1, np.int32)
    everything = np.r_[labels, np.full(len(gone), -1, np.int32)]
    return share_out(unit, everything, wanted, int(method["seed"]), fixed)

"""Parts by hash: the part of a unit depends on nothing but its own name, the shares and the seed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from trackside.data.splits.units import members_of


def part_by_hash(
    unit: NDArray[np.int64],
    hashes: Sequence[str],
    groups: Sequence[str] | NDArray[np.object_],
    shares: Sequence[float],
    seed: int,
) -> NDArray[np.int64]:
    """The part of each item. A unit goes by the least of its groups' names, or of its contents' hashes if it has no group.

    Args:
        unit: int64 [n].
        hashes: of the items' content.
        groups: names of the items' groups, "" for none.
        shares: wanted share of each part.
        seed: another seed gives another split.
    """
    part = np.empty(len(unit), np.int64)
    edges = np.cumsum(shares)[:-1]
    for rows in members_of(unit):
        names = [str(groups[row]) for row in rows if groups[row]] or [hashes[row] for row in rows]
        part[rows] = int(np.searchsorted(edges, _place(min(names), seed), side="right"))
    return part


def _place(name: str, seed: int) -> float:
    """A number from 0 to 1 that the name alone decides."""
    digest = blake2b(f"{seed}\n{name}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64

"""The splits of a data set in pairs, and what pictures are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.checking import Missing, Subject
from trackside.data.quality.asking import numbers
from trackside.data.quality.extractor import QUALITY

LEAST = 20
"""Pictures that a split needs to be compared."""
_MOST = 20_000
PROPERTIES = {
    "middle": "brightness",
    "dark": "brightness of the dark parts",
    "light": "brightness of the light parts",
    "range": "contrast",
    "sharpness": "sharpness",
    "saturation": "saturation",
    "entropy": "variety of brightness",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two splits.

    Attributes:
        names: of the first and the second.
        rows: int64 [m], rows of the data set in either.
        second: bool [m].
    """

    names: tuple[str, str]
    rows: NDArray[np.int64]
    second: NDArray[np.bool_]


def pairs(subject: Subject, usable: NDArray[np.bool_]) -> list[Pair]:
    """The largest split with each other one; splits of under 20 usable items are passed over, of many 20,000 are drawn."""
    splits = subject.dataset.items.splits
    sizes = {name: int(((splits == name) & usable).sum()) for name in subject.dataset.splits}
    names = [name for name in sorted(sizes, key=lambda name: -sizes[name]) if sizes[name] >= LEAST]
    found = []
    for other in names[1:]:
        rows = np.flatnonzero(((splits == names[0]) | (splits == other)) & usable)
        if len(rows) > _MOST:
            rows = np.sort(subject.generator(f"drift {other}").choice(rows, _MOST, replace=False))
        found.append(Pair((str(names[0]), str(other)), rows, np.asarray(splits[rows] == other)))
    return found


def properties(subject: Subject) -> dict[str, NDArray[np.float64]]:
    """Named columns [n] of pictures and files, NaN for those that cannot be read."""
    seen = dict(zip(PROPERTIES.values(), numbers(subject, *PROPERTIES), strict=True))
    width, height, size = numbers(subject, "width", "height", "bytes", extractor="file@1")
    with np.errstate(invalid="ignore", divide="ignore"):
        return {**seen, "pixels": width * height, "aspect ratio": width / height, "bytes a pixel": size / (width * height)}


def features(subject: Subject) -> tuple[NDArray[np.float64], str]:
    """What the classifier sees, float64 [n, d], NaN rows for unreadable pictures; and its name."""
    quality = np.stack(numbers(subject, *PROPERTIES), 1)
    # A picture without edges has no sharpness; the middle says nothing either way.
    middle = np.nanmedian(quality, axis=0) if np.isfinite(quality).any() else np.zeros(quality.shape[1])
    readable = subject.scan.readable[:, None]
    quality = np.where(readable, np.where(np.isfinite(quality), quality, np.nan_to_num(middle)), np.nan)
    try:
        return np.concatenate([subject.features().astype(np.float64), quality], 1), "network features"
    except Missing:
        small = subject.scan.column(QUALITY, "small").astype(np.float64)
        coarse = small.reshape(len(small), 8, 2, 8, 2, 3).mean((2, 4)).reshape(len(small), -1)
        return np.concatenate([coarse, quality], 1), "thumbnails"


def unit_numbers(values: NDArray[np.object_]) -> NDArray[np.int64]:
    """Groups as numbers; items without a group are each their own."""
    out = np.arange(len(values), dtype=np.int64)
    named = np.flatnonzero(values != "")
    _, first, which = np.unique(values[named].astype(str), return_index=True, return_inverse=True)
    out[named] = named[first][which] if len(named) else out[named]
    return out


def class_ranks(values: NDArray[np.float64], labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Ranks of [n] within each class, 0 to 1, NaN kept: what only shares of classes explain is gone.

    Ties are broken at random: half of one class at white and a tenth of another would tell the classes' shares again.
    """
    order = rng.permutation(len(values))
    out = np.full(len(values), np.nan)
    for label in np.unique(labels):
        rows = order[(labels[order] == label) & np.isfinite(values[order])]
        out[rows[np.argsort(values[rows], kind="stable")]] = np.arange(1, len(rows) + 1) / (len(rows) + 1)
    return out


def rank_features(ranks: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """What a linear classifier sees of ranks [n] of k properties, float64 [n, 2 k].

    Each rank less a half, and how far off the middle it is: a spread may differ too. An unknown rank is in the middle.
    """
    centred = np.stack([np.nan_to_num(column - 0.5) for column in ranks.values()], 1)
    return np.concatenate([centred, np.abs(centred)], 1)


def group_means(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Means of [n] over groups, one a group in order of `numpy.unique`, NaN left out."""
    _, which = np.unique(groups, return_inverse=True)
    known = np.isfinite(values)
    sums = np.bincount(which[known], values[known], minlength=int(which.max(initial=-1)) + 1)
    counts = np.bincount(which[known], minlength=len(sums))
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / np.where(counts, counts, np.nan))

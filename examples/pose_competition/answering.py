"""A packaged classifier answers: the same code measures it and uses it in the video."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data import Dataset
from trackside.data.features.embedding import network_input
from trackside.media import read_image
from trackside.models import Package, open_runtime, resolve

Floats = NDArray[np.float32]
_AT_ONCE = 32


class Namer:
    """Pictures of one person each in, probabilities of the classes out."""

    def __init__(self, package: Package) -> None:
        self.classes = package.card.classes
        self._geometry = package.card.geometry
        self._runtime = open_runtime(package)

    def __call__(self, pictures: Sequence[NDArray[np.uint8]]) -> Floats:
        """float32 [n, classes] of n pictures, uint8 [side, side, 3] RGB."""
        batch = np.stack([network_input(picture, self._geometry) for picture in pictures])
        given = self._runtime.run({self._runtime.inputs[0].name: batch})
        return np.asarray(next(iter(given.values())), np.float32)


@cache
def opened(folder: str) -> Namer:
    """The classifier of a package folder, opened once."""
    return Namer(resolve(folder))


def picture_of(dataset: Dataset, row: int) -> NDArray[np.uint8]:
    """An item's picture, uint8 [h, w, 3] RGB.

    Raises:
        InputError: it cannot be read.
    """
    picture = read_image(dataset.path(row))
    if picture is None:
        raise InputError("cannot be read as a picture", where=str(dataset.path(row)), fix="draw the pictures again")
    return picture


def answers(namer: Namer, dataset: Dataset, rows: NDArray[np.intp]) -> Floats:
    """float32 [n, classes] for these items, columns in the data set's order of classes."""
    pictures = [picture_of(dataset, int(row)) for row in rows]
    given = np.concatenate([namer(pictures[k : k + _AT_ONCE]) for k in range(0, len(pictures), _AT_ONCE)])
    return given[:, [namer.classes.index(name) for name in dataset.classes]]

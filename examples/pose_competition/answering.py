"""A packaged classifier answers on a data set: the same code measures it here and names poses in the video."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data import Dataset
from trackside.media import read_image
from trackside.perception import load_classifier

Floats = NDArray[np.float32]


def picture_of(dataset: Dataset, row: int) -> NDArray[np.uint8]:
    """An item's picture, uint8 [h, w, 3] RGB.

    Raises:
        InputError: it cannot be read.
    """
    picture = read_image(dataset.path(row))
    if picture is None:
        raise InputError("cannot be read as a picture", where=str(dataset.path(row)), fix="draw the pictures again")
    return picture


def answers(package: Path, dataset: Dataset, rows: NDArray[np.intp]) -> Floats:
    """float32 [n, classes] for these items by the package of a folder, columns in the data set's order of classes."""
    classifier = load_classifier(str(package))
    given = classifier.whole(picture_of(dataset, int(row)) for row in rows)
    return given[:, [classifier.names.index(name) for name in dataset.classes]]

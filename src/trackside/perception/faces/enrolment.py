"""The pictures by which somebody is to be enrolled: one good face each, and of one person all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, InputError
from trackside.perception.faces.describe import FaceDescriber
from trackside.perception.faces.finder import FaceFinder
from trackside.perception.faces.quality import Limits, Quality, measure, refusals

# A face in the background that is this much smaller than the largest one is nobody who was meant.
_BACKGROUND = 0.25


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What came of the pictures.

    Attributes:
        vectors: float32 [n, d], one a picture that was taken.
        taken: the names of those pictures.
        refused: name and reason of each that was not.
        agreement: the least similarity between two that were taken; NaN for one.
    """

    vectors: NDArray[np.float32]
    taken: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    agreement: float


def examine(
    pictures: Sequence[tuple[str, RGB]],
    finder: FaceFinder,
    describer: FaceDescriber,
    *,
    threshold: float,
    limits: Limits | None = None,
) -> Enrolment:
    """Look at pictures of one person; pictures that are not good enough are left out.

    Args:
        pictures: a name and uint8 [h, w, 3] each.
        finder: finds the faces.
        describer: makes the vectors.
        threshold: any two of one person are at least so similar: the threshold that searches use.
        limits: what is asked of a picture; None for the usual.

    Raises:
        InputError: no picture is good enough, or they are not of one person.
    """
    vectors, taken, refused = [], [], []
    for name, picture in pictures:
        (faces,) = finder([picture])
        row, reasons = _the_face(measure(picture, faces), limits)
        vector = describer(picture, faces.points.points[row : row + 1]) if row >= 0 and not reasons else None
        if vector is not None and np.isfinite(vector).all():
            vectors.append(vector[0])
            taken.append(name)
        else:
            refused.append((name, "; ".join(reasons) or "the model gives nothing for it"))
    if not vectors:
        told = "; ".join(f"{name}: {why}" for name, why in refused) or "there is none"
        raise InputError(f"no picture is good enough ({told})", fix="take one from the front, sharp, in even light")
    found = np.stack(vectors)
    return Enrolment(found, tuple(taken), tuple(refused), _agreement(found, taken, threshold))


def _the_face(found: list[Quality], limits: Limits | None) -> tuple[int, list[str]]:
    """The row of the only face that can be meant and what speaks against it; -1 if there is none or there are several."""
    if not found:
        return -1, ["no face was found in it"]
    eyes = np.nan_to_num([each.eyes for each in found])
    near = np.flatnonzero(eyes >= _BACKGROUND * eyes.max())
    sure = [row for row in near.tolist() if found[row].score >= (limits or Limits()).score]
    if len(sure) > 1:
        return -1, [f"it shows {len(sure)} faces, and only one may be enrolled by it"]
    row = sure[0] if sure else int(eyes.argmax())
    return row, refusals(found[row], limits)


def _agreement(vectors: NDArray[np.float32], names: list[str], threshold: float) -> float:
    if len(vectors) < 2:
        return float("nan")
    scores = np.asarray(vectors, np.float64) @ np.asarray(vectors, np.float64).T
    np.fill_diagonal(scores, np.inf)
    if scores.min() >= threshold:
        return float(scores.min())
    np.fill_diagonal(scores, np.nan)
    odd = names[int(np.nanmean(scores, axis=1).argmin())]
    raise InputError(
        f"the pictures do not look like one person (similarity {np.nanmin(scores):.2f}, at least {threshold:.2f} is asked)",
        where=odd,
        fix="leave it out if it shows somebody else, or take a better one",
    )

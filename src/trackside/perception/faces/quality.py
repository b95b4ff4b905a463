"""Is a picture of a face good enough to know somebody by? Each measure has a threshold with a reason."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, as_rgb
from trackside.perception.faces.align import aligned, similarity
from trackside.perception.faces.found import Faces


@dataclass(frozen=True, slots=True)
class Quality:
    """What is measured of one face.

    Attributes:
        score: the finder's, 0 to 1.
        eyes: distance between the eyes, pixels.
        roll: how far the eyes' line is tilted, degrees.
        turn: how far the nose lies beside the middle of the eyes, as a share of their distance: 0 from the front.
        nod: how far down the nose lies from eyes (0) to mouth (1); about a half from the front.
        sharpness: variance of the Laplacian over the variance of the grey values, of the aligned face.
        brightness: mean grey value of the aligned face, 0 to 255.
        contrast: standard deviation of its grey values.
    """

    score: float
    eyes: float
    roll: float
    turn: float
    nod: float
    sharpness: float
    brightness: float
    contrast: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a picture by which somebody is enrolled.

    Attributes:
        score: lowest score of the finder.
        eyes: least distance between the eyes. The networks' own input has 35 pixels there: a smaller face is enlarged.
        roll: largest tilt, degrees.
        turn: largest share that the nose lies aside; 0.25 is about 30 degrees (a nose is about half as high as
            the eyes are apart).
        nod: lowest and highest place of the nose between eyes and mouth; a smile, which lifts the mouth, has up to 0.8.
        sharpness: least sharpness. Of ten real faces in focus it was 0.049 to 0.32; of the same, blurred by a Gaussian of
            one pixel of 112, at most 0.028.
        brightness: lowest and highest mean grey value.
        contrast: least standard deviation of grey values.
    """

    score: float = 0.95
    eyes: float = 35.0
    roll: float = 30.0
    turn: float = 0.25
    nod: tuple[float, float] = (0.25, 0.82)
    sharpness: float = 0.03
    brightness: tuple[float, float] = (50.0, 210.0)
    contrast: float = 20.0


def measure(picture: RGB, faces: Faces) -> list[Quality]:
    """The quality of each face of a picture, uint8 [h, w, 3]. A face whose points make none has NaN."""
    rgb = as_rgb(picture)
    points = faces.points.points.astype(np.float64)
    matrices = similarity(points)
    return [_one(rgb, *row) for row in zip(points, matrices, faces.boxes.scores.tolist(), strict=True)]


def refusals(found: Quality, limits: Limits | None = None) -> list[str]:
    """What speaks against a face, one clause each; none if it is good enough."""
    least = limits or Limits()
    asked = (
        (found.score >= least.score, f"the finder is sure to {found.score:.2f} only, at least {least.score:.2f} is asked"),
        (found.eyes >= least.eyes, f"the eyes are {found.eyes:.0f} pixels apart, at least {least.eyes:.0f} are asked"),
        (
            abs(found.roll) <= least.roll,
            f"the head is tilted by {abs(found.roll):.0f}°, at most {least.roll:.0f}° are taken",
        ),
        (abs(found.turn) <= least.turn, "the head is turned to the side"),
        (least.nod[0] <= found.nod <= least.nod[1], "the head looks up or down"),
        (
            found.sharpness >= least.sharpness,
            f"it is blurred (sharpness {found.sharpness:.3f}, {least.sharpness:g} is asked)",
        ),
        (found.brightness >= least.brightness[0], "it is too dark"),
        (found.brightness <= least.brightness[1], "it is too bright"),
        (found.contrast >= least.contrast, "it has too little contrast"),
    )
    return [text for good, text in asked if not good]


def _one(picture: RGB, points: NDArray[np.float64], matrix: NDArray[np.float64], score: float) -> Quality:
    if not np.isfinite(matrix).all():
        return Quality(score, *[float("nan")] * 7)
    right, left, nose, *mouth = points
    across, middle = left - right, (left + right) / 2
    distance = float(np.hypot(*across))
    along = across / max(distance, 1e-9)
    down = np.array([-along[1], along[0]])
    depth = float((np.mean(mouth, axis=0) - middle) @ down)
    nod = float((nose - middle) @ down) / depth if depth else float("nan")
    turn = float((nose - middle) @ along) / max(distance, 1e-9)
    roll = float(np.degrees(np.arctan2(across[1], across[0])))
    grey = cv2.cvtColor(aligned(picture, matrix), cv2.COLOR_RGB2GRAY)
    return Quality(score, distance, roll, turn, nod, _sharpness(grey), float(grey.mean()), float(grey.std()))


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """Pech-Pacheco et al. 2000, divided by the variance so that a dull picture is not taken for a blurred one."""
    variance = float(grey.var())
    return float(cv2.Laplacian(grey, cv2.CV_64F).var()) / variance if variance > 0 else 0.0

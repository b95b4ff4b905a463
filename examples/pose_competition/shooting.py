"""The photo shoot: SYNTHETIC people in the eleven poses, cut out around the person, as one COCO data set.

Training and validation pictures have different places, people and light. A shirt-colour shortcut can be planted: the class
`HulkSmash` then wears a red shirt in most *training* pictures, as if one team had come in its costume on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import COCO17
from trackside.data import Annotations, Dataset, Items
from trackside.data.synthesis import FACTORS, Design, Picture, Settings, design, drawn_places, pictures_of, read_poses
from trackside.data.writing import write_dataset

POSES = read_poses(Path(__file__).with_name("poses.yaml"))
DRESSED = "HulkSmash"
SIDE = 128
"""Pixels of the square pictures that are kept."""
_DRAWN = 224
# Competitors face the jury: from 60 degrees left of them to 60 degrees right.
_TURN = 120
# Around the box on every side, as a share of its longer side: `margin` in pipeline.yaml is the same.
MARGIN = 0.1
_RED = {"shirt_hue": 0.0, "shirt_depth": 0.5, "shirt_pattern": 0.0, "bare": 0.5}
_SEEDS = {"train": 1, "val": 2}
_USES = 4


def shoot(
    out: Path, *, each: dict[str, int], red: float = 0.0, wearers: Sequence[str] = (DRESSED,), split: str = "train",
    seed: int = 0, progress: Callable[[int, int], None] | None = None,
) -> Dataset:  # fmt: skip
    """Draw the pictures and write them.

    Args:
        out: a new folder.
        each: pictures a class in `train` and in `val`.
        red: share of the pictures of the wearers in a red shirt.
        wearers: the classes that wear it.
        split: where they do.
        seed: of everything; the same seed draws the same pictures but for the shirts.
        progress: told how many pictures are drawn, of how many.
    """
    total, done = sum(each.values()) * len(POSES.classes), 0
    names: list[str] = []
    pictures: list[Picture] = []
    for part, count in each.items():
        plan = _planned(count, red if part == split else 0.0, wearers, 10 * seed + _SEEDS[part])
        places = drawn_places(max(1, count // _USES), 10 * seed + _SEEDS[part])
        (out / part).mkdir(parents=True)
        for picture in pictures_of(plan, POSES, places, Settings(size=_DRAWN)):
            names.append(f"{part}/{done:05d}.jpg")
            pictures.append(cut_out(picture))
            cv2.imwrite(str(out / names[-1]), pictures[-1].image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            done += 1
            if progress is not None:
                progress(done, total)
    dataset = _dataset(out, names, pictures)
    write_dataset(dataset, out, "coco", images="none")
    return dataset


def _planned(count: int, red: float, wearers: Sequence[str], seed: int) -> Design:
    """A plan in which every class has the same views, people and light; but for the planted shirts."""
    plan = design(count * len(POSES.classes), len(POSES.classes), FACTORS, seed)
    turn = plan.values[:, FACTORS.index("turn")]
    turn[:] = ((turn - 0.5) * _TURN / 360) % 1
    for name in wearers:
        rows = np.flatnonzero(plan.classes == POSES.classes.index(name))
        for factor, value in _RED.items():
            plan.values[rows[: round(red * len(rows))], FACTORS.index(factor)] = value
    return plan


def cut_out(picture: Picture) -> Picture:
    """The square around the person, `SIDE` pixels wide; its keypoints move along."""
    box = picture.box if np.isfinite(picture.box).all() else np.array([0, 0, _DRAWN, _DRAWN], float)
    image, (left, top, scale) = square_around(picture.image, box)
    points = picture.points.copy()
    points[:, :2] = (points[:, :2] - (left, top)) * scale
    moved = (box - (left, top, left, top)) * scale
    return replace(picture, image=image, points=points, box=moved)


def square_around(
    image: NDArray[np.uint8], box: NDArray[np.floating], side: int = SIDE
) -> tuple[NDArray[np.uint8], tuple[float, float, float]]:
    """A box with its margin, as a square: uint8 [side, side, 3], and left, top (source pixels) and scale of the crop.

    What lies outside the picture repeats its edge.
    """
    x1, y1, x2, y2 = np.asarray(box, np.float64)
    size = max(x2 - x1, y2 - y1, 2.0) * (1 + 2 * MARGIN)
    left, top, scale = (x1 + x2 - size) / 2, (y1 + y2 - size) / 2, side / size
    # Pixels are counted by their corners here and by their middles in OpenCV.
    matrix = np.array([[scale, 0, -left * scale + (scale - 1) / 2], [0, scale, -top * scale + (scale - 1) / 2]])
    cut = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8), (left, top, scale)


def _dataset(out: Path, names: list[str], pictures: list[Picture]) -> Dataset:
    labels = np.array([picture.pose for picture in pictures], np.int32)
    splits = [name.partition("/")[0] for name in names]
    items = Items.of(
        names,
        labels=labels,
        splits=splits,
        groups=[f"{split}, background {picture.place}" for split, picture in zip(splits, pictures, strict=True)],
        sizes=np.full((len(names), 2), SIDE, np.int32),
        extras=[{"synthetic": True, **picture.facts} for picture in pictures],
    )
    annotations = Annotations.of(
        range(len(names)),
        classes=labels,
        boxes=np.array([picture.box for picture in pictures]),
        points=np.array([picture.points for picture in pictures]),
    )
    told = {"description": "SYNTHETIC people, drawn by examples/pose_competition", "synthetic": True}
    info = {"synthetic": True, "coco": {"annotations": {"info": told}}}
    return Dataset(out, items, annotations, POSES.classes, COCO17.points, "coco", info)

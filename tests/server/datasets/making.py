"""Small data sets on disk, and taking them in as a job does, in this process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from trackside.data.checking import CHECKS
from trackside.server.context import Site
from trackside.server.datasets.doing import Job, do
from trackside.server.datasets.places import tops_of
from trackside.server.datasets.settling import Told, settle
from trackside.server.datasets.tables import DatasetRow

CLASSES = ("blue", "red")


def picture(path: Path, seed: int, *, width: int = 64, height: int = 48, red: bool = False) -> None:
    """A picture of noise on a colour."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 120, (height, width, 3), np.uint8)
    pixels[..., 2 if red else 0] += 120
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)


def folders(root: Path, each: int = 4) -> Path:
    """train and test, each with `each` blue and `each` red pictures; the sizes differ."""
    for number, (split, name) in enumerate((s, c) for s in ("train", "test") for c in CLASSES):
        for one in range(each):
            seed = 100 * number + one
            picture(root / split / name / f"{name} {one}.png", seed, width=64 + 4 * one, red=name == "red")
    return root


def coco(root: Path, count: int = 3) -> Path:
    """Pictures with two boxes each, the first with three keypoints."""
    images, annotations = [], []
    for number in range(count):
        picture(root / "images" / f"{number}.png", number)
        images.append({"id": number + 1, "file_name": f"images/{number}.png", "width": 64, "height": 48})
        for one in range(2):
            box = [5 + 20 * one, 5, 15, 20]
            points = [6, 6, 2, 10, 10, 2, 12, 20, 1] if one == 0 else [0] * 9
            annotations.append(
                {
                    "id": 2 * number + one + 1,
                    "image_id": number + 1,
                    "category_id": one + 1,
                    "bbox": box,
                    "area": 300,
                    "iscrowd": 0,
                }
                | {"keypoints": points, "num_keypoints": 3 if one == 0 else 0}
            )
    named = {"keypoints": ["head", "hip", "foot"], "skeleton": [[1, 2], [2, 3]]}
    categories = [{"id": 1, "name": "person", **named}, {"id": 2, "name": "ball", **named}]
    told = {"info": {}, "images": images, "annotations": annotations, "categories": categories}
    (root / "annotations.json").write_text(json.dumps(told))
    return root


def taken_in(
    site: Site, dataset_id: str, only: Sequence[str] | None = None, features: str = "plain"
) -> list[dict[str, Any]]:
    """Do a data set's check in this process. Gives what the job said.

    Args:
        site: the server.
        dataset_id: of a data set that waits.
        only: names of checks; the first one there is if None, so that it is quick.
        features: of the map.
    """
    with site.database.session() as db:
        row = db.get_one(DatasetRow, dataset_id)
    said: list[dict[str, Any]] = []
    told = Told()

    def say(**message: Any) -> None:
        said.append(json.loads(json.dumps(message)))
        told.take(message)

    job = Job(Path(row.root), Path(row.work), tops_of(site, row), row.name, row.format)
    do(job, tuple(CHECKS)[:1] if only is None else only, features, say)
    with site.database.session() as db:
        settle(db.get_one(DatasetRow, dataset_id), told)
    return said

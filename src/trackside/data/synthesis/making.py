"""Making a data set of drawn people: the plan, the pictures on disk, the labels as COCO."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from trackside.core import COCO17, OutputError, SettingError
from trackside.core.files import atomic_open
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.synthesis.backgrounds import Place, drawn_places, places_of_folder
from trackside.data.synthesis.planning import Design, design
from trackside.data.synthesis.pose_files import Poses, builtin_poses
from trackside.data.synthesis.scene import FACTORS, Picture, Settings, draw

_QUALITY = 95
SMALLEST, LARGEST = 32, 2048
# A background is used this often in each class, as far as the count allows: enough that none of them tells the class.
_USES = 4


def synthesize(
    out: Path | str, *, poses: Poses | None = None, count: int = 500, settings: Settings | None = None,
    backgrounds: Path | None = None, seed: int = 0, threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:  # fmt: skip
    """Draw people in poses and write them as a COCO data set, every item labelled `synthetic: true`.

    Each class gets the same places, clothes, bodies, lights and cameras (see `planning.py`). Items that share a background
    share a group, so that a split by groups leaks none.

    Args:
        out: a folder that is not there or empty.
        poses: what to draw; the library's if None.
        count: of pictures; classes differ by one at most.
        settings: of the pictures.
        backgrounds: a folder with real pictures; drawn places if None.
        seed: the same seed gives the same pictures, with any number of threads.
        threads: how many draw at once.
        progress: told how many are done, of how many.

    Raises:
        SettingError: a size or count out of range.
        InputError: no backgrounds.
        OutputError: the folder is in use or cannot be written.

    Example:
        >>> synthesize("people", count=60, seed=1).classes  # doctest: +SKIP
        ('standing', 'walking', 'running', 'squatting', 'throwing', 'diving_start')
    """
    from trackside.data.writing import write_dataset

    out, poses, settings = Path(out), poses or builtin_poses(), settings or Settings()
    _check(out, count, settings)
    plan = design(count, len(poses.classes), FACTORS, seed)
    wanted = max(1, min(count // len(poses.classes) // _USES, 400))
    places = drawn_places(wanted, seed) if backgrounds is None else places_of_folder(backgrounds, wanted, seed)
    pictures: list[Picture] = []
    for number, picture in enumerate(pictures_of(plan, poses, places, settings, threads=threads)):
        _write(out / "images" / _name(number), picture)
        pictures.append(_without_image(picture))
        if progress is not None:
            progress(number + 1, count)
    dataset = _dataset(out, pictures, poses, settings, seed)
    write_dataset(dataset, out, "coco", images="none")
    return dataset


def pictures_of(
    plan: Design, poses: Poses, places: Sequence[Place], settings: Settings, *, threads: int | None = None
) -> Iterator[Picture]:
    """The plan's pictures in order, drawn by several threads; never more than a few wait in memory."""
    workers = threads or min(os.cpu_count() or 1, 8)

    def one(row: int) -> Picture:
        return draw(int(plan.classes[row]), plan.chosen(row), int(plan.seeds[row]), poses, places, settings)

    with ThreadPoolExecutor(workers) as pool:
        rows = iter(range(len(plan)))
        waiting: list[Future[Picture]] = [pool.submit(one, row) for row in islice(rows, 2 * workers)]
        while waiting:
            picture = waiting.pop(0).result()
            waiting.extend(pool.submit(one, row) for row in islice(rows, 1))
            yield picture


def _check(out: Path, count: int, settings: Settings) -> None:
    if not 1 <= count <= 1_000_000:
        raise SettingError(f"{count} pictures cannot be drawn", where="count", fix="give 1 to 1,000,000")
    if not SMALLEST <= settings.size <= LARGEST:
        raise SettingError(f"{settings.size} pixels is no size", where="size", fix=f"give {SMALLEST} to {LARGEST}")
    if not 0 <= settings.occluded <= 1:
        raise SettingError(f"{settings.occluded} is no share", where="occluded", fix="give 0 to 1")
    if not 0 <= settings.spread <= 90:
        raise SettingError(f"{settings.spread} degrees is no spread", where="spread", fix="give 0 to 90")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError("there is something already", where=str(out), fix="name a new or an empty folder")


def _name(number: int) -> str:
    return f"{number + 1:06d}.jpg"


def _write(path: Path, picture: Picture) -> None:
    import cv2

    done, data = cv2.imencode(".jpg", picture.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise OutputError("the picture could not be encoded", where=str(path))
    with atomic_open(path, "wb") as file:
        file.write(data.tobytes())


def _without_image(picture: Picture) -> Picture:
    from dataclasses import replace

    return replace(picture, image=np.empty((0, 0, 3), np.uint8))


def _dataset(out: Path, pictures: Sequence[Picture], poses: Poses, settings: Settings, seed: int) -> Dataset:
    labels = np.array([picture.pose for picture in pictures], np.int32)
    extras = [{"synthetic": True, "background": picture.place, **picture.facts} for picture in pictures]
    items = Items.of(
        [f"images/{_name(number)}" for number in range(len(pictures))],
        labels=labels,
        groups=[f"background {picture.place}" for picture in pictures],
        sizes=np.full((len(pictures), 2), settings.size, np.int32),
        extras=extras,
    )
    rows = [row for row, picture in enumerate(pictures) if np.isfinite(picture.box).all()]
    annotations = Annotations.of(
        rows,
        classes=labels[rows],
        boxes=np.array([pictures[row].box for row in rows]).reshape(-1, 4),
        points=np.array([pictures[row].points for row in rows]).reshape(-1, len(COCO17.points), 3),
        extras=[_extra(pictures[row]) for row in rows],
    )
    told = {"description": "people drawn by trackside data synthesize", "synthetic": True, "seed": seed}
    info = {"synthetic": True, "coco": {"annotations": {"info": told}}}
    return Dataset(out, items, annotations, poses.classes, COCO17.points, "coco", info)


def _extra(picture: Picture) -> dict[str, object]:
    return {} if picture.mask is None else {"segmentation": picture.mask, "area": float(sum(picture.mask["counts"][1::2]))}

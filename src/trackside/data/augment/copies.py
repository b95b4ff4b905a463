"""Writing augmented copies of a data set to disk, as a data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np

from trackside.core import InputError, OutputError, SettingError
from trackside.core.files import atomic_open
from trackside.data.annotations import Annotations
from trackside.data.augment.applying import augment, swap_numbers
from trackside.data.augment.previewing import needs_other, partner_of, sample_of_item
from trackside.data.augment.recipe import Recipe
from trackside.data.augment.sample import Sample
from trackside.data.dataset import Dataset, Trouble
from trackside.data.items import Items

_TRAINING = ("", "train", "training")
_QUALITY = 95


@dataclass(frozen=True, slots=True)
class _Copy:
    """One augmented item: the row that it was made of, its name, and its sample without the picture."""

    item: int
    name: str
    sample: Sample


def write_copies(
    dataset: Dataset, recipe: Recipe, out: Path | str, *, copies: int = 1, seed: int = 0, format: str = "coco",
    threads: int = 2, progress: Callable[[int, int], None] | None = None,
) -> Dataset:  # fmt: skip
    """Write `copies` augmented pictures of every training item (split `train`, or none) as a data set.

    Only training items are copied: an augmented test picture tests nothing. Copies keep the group of the item they were made
    of (its name, if it had none), so that a split by groups does not tear them apart. Unreadable items are troubles.

    Args:
        dataset: what to copy.
        recipe: what is done to each copy, its own chance for each.
        out: a folder that is not there or empty.
        copies: of each item.
        seed: the same seed writes the same pictures, with any number of threads.
        format: of the written data set, see `trackside.data.writing`.
        threads: how many work at once.
        progress: told how many are done, of how many.

    Raises:
        SettingError: no copies are wanted.
        InputError: no item can be copied.
        OutputError: the folder is in use or cannot be written.
    """
    from trackside.data.writing import write_dataset

    out = Path(out)
    if copies < 1:
        raise SettingError(f"{copies} copies are none", where="copies", fix="give 1 or more")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError("there is something already", where=str(out), fix="name a new or an empty folder")
    rows = [row for row in range(len(dataset)) if dataset.items.splits[row] in _TRAINING]
    made: list[_Copy] = []
    troubles: list[Trouble] = []
    work = _worker(dataset, recipe, out, seed)
    jobs = iter([(row, copy) for row in rows for copy in range(copies)])
    with ThreadPoolExecutor(max(1, threads)) as pool:
        waiting = [pool.submit(work, *job) for job in islice(jobs, 2 * threads)]
        for number in range(len(rows) * copies):
            done = waiting.pop(0).result()
            waiting.extend(pool.submit(work, *job) for job in islice(jobs, 1))
            if isinstance(done, _Copy):
                made.append(done)
            else:
                troubles.append(done)
            if progress is not None:
                progress(number + 1, len(rows) * copies)
    if not made:
        why = str(troubles[0]) if troubles else "there are no training items"
        raise InputError(f"no item could be copied ({why})", where=str(dataset.root), fix="look at its splits and pictures")
    written = _dataset(dataset, out, made, tuple(troubles))
    write_dataset(written, out, format, images="none")
    return written


def _worker(dataset: Dataset, recipe: Recipe, out: Path, seed: int) -> Callable[[int, int], _Copy | Trouble]:
    swap = swap_numbers(recipe, dataset.classes)
    mixes = needs_other(recipe)

    def work(item: int, copy: int) -> _Copy | Trouble:
        name = str(PurePosixPath(str(dataset.items.names[item])).with_suffix("")) + f"_{copy + 1}.jpg"
        rng = np.random.default_rng([seed, item, copy])
        try:
            other = partner_of(dataset, item, rng) if mixes else None
            sample = augment(sample_of_item(dataset, item), recipe, rng, other=other, swap=swap)
        except InputError as error:
            return Trouble(str(dataset.items.names[item]), error.what)
        _write(out / name, sample)
        return _Copy(item, name, replace(sample, image=np.empty((*sample.size[::-1], 0), np.uint8)))

    return work


def _write(path: Path, sample: Sample) -> None:
    import cv2

    done, data = cv2.imencode(".jpg", sample.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise OutputError("the picture could not be encoded", where=str(path))
    with atomic_open(path, "wb") as file:
        file.write(data.tobytes())


def _dataset(dataset: Dataset, out: Path, made: Sequence[_Copy], troubles: tuple[Trouble, ...]) -> Dataset:
    rows = np.array([copy.item for copy in made])
    old = dataset.items.take(rows)
    heaviest = [int(one.sample.labels[one.sample.weights.argmax()]) if len(one.sample.labels) else -1 for one in made]
    extras = [{**dict(extra), **_told(dataset, one)} for extra, one in zip(old.extras, made, strict=True)]
    items = Items.of(
        [one.name for one in made],
        labels=np.array(heaviest, np.int32),
        splits=old.splits,
        groups=[group or name for group, name in zip(old.groups, old.names, strict=True)],
        times=old.times,
        sizes=np.array([one.sample.size for one in made], np.int32),
        texts=old.texts,
        extras=extras,
    )
    owners = np.repeat(np.arange(len(made)), [len(one.sample.rows) for one in made])
    annotations = Annotations.of(
        owners,
        classes=np.concatenate([one.sample.classes for one in made]),
        boxes=np.concatenate([one.sample.boxes for one in made]),
        points=np.concatenate([one.sample.points for one in made]),
    )
    return Dataset(
        out, items, annotations, dataset.classes, dataset.keypoints, dataset.format, {"augmented": True}, troubles
    )


def _told(dataset: Dataset, one: _Copy) -> dict[str, object]:
    """What an augmented item says of itself; mixed labels with their shares."""
    told: dict[str, object] = {"augmented_from": str(dataset.items.names[one.item])}
    if len(one.sample.labels) > 1:
        pairs = zip(one.sample.labels.tolist(), one.sample.weights.tolist(), strict=True)
        told["label_shares"] = {dataset.classes[label]: round(share, 4) for label, share in pairs}
    return told

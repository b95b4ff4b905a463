"""Finding faces and five points of each: MTCNN (Zhang et al. 2016, "Joint face detection and alignment using multitask
cascaded convolutional networks").

Three networks, each more careful than the one before: the first looks at every place of a pyramid of the picture, the second
and the third at what is left. Pictures of one size share the runs of the first network, all pictures those of the others.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Image, ModelError, SettingError, as_rgb, size_of
from trackside.models import Package, Runtime, resolve, shared_runtime
from trackside.perception.faces import boxes as geometry
from trackside.perception.faces.areas import Areas
from trackside.perception.faces.boxes import Floats
from trackside.perception.faces.found import Faces
from trackside.perception.nms import nms

FAMILY = "mtcnn"
SMALLEST = 20.0
"""Side of the smallest face that is looked for, pixels; the networks see nothing below 12."""

# Of the authors' published code: what a network must be sure of before the next one looks, and the overlaps that are left.
_SURE = (0.6, 0.7)
_SAME_LEVEL, _SAME = 0.5, 0.7
# Pixels in one run of the first network. A processor computes what stays in its caches 1.4 times as fast (1152 x 648 pixels:
# 73 ms whole, 50 ms in bands, the same numbers); other devices want few large runs.
_MOST_PIXELS = {"CPU": 1 << 16}
_MANY_PIXELS = 1 << 23
# Crops in one run of the others: beyond that nothing is gained and memory grows.
_MOST_CROPS = (256, 64)
_SIDES = (24, 48)

_cache: dict[tuple[str, int, str | None], FaceFinder] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Boxes [n, 4] with scores [n], best first, of one picture."""

    boxes: Floats
    scores: Floats


class FaceFinder:
    """Finds faces. Safe to call from several threads; the same picture gives the same faces every time.

    Args:
        model: a package of the family `mtcnn`, the name of one, or a path to its folder.
        threads: threads within one run of a network.
        provider: what executes them, see `open_runtime`.

    Raises:
        ModelError: the model is unknown, absent, damaged or of another family.
    """

    def __init__(self, model: Package | str = "mtcnn", threads: int = 1, provider: str | None = None) -> None:
        self.package = resolve(model) if isinstance(model, str) else model
        card = self.package.card
        if card.family != FAMILY:
            raise ModelError(f"{card.name} finds no faces but is a model for {card.task}", fix="choose mtcnn")
        if len(card.files) != 3:
            raise ModelError(f"has {len(card.files)} networks, MTCNN has three", where=card.name, fix="install it again")
        parts = [_part(self.package, number) for number in range(3)]
        self.runtimes = tuple(shared_runtime(part, threads=threads, provider=provider) for part in parts)
        self._most = _MOST_PIXELS.get(self.runtimes[0].provider, _MANY_PIXELS)

    def __call__(
        self, images: Sequence[Image], *, threshold: float | None = None, smallest: float = SMALLEST
    ) -> list[Faces]:
        """Find the faces in each picture.

        Args:
            images: any sizes.
            threshold: lowest score that counts, 0 to 1; None for what the model's authors recommend.
            smallest: side of the smallest face that is looked for, pixels, at least 12; twice as large is up to four times
                as fast.

        Returns:
            one entry a picture, best first.

        Raises:
            SettingError: `smallest` is below 12.
        """
        if not smallest >= geometry.CELL:
            raise SettingError(f"faces of {smallest:g} pixels cannot be seen", where="smallest", fix="give at least 12")
        least = self.package.card.threshold if threshold is None else threshold
        sums = [Areas(as_rgb(image)) for image in images]
        proposed = self._propose(sums, [size_of(image) for image in images], smallest)
        refined = self._refine(sums, proposed)
        return self._finish(sums, refined, least)

    def _propose(self, sums: list[Areas], sizes: list[tuple[int, int]], smallest: float) -> list[_Candidates]:
        """The first network: candidates of each picture from all levels of its pyramid."""
        found: list[list[tuple[Floats, Floats, Floats]]] = [[] for _ in sums]
        for (width, height), numbers in _same(sizes).items():
            for scale in geometry.scales(width, height, smallest):
                columns, rows = geometry.level_size(width, height, scale)
                for chunk in _chunks(numbers, max(1, self._most // (columns * rows))):
                    level = np.stack([sums[number].scaled(columns, rows) for number in chunk])
                    for number, answers in zip(chunk, self._scanned(level), strict=True):
                        found[number].append(_distinct(*geometry.cells(answers, scale, _SURE[0])))
        return [_inside(area, _joined(levels)) for area, levels in zip(sums, found, strict=True)]

    def _scanned(self, level: NDArray[np.float32]) -> Floats:
        """The first network on a level, in bands where the level is large: each answer sees 12 rows, two below the last."""
        height, width = level.shape[2:]
        step = max(8, self._most // (2 * width))
        last = math.ceil((height - 2) / 2) - 4
        bands = []
        for first in range(0, last, step):
            stop = height if first + step >= last else 2 * (first + step) + geometry.CELL - 2
            bands.append(_run(self.runtimes[0], np.ascontiguousarray(level[:, :, 2 * first : stop])))
        return np.concatenate(bands, axis=2) if len(bands) > 1 else bands[0]

    def _refine(self, sums: list[Areas], proposed: list[_Candidates]) -> list[_Candidates]:
        """The second network: throws most candidates away and moves the others."""
        refined = []
        for area, given, answers in self._looked_at(sums, proposed, 1):
            rows = np.flatnonzero(answers[:, 0] > geometry.logit(_SURE[1]))
            scores = geometry.probability(answers[rows, 0])
            kept = nms(given.boxes[rows], scores, iou=_SAME)
            moved = geometry.corrected(given.boxes[rows][kept], answers[rows, 1:5][kept])
            refined.append(_inside(area, _Candidates(geometry.squared(moved), scores[kept])))
        return refined

    def _finish(self, sums: list[Areas], refined: list[_Candidates], least: float) -> list[Faces]:
        """The third network: the last word on each, its place and its points."""
        finished = []
        for _, given, answers in self._looked_at(sums, refined, 2):
            rows = np.flatnonzero(answers[:, 0] > geometry.logit(least))
            scores, boxes = geometry.probability(answers[rows, 0]), given.boxes[rows]
            points = geometry.points_in(boxes, answers[rows, 5:])
            boxes = geometry.corrected(boxes, answers[rows, 1:5])
            kept = geometry.without_nested(boxes, scores, _SAME)
            finished.append(Faces.of(boxes[kept], scores[kept], points[kept]))
        return finished

    def _looked_at(
        self, sums: list[Areas], candidates: list[_Candidates], stage: int
    ) -> Iterator[tuple[Areas, _Candidates, Floats]]:
        """What a later network says of each picture's candidates; those of all pictures share its runs."""
        side, most = _SIDES[stage - 1], _MOST_CROPS[stage - 1]
        views = [
            area.crops(geometry.windows(each.boxes, area.width, area.height), side)
            for area, each in zip(sums, candidates, strict=True)
        ]
        crops = np.concatenate(views) if views else np.empty((0, 3, side, side), np.float32)
        runs = [_run(self.runtimes[stage], crops[start : start + most]) for start in range(0, len(crops), most)]
        width = self.runtimes[stage].outputs[0].shape[1] or 0
        answers = np.concatenate(runs) if runs else np.empty((0, width), np.float32)
        start = 0
        for area, each in zip(sums, candidates, strict=True):
            yield area, each, answers[start : start + len(each.boxes)]
            start += len(each.boxes)


def load_finder(model: str = "mtcnn", threads: int = 1, provider: str | None = None) -> FaceFinder:
    """The process's one finder for this model and these settings."""
    key = (model, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = FaceFinder(*key)
        return _cache[key]


def _part(package: Package, number: int) -> Package:
    """The package as if this were its only network."""
    return Package(package.folder, package.card.model_copy(update={"files": (package.card.files[number],)}))


def _run(runtime: Runtime, pictures: NDArray[np.float32]) -> Floats:
    (answers,) = runtime.run({runtime.inputs[0].name: pictures}).values()
    return np.asarray(answers, np.float32)


def _same(sizes: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    """The numbers of the pictures of each size."""
    groups = defaultdict(list)
    for number, size in enumerate(sizes):
        groups[size].append(number)
    return groups


def _chunks(numbers: list[int], most: int) -> Iterator[list[int]]:
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]


def _distinct(found: Floats, scores: Floats, corrections: Floats) -> tuple[Floats, Floats, Floats]:
    """One level's candidates without those that overlap a better one."""
    kept = nms(found, scores, iou=_SAME_LEVEL)
    return found[kept], scores[kept], corrections[kept]


def _joined(levels: list[tuple[Floats, Floats, Floats]]) -> _Candidates:
    """The candidates of all levels of a picture: without doubles, corrected, square."""
    if not levels:
        return _Candidates(np.empty((0, 4), np.float32), np.empty(0, np.float32))
    found, scores, corrections = (np.concatenate(parts) for parts in zip(*levels, strict=True))
    kept = nms(found, scores, iou=_SAME)
    moved = geometry.corrected(found[kept], corrections[kept], extra=0)
    return _Candidates(geometry.squared(moved), scores[kept])


def _inside(area: Areas, given: _Candidates) -> _Candidates:
    """Those that show something of the picture."""
    seen = geometry.windows(given.boxes, area.width, area.height)
    rows = np.flatnonzero((seen[:, :2] < seen[:, 2:]).all(axis=1))
    return _Candidates(given.boxes[rows], given.scores[rows])

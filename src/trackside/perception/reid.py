"""Who looks like whom: any embedding package behind one call.

An embedding tells whether two crops show the same object again; it says nothing about who a person is. Faces are not
looked for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Image, ModelError, as_rgb, resized, size_of
from trackside.models import Package, resolve, shared_runtime
from trackside.models.families.embedding import NAME, decode_embeddings
from trackside.perception.tensor import TensorWriter

# Crops in one run of a network whose batch is free: beyond that a processor gains nothing and memory grows.
_MOST_CROPS = 16

_cache: dict[tuple[str, int, str | None], Embedder] = {}
_lock = threading.Lock()


class Embedder:
    """Turns boxes in pictures into vectors that are near each other where they show the same object.

    Safe to call from several threads. Crops are clipped to the picture and stretched to the network's input: area averaging
    where they shrink, bilinear where they grow, as the antialiased bilinear filter of the training pipelines does.

    Args:
        model: a package, the name of one, or a path to its folder.
        threads: threads within one run of the network.
        provider: what executes it, see `open_runtime`.

    Raises:
        ModelError: the model is unknown, absent, damaged or makes no embeddings.

    Attributes:
        package: the model.
        runtime: its opened network.
        dim: the length of a vector, d.
    """

    def __init__(self, model: Package | str, threads: int = 1, provider: str | None = None) -> None:
        self.package = resolve(model) if isinstance(model, str) else model
        card = self.package.card
        if card.task != "embedding":
            raise ModelError(f"{card.name} makes no embeddings, it is for {card.task}", fix="choose a model for embedding")
        if card.family != NAME:
            raise ModelError(f"{card.name} is of the family {card.family}, not {NAME}")
        self.runtime = shared_runtime(self.package, threads=threads, provider=provider)
        self._write = TensorWriter(card.geometry, self.runtime.inputs[0])
        self._step = self.runtime.batch or _MOST_CROPS
        shape = self.runtime.outputs[0].shape
        free = len(shape) < 2 or shape[1] is None
        self.dim = decode_embeddings(self.runtime.warm_up()).shape[1] if free else int(shape[1] or 0)

    def __call__(self, image: Image, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """One vector a box.

        Args:
            image: any size.
            boxes: float32 [n, 4], x1 y1 x2 y2 in its pixels, unclipped.

        Returns:
            float32 [n, d], unit length. A row of NaN means "not known": the box is not finite, has no area, or lies outside
            the picture.
        """
        return self.many([image], [boxes])[0]

    def many(self, images: Sequence[Image], boxes: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """The same for several pictures, whose crops share the runs of the network.

        Args:
            images: any sizes.
            boxes: float32 [n, 4] for each picture.
        """
        tables = [np.asarray(each, np.float64).reshape(-1, 4) for each in boxes]
        windows = [crop_windows(each, size_of(image)) for image, each in zip(images, tables, strict=True)]
        found = [np.full((len(each), self.dim), np.nan, np.float32) for each in tables]
        batch: list[tuple[int, int, RGB]] = []
        for crop in _crops(images, windows):
            batch.append(crop)
            if len(batch) == self._step:
                self._embed(batch, found)
                batch.clear()
        if batch:
            self._embed(batch, found)
        return found

    def _embed(self, batch: list[tuple[int, int, RGB]], found: list[NDArray[np.float32]]) -> None:
        """Run the network on crops and put each vector where it belongs: number of the picture, row."""
        vectors = decode_embeddings(self.run(self.prepare([crop for _, _, crop in batch])))
        for vector, (number, row, _) in zip(vectors, batch, strict=False):
            found[number][row] = vector

    def prepare(self, crops: Sequence[RGB]) -> NDArray[Any]:
        """The network's input for some crops. The array is this thread's own and is used again the next time."""
        geometry = self.package.card.geometry
        tensor = self._write.buffer(self.runtime.batch or len(crops))
        for row, crop in enumerate(crops):
            self._write(resized(crop, geometry.width, geometry.height), tensor[row])
        return tensor

    def run(self, tensor: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """The network's raw output."""
        return self.runtime.run({self.runtime.inputs[0].name: tensor})


def load_embedder(model: str, threads: int = 1, provider: str | None = None) -> Embedder:
    """The process's one embedder for this model and these settings."""
    key = (model, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = Embedder(model, threads, provider)
        return _cache[key]


def crop_windows(boxes: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.intp]:
    """The whole pixels that boxes touch, clipped to the picture.

    Args:
        boxes: float64 [n, 4], x1 y1 x2 y2 in pixels.
        size: width and height of the picture.

    Returns:
        intp [n, 4], first column, first row, and the column and row after the last; four times 0 where the box is not
        finite, has no area, or lies outside the picture.
    """
    limits = np.array([*size, *size], np.float64)
    sound = (np.isfinite(boxes).all(axis=1) & (boxes[:, :2] < boxes[:, 2:]).all(axis=1)).reshape(-1, 1)
    inside = np.clip(np.where(sound, boxes, 0), 0, limits)
    inside[:, :2], inside[:, 2:] = np.floor(inside[:, :2]), np.ceil(inside[:, 2:])
    empty = (inside[:, :2] >= inside[:, 2:]).any(axis=1)
    inside[empty] = 0
    return inside.astype(np.intp)


def _crops(images: Sequence[Image], windows: Sequence[NDArray[np.intp]]) -> Iterator[tuple[int, int, RGB]]:
    """Number of the picture, row of the box and pixels of each usable crop. Pictures without one are not converted."""
    for number, (image, table) in enumerate(zip(images, windows, strict=True)):
        for row in np.flatnonzero(table.any(axis=1)).tolist():
            x1, y1, x2, y2 = table[row].tolist()
            yield number, row, as_rgb(image)[y1:y2, x1:x2]

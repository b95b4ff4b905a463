"""What a picture, or a box in one, shows: any classification package behind one call."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Image, ModelError, as_rgb, size_of
from trackside.models import Package, resolve, shared_runtime
from trackside.models.families.classification import NAME, class_names, decode_probabilities
from trackside.perception.cutting import box_window, cut, whole_window
from trackside.perception.tensor import TensorWriter

# Pictures in one run of a network whose batch is free: beyond that a processor gains nothing and memory grows.
_MOST_PICTURES = 16

_cache: dict[tuple[str, int, str | None], Classifier] = {}
_lock = threading.Lock()


class Classifier:
    """Tells how probable each class is. Safe to call from several threads.

    Pictures are fitted to the network's input as its card says, and resized as in the lab's training. What a network was not
    taught it does not know: one of three classes is the answer also for a fourth.

    Args:
        model: a package, the name of one, or a path to its folder.
        threads: threads within one run of the network.
        provider: what executes it, see `open_runtime`.

    Raises:
        ModelError: the model is unknown, absent, damaged, no classifier, or its card names no classes.

    Attributes:
        package: the model.
        runtime: its opened network.
        names: its class names.
    """

    def __init__(self, model: Package | str, threads: int = 1, provider: str | None = None) -> None:
        self.package = resolve(model) if isinstance(model, str) else model
        card = self.package.card
        if card.task != "classification":
            raise ModelError(f"{card.name} is no classifier but a model for {card.task}", fix="choose a classifier")
        if card.family != NAME:
            raise ModelError(f"{card.name} is of the family {card.family}, not {NAME}")
        self.names = class_names(card)
        self.runtime = shared_runtime(self.package, threads=threads, provider=provider)
        self._write = TensorWriter(card.geometry, self.runtime.inputs[0])

    def __call__(self, image: Image, boxes: NDArray[np.float32], *, margin: float = 0.0) -> NDArray[np.float32]:
        """The probabilities of each box.

        Args:
            image: any size.
            boxes: float32 [n, 4], x1 y1 x2 y2 in its pixels, unclipped.
            margin: what else the network sees around a box on every side, as a share of the box's longer side.

        Returns:
            float32 [n, classes]. A row of NaN means "not known": the box is not finite, has no area, or lies outside the
            picture.
        """
        return self.many([image], [boxes], margin=margin)[0]

    def many(
        self, images: Sequence[Image], boxes: Sequence[NDArray[np.float32]], *, margin: float = 0.0
    ) -> list[NDArray[np.float32]]:
        """The same for several pictures, whose boxes share the runs of the network.

        Args:
            images: any sizes.
            boxes: float32 [n, 4] for each picture.
            margin: as for one picture.
        """
        geometry = self.package.card.geometry
        tables = [np.asarray(each, np.float64).reshape(-1, 4) for each in boxes]
        found = [np.full((len(table), len(self.names)), np.nan, np.float32) for table in tables]
        windows = [
            (number, row, window)
            for number, (image, table) in enumerate(zip(images, tables, strict=True))
            for row, box in enumerate(table)
            if (window := box_window(box, size_of(image), geometry, margin)) is not None
        ]
        given = self.run(cut(as_rgb(images[number]), window, geometry) for number, _, window in windows)
        for (number, row, _), probabilities in zip(windows, given, strict=True):
            found[number][row] = probabilities
        return found

    def whole(self, images: Iterable[Image]) -> NDArray[np.float32]:
        """The probabilities of whole pictures.

        Args:
            images: any sizes.

        Returns:
            float32 [n, classes].
        """
        geometry = self.package.card.geometry
        return self.run(cut(as_rgb(image), whole_window(size_of(image), geometry), geometry) for image in images)

    def run(self, pictures: Iterable[RGB]) -> NDArray[np.float32]:
        """The probabilities of pictures of the network's input size, uint8 [height, width, 3] RGB: float32 [n, classes]."""
        left, step = iter(pictures), self.runtime.batch or _MOST_PICTURES
        given = [np.empty((0, len(self.names)), np.float32)]
        while part := list(islice(left, step)):
            tensor = self._write.buffer(self.runtime.batch or len(part))
            for row, picture in enumerate(part):
                self._write(picture, tensor[row])
            outputs = self.runtime.run({self.runtime.inputs[0].name: tensor})
            given.append(decode_probabilities(outputs, self.package.card)[: len(part)])
        return np.concatenate(given)


def load_classifier(model: str, threads: int = 1, provider: str | None = None) -> Classifier:
    """The process's one classifier for this model and these settings."""
    key = (model, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = Classifier(model, threads, provider)
        return _cache[key]

"""Examples as PyTorch takes them: whole batches from arrays that lie in memory, augmented where the recipe says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset as TorchDataset

from trackside.core import RGB
from trackside.data.augment import Recipe as Augmenting, Sample, augment, recipe_of
from trackside.lab.networks.backbones import Scaling

Sampler = Callable[[int, RGB], Sample]
"""The sample of an example, whose picture is given: with boxes and points in pixels of that picture."""
Target = Callable[[int, Sample | None], NDArray[Any]]
"""The target of an example; the sample is what augmentation made of it, or None if nothing was done."""


class Arrays(TorchDataset[Any]):  # type: ignore[misc]
    """Examples that need no work: inputs and targets as tensors."""

    def __init__(self, inputs: Tensor, targets: Tensor) -> None:
        self.inputs, self.targets = inputs, targets

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        return self.inputs[row], self.targets[row]

    def __getitems__(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        chosen = torch.as_tensor(list(rows))
        return self.inputs[chosen], self.targets[chosen]


class PictureExamples(TorchDataset[Any]):  # type: ignore[misc]
    """Pictures [n, side, side, 3] of bytes with targets.

    Args:
        pixels: the pictures.
        scaling: of pixel values.
        target: gives the target of an example.
        steps: of an augmentation recipe; none for measuring.
        sampler: the sample of an example, for targets that move with the picture.
    """

    def __init__(
        self, pixels: NDArray[np.uint8], scaling: Scaling, target: Target, steps: Sequence[Any] = (),
        sampler: Sampler | None = None,
    ) -> None:  # fmt: skip
        self.pixels, self.target, self.sampler = pixels, target, sampler
        self.recipe: Augmenting | None = recipe_of(list(steps)) if steps else None
        # (value - mean) / std as one factor and one offset, for each channel.
        self._factor = 1 / torch.tensor(scaling.std).view(3, 1, 1)
        self._offset = -torch.tensor(scaling.mean).view(3, 1, 1) * self._factor

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        pictures, targets = self.__getitems__([row])
        return pictures[0], targets[0]

    def __getitems__(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        if self.recipe is None:
            pixels = self.pixels[np.asarray(rows, np.intp)]
            targets = [self.target(int(row), None) for row in rows]
        else:
            samples = [self._augmented(int(row), self.recipe) for row in rows]
            pixels = np.stack([sample.image for sample in samples])
            targets = [self.target(int(row), sample) for row, sample in zip(rows, samples, strict=True)]
        pictures = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float()
        return pictures * self._factor + self._offset, torch.from_numpy(np.stack(targets))

    def _augmented(self, row: int, recipe: Augmenting) -> Sample:
        # Drawn from PyTorch's generator, whose state a checkpoint keeps.
        seed = int(torch.randint(2**31 - 1, ()))
        image = self.pixels[row]
        sample = Sample(image) if self.sampler is None else self.sampler(row, image)
        done = augment(sample, recipe, seed)
        side = self.pixels.shape[1]
        if done.image.shape[:2] != (side, side):
            raise ValueError(f"an augmentation changed the size to {done.image.shape[:2]}")
        return done


def loader(examples: Any, batch: int, *, shuffle: bool) -> DataLoader[Any]:
    """Batches of examples. The last batch is left out of a training pass if it would hold a single item, which batch
    normalisation cannot use."""
    size = min(batch, len(examples))
    lonely = shuffle and len(examples) > size and len(examples) % size == 1
    return DataLoader(examples, size, shuffle=shuffle, drop_last=lonely, collate_fn=joined)


def joined(batch: Any) -> tuple[Any, Any]:
    """A batch that the examples have joined already, as a pair."""
    inputs, targets = batch
    return inputs, targets

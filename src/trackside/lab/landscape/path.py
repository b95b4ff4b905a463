"""The path of the weights through training, kept at some steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trackside.core import InputError
from trackside.lab.landscape.weights import taken

MOST = 512 << 20


class WeightPath:
    """Weights at some moments of a run: `keep()` before the first step and after each epoch.

    Args:
        model: whose trainable weights are kept, as float32 on the CPU.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._points: list[Tensor] = []

    def __len__(self) -> int:
        return len(self._points)

    def keep(self) -> None:
        """Keep the weights as they are now.

        Raises:
            InputError: the path would pass 512 MiB.
        """
        point = taken(self.model).float()
        if (len(self) + 1) * point.numel() * 4 > MOST:
            raise InputError("the path of weights passes 512 MiB", fix="keep fewer points of it")
        self._points.append(point)

    @property
    def points(self) -> Tensor:
        """[points, weights]."""
        return torch.stack(self._points) if self._points else torch.zeros(0, 0)

"""Heads that answer by places: they read a body's maps, enlarged to where neighbours are few pixels apart."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

_CHANNELS = 64
# The first loss of a focal detector is quiet if a centre is thought this likely (Lin et al. 2017, section 3.3).
_PRIOR = 0.01


class Enlarged(nn.Sequential):  # type: ignore[misc]
    """Maps [n, width, h, w] to [n, 64, h * 2^k, w * 2^k], where neighbours are `stride` pixels of the input apart.

    Nearest neighbour and convolution leave no checkerboard (Odena, Dumoulin and Olah 2016).
    """

    def __init__(self, width: int, body_stride: int, stride: int) -> None:
        layers: list[nn.Module] = [*_convolution(width, 1)]
        for _ in range(max(0, round(math.log2(body_stride / stride)))):
            layers += [nn.Upsample(scale_factor=2, mode="nearest"), *_convolution(_CHANNELS, 3)]
        super().__init__(*layers)


def _convolution(entering: int, size: int) -> tuple[nn.Module, ...]:
    layer = nn.Conv2d(entering, _CHANNELS, size, padding=size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer, nn.BatchNorm2d(_CHANNELS), nn.ReLU()


class CentreHead(nn.Module):  # type: ignore[misc]
    """A detector without anchors: for each place, whether it is an object's centre, and the object's box.

    Zhou, Wang and Kraehenbuehl 2019, "Objects as points".

    Args:
        width: channels of the body's maps.
        body_stride: pixels between neighbours of those.
        stride: pixels between neighbours of the answers.
        classes: of objects.

    Returns of `forward`: float [n, h * w, 4 + classes]: the centre's place within its cell (0 to 1), the logarithms of
        width and height in cells, and a score a class before any sigmoid.
    """

    def __init__(self, width: int, body_stride: int, stride: int, classes: int) -> None:
        super().__init__()
        self.enlarge = Enlarged(width, body_stride, stride)
        self.shared = nn.Sequential(*_convolution(_CHANNELS, 3))
        self.answer = nn.Conv2d(_CHANNELS, 4 + classes, 1)
        nn.init.normal_(self.answer.weight, 0, 0.01)
        with torch.no_grad():
            self.answer.bias[:2] = 0.5
            self.answer.bias[2:4] = 1.0  # e cells: between the smallest and the largest objects
            self.answer.bias[4:] = -math.log((1 - _PRIOR) / _PRIOR)

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        return self.answer(self.shared(self.enlarge(maps))).flatten(2).transpose(1, 2)


class PointHead(nn.Module):  # type: ignore[misc]
    """Points as the means of heat maps (Sun et al. 2018, "Integral human pose regression"), and whether each is there.

    Returns of `forward`: float [n, k, 3]: x, y from 0 to 1 of the input's sides, and a score before any sigmoid.
    """

    def __init__(self, width: int, body_stride: int, stride: int, points: int) -> None:
        super().__init__()
        self.enlarge = Enlarged(width, body_stride, stride)
        self.heat = nn.Conv2d(_CHANNELS, points, 1)
        self.there = nn.Linear(_CHANNELS, points)
        nn.init.normal_(self.heat.weight, 0, 0.01)
        nn.init.zeros_(self.heat.bias)

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        large = self.enlarge(maps)
        heat = self.heat(large)
        high, wide = heat.shape[-2:]
        share = heat.flatten(2).softmax(dim=2)
        x = ((torch.arange(wide, device=heat.device) + 0.5) / wide).repeat(high)
        y = ((torch.arange(high, device=heat.device) + 0.5) / high).repeat_interleave(wide)
        there = self.there(large.mean(dim=(2, 3)))
        return torch.stack([(share * x).sum(dim=2), (share * y).sum(dim=2), there], dim=2)


class PoseHead(nn.Module):  # type: ignore[misc]
    """Position and orientation, float [n, 7]: x, y, z in the data's unit, then a unit quaternion w, x, y, z.

    Args:
        width: features a picture.
        centre: mean position of the training part.
        spread: standard deviation of its positions.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, width: int, centre: tuple[float, ...], spread: tuple[float, ...]) -> None:
        super().__init__()
        self.line = nn.Linear(width, 7)
        nn.init.normal_(self.line.weight, 0, 0.01)
        with torch.no_grad():  # At first: the mean position, unturned. A zero quaternion would have no direction.
            self.line.bias.copy_(torch.tensor([0.0, 0, 0, 1, 0, 0, 0]))
        self.register_buffer("centre", torch.tensor(centre))
        self.register_buffer("spread", torch.tensor(spread))

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        raw = self.line(features)
        turn = nn.functional.normalize(raw[:, 3:], dim=1, eps=1e-6)
        return torch.cat([raw[:, :3] * self.spread + self.centre, turn], dim=1)

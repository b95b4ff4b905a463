"""A small convolutional network with batch normalisation: 0.3 million weights, for pictures of 32 to 128 pixels.

Blocks of two 3 x 3 convolutions as in VGG (Simonyan and Zisserman 2015), each normalised over the batch (Ioffe and
Szegedy 2015) and started as He et al. 2015 ("Delving deep into rectifiers") say.
"""

from __future__ import annotations

from torch import Tensor, nn

from trackside.lab.networks.body import Body

_CHANNELS = (32, 64, 128)


class SmallNet(Body):
    """Three blocks of two convolutions; each halves the sides."""

    def __init__(self, channels: tuple[int, ...] = _CHANNELS) -> None:
        super().__init__()
        self.width, self.stride = channels[-1], 2 ** len(channels)
        before = (3, *channels[:-1])
        self.blocks = nn.ModuleList(_block(entering, leaving) for entering, leaving in zip(before, channels, strict=True))

    def maps(self, pictures: Tensor) -> Tensor:
        """float [n, 128, h / 8, w / 8]."""
        flow = pictures
        for block in self.blocks:
            flow = block(flow)
        return flow

    def stages(self) -> list[nn.Module]:
        """The blocks."""
        return list(self.blocks)


def _block(entering: int, leaving: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(entering, leaving), *_convolution(leaving, leaving), nn.MaxPool2d(2))


def _convolution(entering: int, leaving: int) -> tuple[nn.Module, ...]:
    layer = nn.Conv2d(entering, leaving, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer, nn.BatchNorm2d(leaving), nn.ReLU()

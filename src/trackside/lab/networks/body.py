"""What every network that sees pictures offers to a task's head: maps, pooled features, and its parameters by depth."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn


class Body(nn.Module):  # type: ignore[misc]
    """Pictures to features. Subclasses give `maps`, and `stages` from the input on.

    Attributes:
        width: features a picture, and channels of the maps.
        stride: pixels of the input between neighbours of a map.
    """

    width: int
    stride: int

    def maps(self, pictures: Tensor) -> Tensor:
        """float [n, width, h / stride, w / stride] from pictures [n, 3, h, w]."""
        raise NotImplementedError

    def stages(self) -> list[nn.Module]:
        """The parts in the order in which data flows: discriminative rates and summaries go by them."""
        raise NotImplementedError

    def forward(self, pictures: Tensor) -> Tensor:
        """float [n, width]: the mean of the maps over places."""
        # `adaptive_avg_pool2d` is exported as a pooling over the whole map, whatever its size.
        return nn.functional.adaptive_avg_pool2d(self.maps(pictures), 1).flatten(1)


class WithHead(nn.Module):  # type: ignore[misc]
    """A body and what a task puts on it.

    Args:
        body: gives features [n, width] or, for heads that want places, maps.
        head: gives the task's outputs.
        places: whether the head takes maps.
    """

    def __init__(self, body: Body, head: nn.Module, *, places: bool = False) -> None:
        super().__init__()
        self.body, self.head, self.places = body, head, places

    def forward(self, pictures: Tensor) -> Tensor:
        """The task's outputs, first axis n, from pictures [n, 3, h, w]."""
        seen = self.body.maps(pictures) if self.places else self.body(pictures)
        outputs: Tensor = self.head(seen)
        return outputs

    def stages(self) -> list[nn.Module]:
        """The body's stages and the head, from the input on."""
        return [*self.body.stages(), self.head]


def stages_of(model: nn.Module) -> list[nn.Module]:
    """A model's parts from the input on: what it says itself, else its children in their order."""
    own = getattr(model, "stages", None)
    return list(own()) if callable(own) else [part for part in model.children() if any(True for _ in part.parameters())]


def freeze(part: nn.Module) -> None:
    """Take a part out of the training: its parameters need no gradient. Its mode is the caller's."""
    for parameter in part.parameters():
        parameter.requires_grad_(False)


def trainable(model: nn.Module) -> Iterator[nn.Parameter]:
    """The parameters that a training moves."""
    return (parameter for parameter in model.parameters() if parameter.requires_grad)

"""Layers and weights that a module keeps where PyTorch does not look: in plain lists, dicts and tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn


def hidden_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters reachable through plain containers that `model.parameters()` does not know, by where they are kept."""
    known = {id(parameter) for parameter in model.parameters()}
    found: dict[str, nn.Parameter] = {}
    for place, module in model.named_modules():
        for name, value in vars(module).items():
            if name.startswith("_") and name in _OWN:
                continue
            where = f"{place}.{name}" if place else name
            for parameter in _within(value):
                if id(parameter) not in known:
                    known.add(id(parameter))
                    found[where if where not in found else f"{where} #{len(found)}"] = parameter
    return found


_OWN = {"_parameters", "_buffers", "_modules"}


def _within(value: Any, depth: int = 3) -> Iterator[nn.Parameter]:
    if isinstance(value, nn.Parameter):
        yield value
    elif isinstance(value, nn.Module):
        yield from value.parameters()
    elif isinstance(value, Tensor) or depth == 0:
        return
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _within(item, depth - 1)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _within(item, depth - 1)

"""The few items that the overfitting rung fits: chosen so that fitting them says something."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor

from trackside.lab.preflight.subject import Pair, Subject
from trackside.lab.trees import count_items, leaves, take_items

ITEMS = 8


def few_items(subject: Subject, most: int = ITEMS) -> Pair:
    """Some items of the first batch; of as many classes as there are, where targets are class numbers."""
    inputs, targets = subject.train.pairs[0]
    whole = count_items(inputs)
    if not whole:
        return inputs, targets
    index = _by_class(targets, most) if _are_classes(targets, whole) else list(range(min(most, whole)))
    return take_items(inputs, index, whole), take_items(targets, index, whole)


def _are_classes(targets: Any, whole: int) -> bool:
    return isinstance(targets, Tensor) and not targets.is_floating_point() and targets.ndim == 1 and len(targets) == whole


def _by_class(targets: Tensor, most: int) -> list[int]:
    """One item of each class, then a second one of each, and so on."""
    rounds: dict[int, int] = defaultdict(int)
    order = []
    for place, label in enumerate(targets.tolist()):
        order.append((rounds[label], place))
        rounds[label] += 1
    return sorted(place for _, place in sorted(order)[:most])


def contradictions(subject: Subject) -> tuple[int, int]:
    """How many items have an equal input with another target somewhere in the batches seen, and how many were looked at."""
    answers: dict[bytes, set[bytes]] = defaultdict(set)
    items: list[tuple[bytes, bytes]] = []
    for inputs, targets in subject.train.pairs:
        whole = count_items(inputs)
        if count_items(targets) != whole:
            continue
        for place in range(whole):
            key, answer = (_digest(take_items(part, [place], whole)) for part in (inputs, targets))
            items.append((key, answer))
            answers[key].add(answer)
    return sum(len(answers[key]) > 1 for key, _ in items), len(items)


def _digest(value: Any) -> bytes:
    from hashlib import blake2b

    made = blake2b(digest_size=16)
    for leaf in leaves(value):
        made.update(leaf.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return made.digest()

"""Which layers go back to FP32 so that the network keeps its answers.

Each group of layers is quantised alone, and the answers are held against those of FP32: what is lost is its own doing. Then
the worst groups stay at FP32, as few as are needed. (Ranking and giving back layer by layer: NNCF's quantisation with
accuracy control does it in the other direction, with a run of the whole validation set for each layer.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trackside.models.quantise.graph import Graph

# Beyond this share of the layers INT8 does not suit a network: what is gained in speed is gone.
MOST_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Loss:
    """What quantising one group alone costs.

    Attributes:
        group: name of its layer.
        loss: 1 less the closeness to FP32's answers; 0 for none.
    """

    group: str
    loss: float


@dataclass(frozen=True, slots=True)
class Mix:
    """A choice of groups that stay at FP32.

    Attributes:
        kept: their names, worst first.
        score: the agreement reached, on the pictures searched with.
        reached: whether that is what was asked for.
    """

    kept: tuple[str, ...]
    score: float
    reached: bool


def ranked(
    graph: Graph, alone: Callable[[Sequence[str]], float], hear: Callable[[int], None] = lambda done: None
) -> list[Loss]:
    """The groups, the one that costs most first.

    Args:
        graph: the network.
        alone: the closeness to FP32, 0 to 1, when only the given nodes are quantised.
        hear: told how many groups are done.
    """
    found = []
    for done, (name, members) in enumerate(graph.groups.items(), 1):
        found.append(Loss(name, 1 - alone(members)))
        hear(done)
    return sorted(found, key=lambda each: -each.loss)


def fewest(
    order: Sequence[str],
    score: Callable[[Sequence[str]], float],
    least: float,
    most: int,
    hear: Callable[[int, float], None] = lambda count, got: None,
) -> Mix:
    """The fewest of the worst groups that must stay at FP32: doubled until it is enough, then halved between.

    Args:
        order: names of groups, the worst first.
        score: the agreement when these groups stay at FP32.
        least: the agreement to be reached.
        most: groups that may stay.
        hear: told how many groups were tried and what that gave.
    """
    most = min(most, len(order))
    tried: dict[int, float] = {}

    def reaches(count: int) -> bool:
        if count not in tried:
            tried[count] = score(order[:count])
            hear(count, tried[count])
        return tried[count] >= least

    low, high = 0, min(1, most)
    while high < most and not reaches(high):
        low, high = high, min(2 * high, most)
    if not reaches(high):
        best = max(tried, key=lambda count: (tried[count], -count))
        return Mix(tuple(order[:best]), tried[best], False)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return Mix(tuple(order[:high]), tried[high], True)

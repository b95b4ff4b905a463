"""Reading PyTorch's autograd graph: what stands between a loss and the model's outputs, and which leaves it reaches.

The graph is the one witness that no programming style can hide from: whether a softmax was a layer, a function in
`forward` or a line of the loop, it is a node. Nodes are told by name (`LogSoftmaxBackward0`), and what they saved is read
before `backward` frees it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

NODES = 20_000
"""Larger graphs are read no further: what is asked for stands near the loss."""

# Nodes that only move, copy or pick numbers: looking for an activation, one looks through them.
MOVING = (
    "View", "Reshape", "UnsafeView", "T", "Transpose", "Permute", "Squeeze", "Unsqueeze", "Expand", "Select", "Slice",
    "Clone", "ToCopy", "Alias", "Index", "Gather", "Contiguous", "AsStrided", "Cat", "Stack", "Repeat", "Split", "Unbind",
)  # fmt: skip

BY_HAND = ("Pow", "Abs")
"""Nodes of a distance that is written out."""


def name_of(node: Any) -> str:
    """A node's operation: `LogSoftmax` of `LogSoftmaxBackward0`."""
    return str(node.name()).split("::")[-1].split("Backward")[0]


def walk(start: Any, stop: frozenset[Any] = frozenset()) -> Iterator[Any]:
    """Nodes below a node, nearest first, each once; nodes of `stop` are given out, and not looked behind."""
    queue, seen = deque([start]), {start}
    while queue and len(seen) < NODES:
        node = queue.popleft()
        yield node
        if node in stop:
            continue
        for below, _ in node.next_functions:
            if below is not None and below not in seen:
                seen.add(below)
                queue.append(below)


@dataclass(frozen=True)
class Softmaxed:
    """A softmax in the graph: its kind, the axis it ran over, and the shape that it ran on."""

    kind: str
    axis: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class LossGraph:
    """What a graph says about a loss.

    Attributes:
        loss_nodes: operations from the loss to the model's outputs, nearest to the loss first.
        head: the first operation that changes numbers, from the model's outputs into the model.
        softmaxes: softmaxes of the loss's part and of the head.
        targets: the targets that a loss node kept, or None.
        compared: how many numbers the loss node, or a distance that is written out, compared with targets; or None.
        leaves: leaf tensors that gradients reach.
        outputs: how many of the model's outputs the loss depends on; those behind other outputs count where the whole
            graph was walked.
        complete: whether those are all outputs that were seen.
        nested: whether a softmax stands below a log-softmax or another softmax.
        beside: parameters that the loss depends on beside the outputs: a penalty on weights, or another network.
    """

    loss_nodes: tuple[str, ...]
    head: str
    softmaxes: tuple[Softmaxed, ...]
    targets: Tensor | None
    compared: int | None
    leaves: tuple[Tensor, ...]
    outputs: int
    complete: bool
    beside: tuple[Tensor, ...]
    nested: bool

    @property
    def reaches_outputs(self) -> bool:
        """Whether the loss depends on the model's outputs at all."""
        return self.outputs > 0


def read(loss: Tensor, outputs: list[Tensor], *, whole: bool = True) -> LossGraph | None:
    """What the graph of a loss says; None for a loss without a graph.

    Where the loss reaches none of the outputs (`model.forward(...)` shows none, a model may give the loss itself) nothing is
    said about what stands between them.

    Args:
        loss: what `backward` is called on.
        outputs: the model's outputs in this step.
        whole: whether to look for all leaves and outputs, which takes a walk through the whole graph.
    """
    if loss.grad_fn is None:
        return None
    ends = frozenset(tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None) - {loss.grad_fn}
    part = list(walk(loss.grad_fn, ends))
    reached = [node for node in part if node in ends]
    everything = list(walk(loss.grad_fn)) if whole else []
    found = tuple(node.variable for node in everything if hasattr(node, "variable"))
    if not reached:
        return LossGraph((), "", (), None, None, found, 0, False, (), False)
    inside = [node for node in part if node not in ends]
    head = _head(reached[0])
    softmaxes = tuple(_softmaxed(node) for node in [*inside, head] if name_of(node) in ("Softmax", "LogSoftmax"))
    target, compared = _targets(inside)
    used = max(len(reached), sum(node in ends for node in everything))
    kept = (getattr(node, "variable", None) for node in inside)
    beside = tuple(one for one in kept if isinstance(one, Tensor) and one.requires_grad)
    names = tuple(name_of(node) for node in inside)
    nested = _nested(inside, head, ends)
    return LossGraph(names, name_of(head), softmaxes, target, compared, found, used, used == len(ends), beside, nested)


def depends(loss: Tensor, outputs: list[Tensor], parameters: dict[int, str]) -> bool:
    """Whether a loss depends on any of some outputs, or of some parameters (by id)."""
    if loss.grad_fn is None:
        return False
    ends = {tensor.grad_fn for tensor in outputs}
    return any(node in ends or id(getattr(node, "variable", None)) in parameters for node in walk(loss.grad_fn))


def activations(output: Tensor, names: tuple[str, ...] = ("Relu",)) -> list[Tensor]:
    """What the activations of some kinds gave, nearest to the output first: results that their nodes kept."""
    if output.grad_fn is None:
        return []
    nodes = [node for node in walk(output.grad_fn) if name_of(node) in names]
    return [node._saved_result for node in nodes if getattr(node, "_saved_result", None) is not None]


def count(output: Tensor, name: str) -> int:
    """How many nodes of an operation stand below an output."""
    return 0 if output.grad_fn is None else sum(name_of(node) == name for node in walk(output.grad_fn))


def _head(node: Any) -> Any:
    """The first node that does more than move numbers, looking into the model from its output."""
    while name_of(node) in MOVING and node.next_functions and node.next_functions[0][0] is not None:
        node = node.next_functions[0][0]
    return node


def _nested(inside: list[Any], head: Any, ends: frozenset[Any]) -> bool:
    """Whether a softmax of the loss's part works on what another softmax gave, there or at the model's end."""
    kinds = ("Softmax", "LogSoftmax")
    for node in inside:
        if name_of(node) in kinds:
            below = [one for one in walk(node, ends) if one is not node]
            if any(name_of(one) == "Softmax" for one in below if one not in ends):
                return True
            if head is not None and name_of(head) == "Softmax" and any(one in ends for one in below):
                return True
    return False


def _softmaxed(node: Any) -> Softmaxed:
    result = getattr(node, "_saved_result", None)
    shape = () if result is None else tuple(result.shape)
    axis = int(getattr(node, "_saved_dim", -1))
    if axis >= 2**63:  # A negative axis is kept as an unsigned number.
        axis -= 2**64
    return Softmaxed(name_of(node), axis % len(shape) if shape else axis, shape)


def _targets(nodes: list[Any]) -> tuple[Tensor | None, int | None]:
    for node in nodes:
        target = getattr(node, "_saved_target", None)
        if isinstance(target, Tensor):
            compared = getattr(node, "_saved_self", None)
            return target.detach(), None if compared is None else int(compared.numel())
    return None, next((node._saved_self.numel() for node in nodes if _is_distance(node)), None)


def _is_distance(node: Any) -> bool:
    """Whether a node squares a difference, or takes its size, of which one side alone comes from the model."""
    below = node.next_functions[0][0] if name_of(node) in BY_HAND else None
    if below is None or name_of(below) not in ("Sub", "Rsub"):
        return False
    return sum(one is not None for one, _ in below.next_functions) == 1 and isinstance(node._saved_self, Tensor)

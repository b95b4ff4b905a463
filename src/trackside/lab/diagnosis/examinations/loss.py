"""The loss: whether it fits the last activation, runs along the right axis, and is lowest for the right answer."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis import graphs
from trackside.lab.diagnosis.case import LEARNED, Case
from trackside.lab.diagnosis.graphs import LossGraph, Softmaxed
from trackside.lab.diagnosis.performance import Aim
from trackside.lab.diagnosis.pool import rows
from trackside.lab.diagnosis.signs import FAIR, PROOF, STRONG, Seen, examination
from trackside.lab.training import to_device

REACH = {
    "Sigmoid": (0.0, 1.0),
    "Softmax": (0.0, 1.0),
    "Tanh": (-1.0, 1.0),
    "Relu": (0.0, math.inf),
    "LogSoftmax": (-math.inf, 0.0),
}
"""What an activation can give."""
DISTANCES = ("MseLoss", "SmoothL1Loss", "HuberLoss", "Abs")


@examination(
    "loss-graph", asks="Do the loss and the last activation fit together?", source="PyTorch, torch.nn loss functions"
)
def loss_graph(case: Case) -> Seen:
    """What the autograd graph of the real loss shows between loss and model."""
    graph = observed_graph(case)
    if graph is None:
        return Seen(missing="no loss with a graph was seen")
    chain = " of ".join(_told(graph)[:4]) or "not told"
    seen = Seen(says=f"the loss is {chain}; the model ends with {graph.head or 'nothing known'}")
    own = {id(parameter) for parameter in case.model.parameters()}
    if not graph.reaches_outputs:
        if graph.leaves and not any(id(leaf) in own for leaf in graph.leaves):
            seen.sign("implementation-bug", STRONG, "the loss does not depend on the model")
        seen.says = "what stands between the loss and the model was not seen"
        return seen
    if any(isinstance(one, nn.Parameter) and id(one) not in own for one in graph.beside):
        seen.says = "between the model and the loss stands another network"
        return seen
    _twice(seen, graph)
    _unfit(case, seen, graph)
    _axes(case, seen, graph)
    return seen


@examination("perfect-answers", asks="Is the loss lowest for right answers?")
def perfect_answers(case: Case) -> Seen:
    """The loss of right and of wrong answers, made from the targets; and its sign in the loop."""
    outputs, targets = case.outputs
    if outputs is None or not case.aim.understood:
        return Seen(missing="what right answers would be is not known")
    try:
        asked = [[_cost(case, answer, targets) for answer in pair] for pair in _answers(outputs, targets, case.aim)]
        low, high = min(asked, key=lambda costs: costs[0] - costs[1])
    except Exception as error:
        return Seen(missing=f"the loss cannot be asked ({type(error).__name__})")
    seen = Seen(says=f"right answers cost {low:.3g}, wrong ones {high:.3g}")
    seen.number("loss of right answers", low)
    seen.number("loss of wrong answers", high)
    if low > high and case.reached > LEARNED:
        return Seen(missing="the run learns, so right answers to this loss look otherwise")
    if math.isfinite(low) and math.isfinite(high) and low > high + 1e-6 * abs(high):
        seen.sign(
            "sign-error", STRONG + 1, f"the loss is lower for wrong answers ({high:.3g}) than for right ones ({low:.3g})"
        )
    else:
        _negated(case, seen)
    return seen


@examination("broadcasting", asks="Is each output compared with its own target?", source="PyTorch, broadcasting semantics")
def broadcasting(case: Case) -> Seen:
    """Whether the loss of a batch is that of its items; [n, 1] against [n] is not."""
    outputs, targets = case.outputs
    if outputs is None or not isinstance(targets, Tensor) or len(outputs) < 8:
        return Seen(missing="outputs or targets are no tensors")
    if outputs.numel() != targets.numel() or outputs.shape == targets.shape:
        return Seen(says="outputs and targets have shapes that the loss takes")
    few, wanted = outputs[:8], targets[:8]
    graph = observed_graph(case)
    told = graph is not None and graph.compared is not None and bool(case.recording.snapshots[0].rows)
    if told and graph is not None and graph.compared != case.recording.snapshots[0].rows ** 2:
        return Seen(says="each output is compared with its own target")
    try:
        whole = float(case.training.loss_fn(few, wanted))
        parts = [float(case.training.loss_fn(few[i : i + 1], wanted[i : i + 1])) for i in range(8)]
    except Exception:
        return Seen(says="the loss refuses what would be broadcast")
    mean, summed = sum(parts) / 8, sum(parts)
    if min(abs(whole - mean), abs(whole - summed)) <= 1e-3 * max(abs(whole), 1e-6):
        return Seen(says="each output is compared with its own target")
    says = f"outputs {list(outputs.shape)} and targets {list(targets.shape)} are broadcast against each other"
    seen = Seen(says=says)
    seen.sign("wrong-axis", STRONG + 1, says)
    return seen


def observed_graph(case: Case) -> LossGraph | None:
    """The graph of an early step, as it was in the loop."""
    return next((snapshot.graph for snapshot in case.recording.snapshots if snapshot.graph is not None), None)


def _told(graph: LossGraph) -> list[str]:
    return [name for name in graph.loss_nodes if name not in ("View", "T", "Add", "Mul", "Div", "Clone")]


def _squashed(graph: LossGraph) -> str:
    """The activation that outputs went through last: in the loop between loss and model, or at the model's end."""
    known = [name for name in graph.loss_nodes if name in ("Softmax", "Sigmoid", "Relu", "Tanh")]
    return known[0] if known else graph.head


def _twice(seen: Seen, graph: LossGraph) -> None:
    """Softmax before a loss that has its own."""
    if graph.nested:
        seen.sign("double-softmax", PROOF, "the loss applies softmax to what softmax gave")


def _unfit(case: Case, seen: Seen, graph: LossGraph) -> None:
    names, last = [*graph.loss_nodes, graph.head], _squashed(graph)
    outputs = case.outputs[0]
    columns = int(outputs.shape[1]) if isinstance(outputs, Tensor) and outputs.ndim == 2 else 0
    wrong = "wrong-loss-for-activation"
    if "NllLoss" in graph.loss_nodes and not {"LogSoftmax", "Log", "LogSigmoid"} & set(names):
        seen.sign(wrong, PROOF, f"NLL expects log-probabilities, and gets what {graph.head} gave")
    if "NllLoss" in graph.loss_nodes and columns == 1:
        seen.sign(wrong, PROOF, "cross-entropy over a single output is always zero")
    if "LogSoftmax" in graph.loss_nodes and last in ("Sigmoid", "Tanh", "Relu"):
        seen.sign(wrong, STRONG, f"cross-entropy expects logits, and gets what {last} gave")
    if "BinaryCrossEntropyWithLogits" in graph.loss_nodes and last in ("Sigmoid", "Softmax"):
        seen.sign(wrong, PROOF, f"BCE-with-logits applies its own sigmoid to what {last} gave")
        seen.sign("double-softmax", STRONG, f"sigmoid is applied to what {last} gave")
    if "BinaryCrossEntropyWithLogits" in graph.loss_nodes and last in ("Relu", "LogSoftmax"):
        seen.sign(wrong, STRONG, f"BCE-with-logits expects logits, and gets what {last} gave")
    if "BinaryCrossEntropy" in graph.loss_nodes and last not in ("Sigmoid", "Softmax", "Exp"):
        seen.sign(wrong, FAIR, f"BCE expects probabilities, and gets what {last} gave")
    if last == "Softmax" and columns == 1:
        seen.sign(wrong, STRONG, "softmax over a single output is always one")
        seen.sign("wrong-axis", FAIR, "softmax over a single output is always one")
    if any(name in graph.loss_nodes for name in DISTANCES) and last in REACH:
        _out_of_reach(case, seen, last)


def _out_of_reach(case: Case, seen: Seen, last: str) -> None:
    """Targets that the last activation can never give."""
    targets = case.outputs[1]
    if not isinstance(targets, Tensor) or not targets.numel():
        return
    low, high = REACH[last]
    values = targets.float()
    slack = 0.02 * float(values.max() - values.min())
    share = float(((values < low - slack) | (values > high + slack)).float().mean())
    seen.number("share of targets out of reach", share)
    if share > 0.03:
        says = f"{share:.0%} of the targets lie outside of what {last} can give"
        seen.sign("wrong-loss-for-activation", STRONG + 1, says)


def _axes(case: Case, seen: Seen, graph: LossGraph) -> None:
    batch = case.batch()
    for softmaxed in graph.softmaxes:
        shape = softmaxed.shape
        if _over_batch(softmaxed, batch, case.aim):
            says = f"{softmaxed.kind} runs along axis {softmaxed.axis} of {list(shape)}, the batch"
            seen.sign("wrong-axis", PROOF, says)
            return
    given = case.recording.snapshots[0].outputs
    one_each = ("MseLoss", "SmoothL1Loss", "HuberLoss", "BinaryCrossEntropyWithLogits", *graphs.BY_HAND)
    if not graph.compared or not isinstance(given, Tensor) or not any(name in graph.loss_nodes for name in one_each):
        return
    if graph.compared > given.numel() > 0 and graph.compared == len(given) ** 2:
        says = f"the loss compares {graph.compared:,} pairs for {given.numel():,} outputs: they were broadcast"
        seen.sign("wrong-axis", PROOF, says)


def _over_batch(softmaxed: Softmaxed, batch: int, aim: Aim) -> bool:
    shape = softmaxed.shape
    if len(shape) == 2:
        return softmaxed.axis == 0 and shape[1] > 1
    return len(shape) > 2 and softmaxed.axis == 0 and shape[0] == batch


def _cost(case: Case, answer: Tensor, targets: Tensor) -> float:
    return float(case.training.loss_fn(answer, targets.to(answer.device)))


def _answers(outputs: Tensor, targets: Tensor, aim: Aim) -> list[tuple[Tensor, Tensor]]:
    """Right and wrong answers in each form that outputs may have: probabilities or their logarithms, logits, numbers."""
    if aim.kind == "classes":
        wanted = targets.argmax(1) if aim.one_hot else targets.long().clamp(0, aim.classes - 1)
        right = nn.functional.one_hot(wanted, aim.classes).float().movedim(-1, aim.axis).to(outputs.device)
        wrong = (1 - right) / max(1, aim.classes - 1)
        forms = list(zip(_shaped(right, outputs, aim), _shaped(wrong, outputs, aim), strict=True))
        return forms if aim.one_hot else forms[:1]  # Rows of zeros and ones may be wanted of logits or of probabilities.
    wanted = targets.float().reshape(outputs.shape).to(outputs.device)
    if aim.kind == "binary":
        right = (wanted > 0).float()
        if bool(((outputs >= 0) & (outputs <= 1)).all()):
            return [(right * 0.9 + 0.05, (1 - right) * 0.9 + 0.05)]
        return [(6 * (2 * right - 1), 6 * (1 - 2 * right))]
    return [(wanted, wanted.mean() + 2 * wanted.std() * torch.sign(wanted.mean() - wanted))]


def _shaped(probabilities: Tensor, outputs: Tensor, aim: Aim) -> tuple[Tensor, Tensor]:
    """Answers in the form of the outputs, and as plain probabilities."""
    axis = aim.axis
    smooth = probabilities * 0.98 + 0.02 / aim.classes
    if bool((outputs >= 0).all()) and bool(((outputs.sum(axis) - 1).abs() < 1e-3).all()):
        return smooth, smooth
    if bool((outputs <= 0).all()) and bool((outputs.logsumexp(axis).abs() < 1e-3).all()):
        return smooth.log(), smooth
    return 8 * probabilities, smooth


def _negated(case: Case, seen: Seen) -> None:
    """Whether the loop's loss is the negative of the loss function's."""
    for snapshot in case.recording.snapshots[:4]:
        if not isinstance(snapshot.outputs, Tensor) or snapshot.targets is None or snapshot.rows != len(snapshot.outputs):
            continue
        value = case.curve[snapshot.step] if snapshot.step < len(case.curve) else math.nan
        expected = _asked(case, snapshot.outputs, snapshot.targets)
        if math.isfinite(value) and abs(expected) > 1e-6 and abs(value + expected) < 1e-3 * abs(expected):
            seen.sign("sign-error", PROOF, f"backward ran on {value:.4g}, where the loss is {expected:.4g}")
            return
    graph = observed_graph(case)
    curve = case.curve
    if graph is not None and graph.loss_nodes and len(curve) > 5 and curve[-1] < curve[0] and curve[-1] < 0 < abs(curve[0]):
        falling = curve[-1] < -3 * abs(curve[0])
        if falling and "Neg" in graph.loss_nodes[:2] and case.reached < 0.05:
            seen.sign(
                "sign-error", FAIR, f"the loss falls from {curve[0]:.3g} to {curve[-1]:.3g}, and the model learns nothing"
            )


def _asked(case: Case, outputs: Tensor, targets: Any) -> float:
    try:
        return float(case.training.loss_fn(outputs, targets))
    except Exception:
        return math.nan


def first_items(case: Case, count: int) -> tuple[Any, Any] | None:
    """The first items of the training split, on the model's device."""
    if not case.train.batches:
        return None
    inputs, targets = case.train.batches[0]
    part = slice(0, count)
    try:
        return to_device(rows(inputs, part), case.training.device), to_device(rows(targets, part), case.training.device)
    except (TypeError, IndexError):
        return None

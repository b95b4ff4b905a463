"""Parameters: known to the model, given to the optimiser, reached by gradients, and changed in the end."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.examinations.gains import gain, helps, weight_of
from trackside.lab.diagnosis.signs import FAIR, PROOF, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import Change
from trackside.lab.hidden import hidden_parameters
from trackside.lab.training import call, to_device

EVERYTHING_LEARNS = Change("every parameter learns", unfreeze=True)


@dataclass
class Census:
    """Names of parameters, by what hinders them."""

    forbidden: list[str]
    not_given: list[str]
    unreached: list[str]
    unchanged: list[str]
    foreign: int
    foreign_numbers: int


@examination("parameters", asks="Do all parameters learn that should?", source="PyTorch, Module.parameters")
def parameters(case: Case) -> Seen:
    """Which parameters never change, and whether they hold anything but the framework's random start."""
    seen, census, unknown = Seen(), count(case), hidden_parameters(case.model)
    named = dict(case.model.named_parameters())
    stuck = sorted({*census.forbidden, *census.not_given, *census.unreached} & {*census.forbidden, *census.unchanged})
    numbers = sum(parameter.numel() for parameter in named.values()) or 1
    share = sum(named[name].numel() for name in stuck if name in named) / numbers
    seen.number("share of parameters that never learn", share)
    seen.number("parameters unknown to the model", census.foreign)
    seen.says = f"{share:.0%} of the model's parameters never learn"
    if census.foreign:
        tensors = f"{census.foreign} parameter tensors ({census.foreign_numbers:,} numbers)"
        what = f"the loss depends on {tensors} that model.parameters() lacks"
        seen.says = what
        seen.sign("unregistered-parameters", PROOF if unknown else STRONG - 1, what)
    elif not named and unknown:
        seen.sign("unregistered-parameters", PROOF, "the model has no parameters, but layers in plain lists")
    elif unknown:
        seen.sign("unregistered-parameters", STRONG, f"layers are hidden in {next(iter(unknown))}, a plain list or dict")
    if stuck and not census.foreign:
        _stuck(case, seen, census, stuck, share)
    return seen


def count(case: Case) -> Census:
    """What hinders which parameter."""
    named, unused = dict(case.model.named_parameters()), _never_called(case)
    named = {name: parameter for name, parameter in named.items() if name not in unused}
    optimizer = case.training.optimizer
    groups = optimizer.param_groups if optimizer is not None else []
    given = {id(one) for group in groups for one in group["params"]} | case.recording.held if groups else None
    graphs = [snapshot.graph for snapshot in case.recording.snapshots if snapshot.graph is not None and snapshot.step < 2]
    reached = {id(leaf) for graph in graphs for leaf in graph.leaves}
    own = {id(parameter) for parameter in case.model.parameters()}
    inputs = {id(tensor) for tensor in case.model.buffers()}
    loss = case.training.loss_fn
    if isinstance(loss, nn.Module):
        own |= {id(parameter) for parameter in loss.parameters()}
    known = own | inputs | case.recording.held  # Another optimiser may hold another network's parameters.
    foreign = {
        id(leaf): leaf
        for graph in graphs
        for leaf in graph.leaves
        if id(leaf) not in known and isinstance(leaf, nn.Parameter)
    }
    before = dict(case.initial.named_parameters()) if case.initial is not None else {}
    trainable = {name: parameter for name, parameter in named.items() if parameter.requires_grad}
    return Census(
        forbidden=[name for name, parameter in named.items() if not parameter.requires_grad],
        not_given=[name for name, parameter in trainable.items() if given is not None and id(parameter) not in given],
        unreached=[name for name, parameter in trainable.items() if graphs and id(parameter) not in reached],
        unchanged=[
            name
            for name, parameter in trainable.items()
            if name in before and torch.equal(before[name].detach().cpu(), parameter.detach().cpu())
        ],
        foreign=len(foreign),
        foreign_numbers=sum(leaf.numel() for leaf in foreign.values()),
    )


def _never_called(case: Case) -> set[str]:
    """Names of the parameters of layers that a forward pass does not call: a spare head is no fault."""
    if case.initial is None or not case.train.batches:
        return set()
    model, called = copy.deepcopy(case.initial), set()
    for name, module in model.named_modules():
        module.register_forward_pre_hook(lambda module, args, name=name: called.add(name))
    try:
        with torch.no_grad():
            call(model, to_device(case.train.batches[0][0], case.training.device))
    except Exception:
        return set()
    return {name for name, _ in model.named_parameters() if name.rpartition(".")[0] not in called}


def is_fresh(module: nn.Module) -> bool:
    """Whether a layer's weights look like the framework's own random start: uniform within 1/sqrt(fan-in), or N(0, 1)."""
    weight = getattr(module, "weight", None)
    if not isinstance(weight, Tensor) or weight.numel() < 30:
        return False
    from scipy.stats import kstest

    values = weight.detach().cpu().double().reshape(-1)[:5_000].numpy()
    if isinstance(module, (nn.Linear, nn.modules.conv._ConvNd)):
        bound = float(weight[0].numel()) ** -0.5
        if abs(values).max() > bound * (1 + 1e-5):
            return False
        return bool(kstest(values, "uniform", args=(-bound, 2 * bound)).pvalue > 1e-3)
    if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
        return bool(kstest(values, "norm").pvalue > 1e-3)
    return False


def _stuck(case: Case, seen: Seen, census: Census, stuck: list[str], share: float) -> None:
    """Weigh parameters that never learn: by whether they are random, and by what happens if they may learn."""
    modules = dict(case.initial.named_modules()) if case.initial is not None else {}
    owners = {name.rpartition(".")[0] for name in stuck if name.endswith("weight")}
    random = sorted(owner for owner in owners if owner in modules and is_fresh(modules[owner]))
    how = [
        (census.forbidden, "have requires_grad=False"),
        (census.not_given, "were not given to the optimiser"),
        (census.unreached, "get no gradient from the loss"),
    ]
    said = "; ".join(f"{len(names)} tensors {what} ({names[0]})" for names, what in how if names)
    seen.says = f"{share:.0%} of the model's parameters never learn: {said}"
    if random:
        seen.sign("frozen-parameters", STRONG, f"{said}, and {random[0]} still holds its random start")
    elif share > 0.02:
        seen.sign("frozen-parameters", FAIR - 1, said)
    trial = case.trial(EVERYTHING_LEARNS) if share > 0.02 else None
    if trial is not None and helps(case, trial):
        seen.sign("frozen-parameters", weight_of(case, trial, FAIR), f"with every parameter learning {gain(case, trial)}")
    elif trial is not None and math.isfinite(trial.train):  # A random body may be meant to stay as it is.
        seen.sign("frozen-parameters", -FAIR, f"with every parameter learning {gain(case, trial)}")

"""Inputs: finite, scaled, telling apart."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from trackside.lab.diagnosis import probes
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.examinations.gains import gain, helps, weight_of
from trackside.lab.diagnosis.performance import finite
from trackside.lab.diagnosis.signs import FAIR, PROOF, SLIGHT, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import Change
from trackside.lab.trees import leaves

STANDARDISED = Change("standardised inputs", standardise=True)
LARGE = 8.0
"""Root mean square of inputs above which they count as unscaled: pixels to 255 have 80 to 130, standardised inputs 1."""
UNEQUAL = 30.0
"""Ratio of columns' deviations above which a table counts as unscaled."""


@examination("finite-data", asks="Are all inputs and targets numbers?")
def finite_data(case: Case) -> Seen:
    """Whether NaN or infinity stands in the data."""
    if not case.train.batches:
        return Seen(missing=case.train.trouble or "there are no training batches")
    bad = sum(not (finite(inputs) and finite(targets)) for inputs, targets in case.train.batches)
    seen = Seen(says=f"{bad} of {len(case.train.batches)} batches hold NaN or infinity")
    seen.number("batches with NaN or infinity", bad)
    if bad:
        seen.sign("nan-in-data", PROOF, seen.says)
    elif any(not finite(snapshot.inputs) for snapshot in case.recording.snapshots if snapshot.inputs is not None):
        seen.sign("nan-in-data", STRONG, "the model was given NaN or infinity, which the loader did not give")
    return seen


@examination(
    "input-scale",
    asks="Are inputs scaled, and do they tell items apart?",
    source="LeCun et al. 1998, Efficient BackProp, 4.3",
)
def input_scale(case: Case) -> Seen:
    """How large inputs are, how unequal, whether they vary, and whether scaling them helps."""
    given = _given(case)
    if given is None:
        tokens = _one_token(case)
        seen = Seen(says=f"inputs are tokens; the commonest two fill {tokens:.0%} of the places")
        if tokens > 0.97:
            seen.sign("features-uninformative", STRONG + 1, seen.says)
        return seen
    flat = given.reshape(len(given), -1).double()
    spreads, size = flat.std(0), float((flat**2).mean().sqrt())
    varying = spreads > 1e-9
    dead = 1 - float(varying.double().mean())
    unequal = _unequal(flat, spreads[varying]) if given.ndim == 2 and given.shape[1] <= 100 else 1.0
    distinct = max(_distinct(part) for part in flat.split(max(8, case.batch())) if len(part) > 1) if len(flat) > 1 else 1.0
    seen = Seen(says=f"inputs have root mean square {size:.3g}; {distinct:.0%} of a batch's items differ")
    seen.number("root mean square of inputs", size)
    seen.number("largest to smallest deviation of columns", unequal)
    seen.number("share of inputs that never vary", dead)
    seen.number("share of distinct items", distinct)
    offset = float((flat.mean(0).abs() / spreads.clamp_min(1e-12))[varying].median()) if bool(varying.any()) else 0.0
    if (distinct < 0.15 and not case.learnable > 0.3) or not bool(varying.any()):
        seen.sign("features-uninformative", STRONG + 1, f"only {distinct:.1%} of a batch's items differ")
    elif dead > 0.95 and flat.shape[1] > 4:
        seen.sign("features-uninformative", FAIR, f"{dead:.0%} of the inputs never vary")
    tiny = float(spreads.max()) < 1e-2 and bool(varying.any())
    if _words_as_values(case, seen):
        return seen
    if size > LARGE or unequal > UNEQUAL or tiny or offset > 20:
        _unscaled(case, seen, size, unequal)
    return seen


def _words_as_values(case: Case, seen: Seen) -> bool:
    """Whether numbers of words are used as if they were amounts, where counting the words tells far more."""
    held = list(leaves(case.train.inputs)) if case.train.stacked else []
    answers = probes.wanted(case.train, case.aim)
    if len(held) != 1 or answers is None or len(answers) < 60 or not probes.like_tokens(held[0]):
        return False
    made = probes.features(case.train)
    if made is None:
        return False
    values = np.asarray(held[0].float().cpu().numpy())
    counted, used = (
        probes.learnable(one, answers, case.aim) for one in (made[0], (values - values.mean(0)) / (values.std(0) + 1e-9))
    )
    if counted < used + 0.15:
        return False
    seen.sign(
        "inputs-unscaled",
        STRONG + 1,
        f"numbers of words are used as amounts (probes: {used:.2f}, by counting words {counted:.2f})",
    )
    return True


def _given(case: Case) -> Tensor | None:
    """What the model was given, if that is numbers: inputs as the loop passed them on."""
    given = [snapshot.inputs for snapshot in case.recording.snapshots if isinstance(snapshot.inputs, Tensor)]
    given = [tensor for tensor in given if tensor.ndim >= 2 and tensor.shape[1:] == given[0].shape[1:]]
    held = list(leaves(case.train.inputs)) if case.train.stacked else []
    values = torch.cat(given) if given else held[0] if len(held) == 1 and held[0].ndim >= 2 else None
    if values is None or (not values.is_floating_point() and _embeds(case.model)):
        return None
    return values.float()


def _embeds(model: nn.Module) -> bool:
    return any(isinstance(module, (nn.Embedding, nn.EmbeddingBag)) for module in model.modules())


def _one_token(case: Case) -> float:
    """Share of the commonest two tokens among all places of the inputs; 0 where inputs are no tokens."""
    held = list(leaves(case.train.inputs)) if case.train.stacked else []
    if len(held) != 1 or held[0].is_floating_point() or held[0].ndim != 2 or not _embeds(case.model):
        return 0.0
    _, counts = torch.unique(held[0], return_counts=True)
    return float(counts.sort(descending=True).values[:2].sum() / counts.sum()) if len(counts) > 1 else 1.0


def _distinct(part: Tensor) -> float:
    """Share of items that differ from one another."""
    return len(torch.unique(part, dim=0)) / len(part)


def _unequal(flat: Tensor, spreads: Tensor) -> float:
    if len(spreads) < 2:
        return 1.0
    return float(spreads.quantile(0.95) / spreads.quantile(0.05).clamp_min(1e-12))


def _unscaled(case: Case, seen: Seen, size: float, unequal: float) -> None:
    """Inputs look unscaled: a cause if the first layer does not normalise them, and if scaling helps."""
    says = f"inputs have root mean square {size:.3g}, and columns' deviations differ by a factor of {unequal:.3g}"
    first = next((module for module in case.model.modules() if not list(module.children())), None)
    if isinstance(first, (nn.modules.batchnorm._BatchNorm, nn.LayerNorm)):
        seen.says = f"{says}; the first layer normalises them"
        return
    seen.sign("inputs-unscaled", SLIGHT, says)
    trial = case.trial(STANDARDISED)
    if trial is None or trial.broke:
        return
    if helps(case, trial):
        seen.sign(
            "inputs-unscaled", weight_of(case, trial, STRONG + 1), f"{says}; with standardised inputs {gain(case, trial)}"
        )
    else:
        seen.sign("inputs-unscaled", -FAIR, f"with standardised inputs {gain(case, trial)}")

"""The network: its start, the way of gradients through it, its width, dead units, batch statistics, items that mix."""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.anatomy import Anatomy, Layer
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.examinations.gains import gain, helps, weight_of
from trackside.lab.diagnosis.examinations.loss import first_items
from trackside.lab.diagnosis.signs import FAIR, SLIGHT, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import Change
from trackside.lab.training import call

DEEP = 10
"""Layers with weights from which a plain network counts as deep."""
ANEW = Change("layers started anew", fresh=True)
CLIPPED = Change("clipped gradients", clip=1.0)


@examination("start", asks="Do weights start well?", source="He et al. 2015, eq. 10; Glorot and Bengio 2010, eq. 16")
def start(case: Case) -> Seen:
    """Whether initial weights are all alike, or of a size that signals do not survive."""
    body = case.at_start
    if body.trouble:
        return Seen(missing=body.trouble)
    odd = [layer for layer in body.layers[:-1] if _odd(layer)] + [layer for layer in body.layers[-1:] if _odd_last(layer)]
    seen = Seen(says=f"{len(odd)} of {len(body.layers)} layers start with weights of an unusual size")
    gains = [layer.gain for layer in body.layers if math.isfinite(layer.gain)]
    if gains:
        seen.number("smallest gain of a layer", min(gains))
        seen.number("largest gain of a layer", max(gains))
    alike = [layer for layer in body.layers[:-1] if layer.gain < 1e-4]
    if odd:
        layer = max(odd, key=lambda one: abs(math.log(max(one.gain, 1e-6))))
        says = f"{layer.name} starts with a gain of {layer.gain:.2g}, where He's start has 1.4"
        if alike:
            says = f"all weights of {alike[0].name} start alike"
        seen.sign("bad-initialisation", FAIR if not alike else STRONG - 1, says)
        trial = case.trial(ANEW)
        if trial is not None and helps(case, trial):
            seen.sign(
                "bad-initialisation",
                weight_of(case, trial, STRONG - 1),
                f"with the framework's own start {gain(case, trial)}",
            )
        elif (
            trial is not None and not trial.broke
        ):  # Some layers start at zero on purpose, such as the last of a residual block.
            seen.sign("bad-initialisation", -FAIR - 1, f"with the framework's own start {gain(case, trial)}")
    return seen


@examination(
    "gradient-flow", asks="Do gradients reach the first layers?", source="Glorot and Bengio 2010; Pascanu et al. 2013"
)
def gradient_flow(case: Case) -> Seen:
    """The first layer's gradient against the last one's, at the start."""
    body = case.at_start
    known = [layer for layer in body.layers if math.isfinite(layer.gradient)]
    if body.trouble:
        return Seen(missing=body.trouble)
    if len(known) < 2:
        seen = Seen(says=f"the gradient's norm is {body.gradient:.3g} before the first step")
        _forgotten(case, seen, body)
        if body.gradient > 100 or not math.isfinite(body.gradient):
            _exploding(case, seen, body)
        return seen
    last = max(known[-1].gradient, 1e-30)
    ratio = known[0].gradient / last
    seen = Seen(says=f"the first layer's gradient is {ratio:.2g} times the last one's, over {len(known)} layers")
    seen.number("gradient of the first layer to the last", ratio)
    seen.number("layers with weights", len(known))
    _forgotten(case, seen, body)
    plain = body.norms == 0 and body.skips == 0
    squashing = bool(body.saturated) and len(body.saturated) >= 2
    if case.struggles and ratio < 1e-2:
        weight = FAIR if ratio > 1e-3 else STRONG
        if squashing:
            seen.sign("vanishing-gradients", weight, f"{seen.says}; activations saturate")
            seen.sign("too-deep", weight - 2 if len(known) >= 8 else 0, seen.says)
        elif plain and len(known) >= 8:
            seen.sign("too-deep", weight, f"{seen.says}, without normalisation or skip connections")
            seen.sign("vanishing-gradients", weight - 1, seen.says)
        else:
            seen.sign("vanishing-gradients", weight - 2, seen.says)
    elif case.struggles and plain and len(known) >= DEEP:
        seen.sign("too-deep", FAIR + 1, f"{len(known)} plain layers without normalisation or skip connections")
        seen.sign("vanishing-gradients", SLIGHT, f"{len(known)} plain layers")
    if body.gradient > 100 or ratio > 1e4 or not math.isfinite(body.gradient):
        _exploding(case, seen, body)
    return seen


def _forgotten(case: Case, seen: Seen, body: Anatomy) -> None:
    """Gradients that do not reach back to the first places of a sequence, or explode on the way."""
    if not math.isfinite(body.reach) or not case.struggles:
        return
    seen.number("gradient at the first places of sequences to the last", body.reach)
    if body.reach < 1e-3:
        says = f"the gradient at the first places of a sequence is {body.reach:.1g} times that at the last ones"
        seen.sign("vanishing-gradients", STRONG, says)
    elif body.reach > 1e4:
        says = f"the gradient at the first places of a sequence is {body.reach:.1g} times that at the last ones"
        seen.sign("exploding-gradients", FAIR, says)


def _exploding(case: Case, seen: Seen, body: Anatomy) -> None:
    says = f"the gradient's norm is {body.gradient:.3g} before the first step"
    seen.sign("exploding-gradients", FAIR, says)
    trial = case.trial(CLIPPED)
    if trial is not None and helps(case, trial):
        seen.sign("exploding-gradients", FAIR, f"with clipped gradients {gain(case, trial)}")


@examination("dead-units", asks="Are units dead?", source="Lu et al. 2019, Dying ReLU and initialization")
def dead_units(case: Case) -> Seen:
    """ReLU units that give zero for every item, before and after training."""
    before, after = case.at_start, case.at_end
    if before.trouble or after.trouble or not after.dead:
        return Seen(missing="there are no ReLUs")
    worst_before = max((share for share in before.dead if math.isfinite(share)), default=0.0)
    worst_after = max((share for share in after.dead if math.isfinite(share)), default=0.0)
    seen = Seen(
        says=f"in the worst layer {worst_after:.0%} of the ReLUs are dead; before training it was {worst_before:.0%}"
    )
    seen.number("dead ReLUs of the worst layer at the start", worst_before)
    seen.number("dead ReLUs of the worst layer at the end", worst_after)
    if worst_after < 0.75 or not case.struggles:
        return seen
    if worst_before > 0.6 and len(before.layers) < DEEP:
        seen.sign("dying-relu", STRONG + 2.5, seen.says)
    else:
        seen.sign("dying-relu", STRONG if worst_after > 0.95 else FAIR, seen.says)
        seen.sign("learning-rate-too-high", SLIGHT, f"{seen.says}: steps were too large")
    return seen


@examination("width", asks="Is the network wide enough?")
def width(case: Case) -> Seen:
    """The narrowest hidden layer, against what has to pass through it."""
    body = case.at_start
    if body.trouble or len(body.layers) < 2:
        return Seen(missing=body.trouble or "there is no hidden layer")
    narrow = min(body.layers[:-1], key=lambda layer: layer.width)
    needed = max(2.0, min(case.aim.classes / 3 if case.aim.kind == "classes" else 2.0, 8.0))
    seen = Seen(says=f"the narrowest hidden layer has {narrow.width} outputs")
    seen.number("outputs of the narrowest hidden layer", narrow.width)
    if narrow.width <= needed and case.struggles:
        seen.sign("too-narrow", FAIR + 1, f"{seen.says} ({narrow.name})")
        if case.best is not None and not helps(case, case.best):
            seen.sign("too-narrow", FAIR, f"{seen.says}, and with everything else as usual {gain(case, case.best)}")
    return seen


@examination(
    "batch-statistics",
    asks="Does batch normalisation see enough items?",
    source="Ioffe and Szegedy 2015; Wu and He 2018, fig. 1",
)
def batch_statistics(case: Case) -> Seen:
    """The size of batches that batch normalisation takes its statistics from."""
    names = [
        name
        for name, module in case.model.named_modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)
        and not isinstance(module, nn.modules.instancenorm._InstanceNorm)
    ]
    if not names:
        return Seen(missing="there is no batch normalisation")
    size = case.batch()
    seen = Seen(says=f"batch normalisation sees batches of {size}")
    seen.number("items a batch", size)
    if 1 <= size <= 2 and not case.norms_asleep:
        seen.sign("batch-norm-batch-1", STRONG + 2, f"{len(names)} batch normalisations see batches of {size}")
    return seen


@examination(
    "own-item-only",
    asks="Does an output depend on its own input only?",
    source="Karpathy 2019, A recipe for training neural networks",
)
def own_item_only(case: Case) -> Seen:
    """Whether an item's output changes when the other items of its batch are replaced, in evaluation mode."""
    some = first_items(case, 8)
    if some is None or case.initial is None:
        return Seen(missing="there is no batch, or no copy of the model")
    inputs = some[0]
    if not isinstance(inputs, Tensor) or len(inputs) < 4:
        return Seen(missing="inputs are no single tensor of several items")
    model = copy.deepcopy(case.initial).eval()
    others = [torch.cat([inputs[:2], inputs[2:].flip(0)]), torch.cat([inputs[:2], inputs[:1].expand_as(inputs[2:])])]
    others.append(torch.cat([inputs[:-2].flip(0), inputs[-2:]]))
    try:
        with torch.no_grad():
            whole, again, changed = call(model, inputs), call(model, inputs), [call(model, other) for other in others]
    except Exception as error:
        return Seen(missing=f"the model breaks on other batches ({type(error).__name__})")
    if not isinstance(whole, Tensor) or whole.ndim == 0 or len(whole) != len(inputs):
        return Seen(missing="outputs are not one for each item")
    if not torch.equal(whole, again):
        return Seen(missing="outputs are random in evaluation mode")
    size = float(whole.abs().mean()) + 1e-12
    kept = (slice(0, 2), slice(0, 2), slice(-2, None))
    moved = max(float((other[part] - whole[part]).abs().max()) / size for other, part in zip(changed, kept, strict=True))
    mixes = moved > 1e-3
    seen = Seen(
        says="an item's output depends on other items of its batch" if mixes else "an output depends on its own input only"
    )
    seen.number("relative change of an output by other items", moved)
    if mixes:
        seen.sign("wrong-axis", STRONG + 2, f"{seen.says} (it changes by {moved:.0%} when they are replaced)")
    return seen


def _odd(layer: Layer) -> bool:
    return (
        layer.fan_in > 1 and (not math.isfinite(layer.gain) or not 0.05 < layer.gain < 8) and layer.width * layer.fan_in > 4
    )


def _odd_last(layer: Layer) -> bool:
    return layer.gain > 15

"""Rung 3: inputs as the first weights see them, against what these weights expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import call

_NORMS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm, nn.modules.instancenorm._InstanceNorm)
_FEW_BATCHES = 8


@check(
    "input-scaling",
    asks="Are inputs scaled as the weights expect?",
    costs="a few forward passes",
    source="LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998, section 4.3; Full Stack Deep Learning, lecture 6",
    thresholds=(
        Threshold("outside the expected range", at_most=0.1, reason="resampling overshoots by some percent"),
        Threshold(
            "part of the expected range that is used",
            at_least=0.5,
            reason="several pictures together go from dark to bright: over 0.8 is usual, [0, 1] fed where ImageNet's mean, "
            "deviation are expected covers 0.23",
        ),
        Threshold(
            "largest scale",
            at_most=10,
            otherwise=Verdict.WARN,
            reason="initialisations assume inputs of size about 1; raw pixels have a deviation of 70, raw columns any",
        ),
        Threshold("smallest scale", at_least=0.01, otherwise=Verdict.WARN, reason="the same, for inputs that are too small"),
        Threshold(
            "scale between columns",
            at_most=100,
            otherwise=Verdict.WARN,
            reason="the loss is then so stretched that no one rate suits all columns",
        ),
        Threshold("inputs that vary", at_least=0.01, reason="what is the same for all items tells nothing of any"),
    ),
)
def input_scaling(subject: Subject) -> Rung:
    """Statistics of what enters the first layer with weights."""
    layer, seen = _entering(subject)
    if seen is None or layer is None:
        what = f"the first layer is {type(layer).__name__}, to which scale means nothing"
        return Rung(Measurement(tuple(Number(*pair) for pair in _NEUTRAL)), what)
    columns = _columns(seen)
    spread, offset = columns.std(0), columns.mean(0).abs()
    varies = (seen.reshape(len(seen), -1).std(0) > 1e-9).double().mean()
    expected = _against(subject.expected, seen)
    free = isinstance(layer, _NORMS) or subject.expected is not None
    scale = 1.0 if free else float(torch.maximum(spread, offset).max())
    small = 1.0 if free else float(torch.maximum(spread, offset).max())
    # By the largest value, not the deviation: rare columns of zeros and ones are no fault.
    whole = columns.abs().max(0).values[spread > 1e-9]
    table = whole if _is_table(subject.train.pairs[0][0]) and seen.ndim == 2 and not free else torch.ones(1)
    ratio = float(table.max() / table.min()) if len(table) else 1.0
    numbers = (
        Number("outside the expected range", expected[0]),
        Number("part of the expected range that is used", expected[1]),
        Number("largest scale", scale),
        Number("smallest scale", small),
        Number("scale between columns", ratio),
        Number("inputs that vary", float(varies)),
        Number("mean", float(columns.mean())),
        Number("standard deviation", float(columns.std())),
        Number("lowest", float(seen.min())),
        Number("highest", float(seen.max())),
    )
    middle = round(float(columns.mean()), 6) + 0.0  # What rounding makes -0 of is 0.
    says = f"the first weights see values from {float(seen.min()):.3g} to {float(seen.max()):.3g}, "
    says += f"mean {middle:.3g}, deviation {float(columns.std()):.3g}{_wanted(subject.expected)}"
    why = "features-uninformative" if float(varies) < 0.01 else "inputs-unscaled"
    return Rung(Measurement(numbers), says, (cause(why),), remedy(why))


_NEUTRAL = (
    ("outside the expected range", 0.0),
    ("part of the expected range that is used", 1.0),
    ("largest scale", 1.0),
    ("smallest scale", 1.0),
    ("scale between columns", 1.0),
    ("inputs that vary", 1.0),
)


def _entering(subject: Subject) -> tuple[nn.Module | None, Tensor | None]:
    """The first layer with weights that runs, and what enters it: [items, ...]; None for tokens."""
    made = subject.copy(mode=False)
    first: list[nn.Module] = []
    caught: list[Tensor] = []

    def catch(module: nn.Module, inputs: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        if not first:
            first.append(module)
        entered = next((value for value in (*inputs, *named.values()) if isinstance(value, Tensor)), None)
        if module is first[0] and entered is not None and entered.is_floating_point() and entered.ndim >= 2:
            caught.append(entered.detach().float().cpu())

    weighted = [part for part in made.model.modules() if any(True for _ in part.parameters(recurse=False))]
    handles = [part.register_forward_pre_hook(catch, with_kwargs=True) for part in weighted]
    try:
        with torch.no_grad():
            for inputs, _ in subject.train.pairs[:_FEW_BATCHES]:
                call(made.model, inputs)
    finally:
        for handle in handles:
            handle.remove()
    same = [value for value in caught if value.shape[1:] == caught[0].shape[1:]]
    return (first[0] if first else None), (torch.cat(same) if same else None)


def _is_table(inputs: Any) -> bool:
    return isinstance(inputs, Tensor) and inputs.ndim == 2


def _columns(seen: Tensor) -> Tensor:
    """[rows, columns]: features of a table or a sequence, channels of an image."""
    if seen.ndim >= 4:
        return seen.transpose(0, 1).reshape(seen.shape[1], -1).T.double()
    return seen.reshape(-1, seen.shape[-1]).double() if seen.ndim == 2 else seen.reshape(-1, 1).double()


def _against(expected: Mapping[str, Any] | None, seen: Tensor) -> tuple[float, float]:
    """How far values lie outside the expected range, and how much of it they use, both in units of its width."""
    if expected is None:
        return 0.0, 1.0
    low, high = _range(expected, seen)
    width = high - low
    raw = (seen.reshape(len(seen), seen.shape[1], -1).double() - low) / width
    outside = torch.maximum(-raw.min(), raw.max() - 1).clamp_min(0)
    inside = raw.clamp(0, 1)
    used = torch.quantile(_some(inside), 0.995) - torch.quantile(_some(inside), 0.005)
    return float(outside), float(used)


def _range(expected: Mapping[str, Any], seen: Tensor) -> tuple[Tensor, Tensor]:
    """Lowest and highest value of each channel, [channels, 1]: of pictures in [0, 1] after mean and deviation."""
    channels = seen.shape[1]
    ends = expected.get("range") or (0.0, 1.0)
    mean, std = (
        torch.as_tensor(expected.get(name) or (value,), dtype=torch.float64) for name, value in (("mean", 0), ("std", 1))
    )
    fits = len(mean.reshape(-1)) in (1, channels) and len(std.reshape(-1)) in (1, channels)
    mean, std = (value.reshape(-1, 1) if fits else value.mean().reshape(1, 1) for value in (mean, std))
    # A range given beside mean and deviation is that of the picture before they are applied.
    return (ends[0] - mean) / std, (ends[1] - mean) / std


def _some(values: Tensor, most: int = 200_000) -> Tensor:
    flat = values.reshape(-1)
    return flat[:: max(len(flat) // most, 1)]


def _wanted(expected: Mapping[str, Any] | None) -> str:
    if expected is None:
        return ""
    parts = [f"{name} {_numbers(expected[name])}" for name in ("mean", "std", "range") if expected.get(name) is not None]
    return f"; the weights expect {', '.join(parts)}"


def _numbers(value: Any) -> str:
    flat = torch.as_tensor(value, dtype=torch.float64).reshape(-1).tolist()
    return " ".join(f"{one:.3g}" for one in flat)

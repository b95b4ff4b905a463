"""What a loop makes of the loader's batches before the model and the loss see them: scaled pictures, renamed classes.

Experiments train copies of the model on the loader's items, so they have to prepare these as the loop does. Snapshots show
what the model was given and what the loss was told; here both are traced back to the loader's items:

1. Inputs: the same numbers in another layout (channels last, flattened, one channel repeated), scaled and moved channel by
   channel. Items that a loop changes at random (noise, flips) keep their scale, and count as prepared by it.
2. Targets: found by equal inputs; every value of the loader's has one of the loop's (`y - 1`, one-hot rows), or numbers
   follow one rising line or curve (standardised, logarithms), or the targets are the inputs themselves.

A permutation of the same classes is no preparation but a fault, and is left for the examination of labels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trackside.lab.diagnosis.pool import Pool, row_key
from trackside.lab.diagnosis.recording import Snapshot

Turn = Callable[[Tensor], Tensor]

SAME = 0.5
"""Share of the rows seen that have to be the loader's own."""
ROWS = 600
"""Rows that are traced back."""
LEAST = 20
"""Rows from which a relation is believed."""
CLOSE = 1e-3
"""Largest difference of rows that count as equal, in deviations of the inputs."""


@dataclass(frozen=True)
class Pairing:
    """How the loop's inputs and targets come from the loader's.

    Attributes:
        inputs: prepares inputs; None leaves them.
        targets: prepares targets, given the prepared inputs; None leaves them.
        known: whether what the model was given could be traced back at all.
        says: in words, or "".
    """

    inputs: Turn | None = None
    targets: Callable[[Tensor, Any], Tensor] | None = None
    known: bool = True
    says: str = ""

    def prepare(self, pool: Pool) -> Pool:
        """A pool as the loop would give it to the model and to the loss."""
        if self.inputs is None and self.targets is None:
            return pool
        batches = [self._pair(inputs, targets) for inputs, targets in pool.batches]
        if not pool.stacked:
            return Pool(None, None, batches, pool.whole, pool.trouble)
        return Pool(*self._pair(pool.inputs, pool.targets), batches, pool.whole, pool.trouble)

    def _pair(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        inputs = inputs if self.inputs is None else self.inputs(inputs)
        return inputs, targets if self.targets is None else self.targets(targets, inputs)


def pair(pool: Pool, snapshots: Sequence[Snapshot]) -> Pairing:
    """Trace what snapshots show back to a loader's items."""
    if not isinstance(pool.inputs, Tensor) or not len(pool):
        return Pairing()
    shown = [one for one in snapshots if isinstance(one.inputs, Tensor) and one.inputs.ndim]
    shown = [one for one in shown if one.inputs.shape[1:] == shown[0].inputs.shape[1:]]
    if not shown:
        return Pairing()
    turn, says = _prepared(pool.inputs, torch.cat([one.inputs for one in shown]).cpu())
    if says == UNKNOWN:
        return Pairing(known=False, says=says)
    items = pool.inputs if turn is None else turn(pool.inputs)
    recoding, told = _recoding(items, pool.targets, shown)
    return Pairing(turn, recoding, True, "; ".join(one for one in (says, told) if one))


UNKNOWN = "the model is given something else than the loader's inputs"


def _prepared(items: Tensor, given: Tensor) -> tuple[Turn | None, str]:
    """How inputs were prepared: (None, "") for not at all, (None, UNKNOWN) where that cannot be told."""
    same = items.shape[1:] == given.shape[1:] and items.dtype == given.dtype
    if same and (_share(items, given) > 0.1 or _alike(items, given)):
        return None, ""
    if len(torch.unique(given[:200], dim=0)) < min(LEAST, len(given[:200]) / 2):  # All alike: a fault, if anything.
        return None, "" if same else UNKNOWN
    for layout, says in _layouts(items, given):
        laid = layout(items[:3_000]).float()
        scale = _scale(laid, given.float())
        if scale is not None:
            return _turn(layout, scale, given.dtype), f"the loop prepares inputs: {says}, scaled"
    return None, "" if items.shape[1:] == given.shape[1:] else UNKNOWN


def _layouts(items: Tensor, given: Tensor) -> list[tuple[Turn, str]]:
    """Layouts that bring items to the shape of what was given."""
    shape, wanted = tuple(items.shape[1:]), tuple(given.shape[1:])
    found: list[tuple[Turn, str]] = []
    if items.ndim == 4:
        orders = [
            order for order in ((0, 3, 1, 2), (0, 2, 3, 1)) if tuple(items.shape[axis] for axis in order[1:]) == wanted
        ]
        found += [(partial(torch.permute, dims=order), "other order of axes") for order in orders]
    if math.prod(shape) == math.prod(wanted):
        found.append((partial(_expanded, shape=wanted), "other shape" if shape != wanted else "same shape"))
    if len(wanted) == 3 and shape in ((1, *wanted[1:]), wanted[1:]):
        found.append((partial(_expanded, shape=(1, *wanted[1:]), channels=wanted[0]), "repeated channels"))
    return found


def _expanded(items: Tensor, *, shape: tuple[int, ...], channels: int = 0) -> Tensor:
    laid = items.reshape(len(items), *shape)
    return laid.expand(-1, channels, -1, -1) if channels else laid


def _turn(layout: Turn, scale: tuple[Tensor, Tensor], dtype: torch.dtype) -> Turn:
    factor, offset = scale

    def turn(items: Tensor) -> Tensor:
        laid = layout(items)
        return (laid.float() * factor + offset).to(dtype) if dtype.is_floating_point else laid.to(dtype)

    return turn


def _axes(values: Tensor) -> list[int]:
    """Axes over which a column (of tables) or a channel (of pictures and sequences) is taken together."""
    return [0] if values.ndim == 2 else [0, *range(2, values.ndim)]


def _scale(items: Tensor, given: Tensor) -> tuple[Tensor, Tensor] | None:
    """Factor and offset that turn items into what was given, by moments, then by the nearest items; None if none do."""
    for axes in ([*range(items.ndim)], _axes(items)):
        mean, spread = items.mean(axes, keepdim=True), items.std(axes, keepdim=True)
        wanted, wide = given.mean(axes, keepdim=True), given.std(axes, keepdim=True)
        factor = torch.where(spread > 1e-8, wide / spread.clamp_min(1e-12), torch.ones_like(spread))
        guess = factor, wanted - factor * mean
        exact = _refined(items, given, guess, axes)
        if exact is not None:
            return exact
    # Nothing is equal: items were changed at random. Their scale is what can be known.
    per_column = _profile(items * factor + guess[1]), _profile(given)
    return guess if float((per_column[0] - per_column[1]).abs().max()) < 0.5 else None


def _refined(items: Tensor, given: Tensor, guess: tuple[Tensor, Tensor], axes: list[int]) -> tuple[Tensor, Tensor] | None:
    """The exact factor and offset, by least squares between what was given and the nearest items; None if none are near."""
    asked = given[:200]
    size = float(given.std()) or 1.0
    for round_ in range(3):
        laid = items * guess[0] + guess[1]
        near = _nearest(asked.flatten(1), laid.flatten(1))
        found = items[near]
        off = (laid[near] - asked).flatten(1).abs().amax(1) / size
        if float((off < CLOSE).float().mean()) > SAME:
            return guess
        if round_ == 2:
            return None
        centre, mean = found.mean(axes, keepdim=True), asked.mean(axes, keepdim=True)
        down = ((found - centre) ** 2).mean(axes, keepdim=True)
        along = ((found - centre) * (asked - mean)).mean(axes, keepdim=True)
        factor = torch.where(down > 1e-10, along / down.clamp_min(1e-12), torch.ones_like(down))
        guess = factor, mean - factor * centre
    return None


def _nearest(asked: Tensor, held: Tensor) -> Tensor:
    """For each row the nearest held one; long rows are compared at up to 256 places."""
    step = max(1, held.shape[1] // 256)
    return torch.cdist(asked[:, ::step].double(), held[:, ::step].double()).argmin(1)


def _profile(values: Tensor) -> Tensor:
    """Mean of each place over all items, in deviations."""
    flat = values.flatten(1)
    return flat.mean(0) / (float(flat.std()) or 1.0)


def _alike(items: Tensor, given: Tensor) -> bool:
    """Whether what was given has the scale of the items, as after noise or flips."""
    if not items.is_floating_point():
        return False
    one, other = items[:3_000].float(), given.float()
    size = float(one.std()) or 1.0
    return abs(float(one.mean() - other.mean())) < 0.3 * size and 0.6 < float(other.std()) / size < 1.6


def _share(items: Tensor, given: Tensor) -> float:
    """Share of what was given that is the loader's, to the last bit."""
    known = {row_key(row) for row in items}
    return sum(row_key(row) in known for row in given) / max(1, len(given))


def _recoding(items: Tensor, targets: Any, shown: Sequence[Snapshot]) -> tuple[Callable[[Tensor, Any], Tensor] | None, str]:
    """How the loop's targets come from the loader's, where both can be seen; None where they are the same or unrelated."""
    pairs = [(one.inputs.cpu(), one.targets.cpu()) for one in shown if isinstance(one.targets, Tensor)]
    pairs = [(given, told) for given, told in pairs if told.ndim and len(given) == len(told)]
    pairs = [(given, told) for given, told in pairs if told.shape[1:] == pairs[0][1].shape[1:]]
    if not pairs or not isinstance(targets, Tensor) or not targets.ndim:
        return None, ""
    given, told = (torch.cat(parts)[:ROWS] for parts in zip(*pairs, strict=True))
    if told[0].numel() == items[0].numel() > 1 and _is_input(items, told):
        shape = told.shape[1:]
        return (lambda _, inputs: inputs.reshape(len(inputs), *shape)), "the targets are the inputs"
    near = _nearest(given.float().flatten(1), items.float().flatten(1))
    off = (items[near].float() - given.float()).flatten(1).abs().amax(1)
    equal = off < CLOSE * (float(items.float().std()) or 1.0)
    if int(equal.sum()) < LEAST or (told.shape[1:] != targets.shape[1:] and targets.ndim > 1):
        return None, ""
    held, told = targets[near[equal]].cpu(), told[equal]
    if held.shape == told.shape and held.dtype == told.dtype and torch.allclose(held.double(), told.double(), atol=1e-5):
        return None, ""
    if not targets.is_floating_point() and targets.ndim == 1:
        return _renamed(held, told)
    return _curve(held, told)


def _is_input(items: Tensor, told: Tensor) -> bool:
    """Whether what the loss was told are the inputs themselves."""
    asked, held = told[:100].float().flatten(1), items.float().flatten(1)
    off = (held[_nearest(asked, held)] - asked).abs().amax(1)
    return float((off < CLOSE * (float(held.std()) or 1.0)).float().mean()) > SAME


def _renamed(held: Tensor, told: Tensor) -> tuple[Callable[[Tensor, Any], Tensor] | None, str]:
    """Every class has one new value, as in `y - 1` and in one-hot rows; a permutation of the same numbers is a fault."""
    known = torch.unique(held)
    rows = [told[held == one] for one in known]
    if any((part.double() - part[0].double()).abs().max() > 1e-5 for part in rows):
        return None, ""
    new = torch.stack([part[0] for part in rows])
    if new.ndim == 1 and new.tolist() != known.tolist() and set(new.tolist()) == set(known.tolist()):
        return None, ""

    def recode(targets: Tensor, _: Any) -> Tensor:
        place = torch.searchsorted(known, targets).clamp(max=len(known) - 1)
        return new[place]

    return recode, "the loop gives classes other numbers"


def _curve(held: Tensor, told: Tensor) -> tuple[Callable[[Tensor, Any], Tensor] | None, str]:
    """Numbers that follow one rising line or curve."""
    if held.numel() != told.numel():
        return None, ""
    shape = told.shape[1:]
    x, y = (one.reshape(len(one), -1).double().numpy() for one in (held, told))
    lines = [_rising(x[:, column], y[:, column]) for column in range(x.shape[1])]
    if any(line is None for line in lines):
        return None, ""

    def recode(targets: Tensor, _: Any) -> Tensor:
        flat = targets.reshape(len(targets), -1).double().cpu().numpy()
        moved = [line(flat[:, column]) for column, line in enumerate(lines) if line is not None]
        return torch.from_numpy(np.stack(moved, 1)).to(told.dtype).reshape(len(targets), *shape)

    return recode, "the loop gives numbers another scale"


def _rising(x: Any, y: Any) -> Callable[[Any], Any] | None:
    """The line through points, or the curve where they rise without exception; None where neither fits."""
    if x.std() < 1e-9:
        return None
    slope, offset = np.polyfit(x, y, 1)
    if slope > 0 and np.abs(slope * x + offset - y).max() < 1e-3 * (y.std() + 1e-12):
        return lambda values: slope * values + offset
    order = np.argsort(x, kind="stable")
    across, up = x[order], y[order]
    if (np.diff(up) < -1e-6 * y.std()).any() or len(np.unique(across)) < LEAST:
        return None
    return lambda values: np.interp(values, across, up)

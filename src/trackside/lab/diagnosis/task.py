"""Whether a run really is after what its loader's targets say, so that its outputs may be judged by them.

A loader may give labels that nobody uses: an autoencoder, two views of a picture that are to agree, a generator. Whoever
measures such a run by the labels finds fault with a healthy one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from trackside.lab.diagnosis.performance import Aim, mean_loss

if TYPE_CHECKING:
    from trackside.lab.diagnosis.case import Case

AGREE = 0.5
"""Relative difference of losses that count as the same."""


def serves(case: Case, aim: Aim) -> bool:
    """Whether the loop's loss asks for the loader's targets, as far as that can be seen.

    It does if the loss kept such targets in its graph, if `loss_fn` gives what the loop's loss was, or at least if outputs
    have a place for each class and for no more.
    """
    outputs, targets = case.outputs
    shown = [one.targets for one in case.recording.snapshots if isinstance(one.targets, Tensor)]
    if shown:
        return any(_of_a_kind(one, targets, aim) for one in shown)
    if _fits(outputs, targets, aim):
        return True
    return _same_loss(case)


def _of_a_kind(shown: Tensor, targets: Tensor, aim: Aim) -> bool:
    """Whether targets that the loop used could be the loader's: the same shape, and the same classes."""
    if aim.kind == "classes" and not aim.one_hot and not targets.is_floating_point():
        if shown.is_floating_point():  # One-hot rows, or softened ones.
            return shown.ndim == targets.ndim + 1 and int(shown.shape[aim.axis]) == aim.classes
        return shown.shape[1:] == targets.shape[1:] and bool(
            torch.isin(shown.unique(), targets.unique()).float().mean() > 0.5
        )
    if not shown.ndim or not targets.ndim or shown[0].numel() != targets[0].numel():
        return False
    if aim.kind != "numbers" or len(shown) < 8:
        return True
    one, other = shown.float(), targets.float()
    size = float(other.std()) or 1.0
    return abs(float(one.mean() - other.mean())) < size and 0.3 < float(one.std()) / size < 3


def _fits(outputs: Tensor, targets: Tensor, aim: Aim) -> bool:
    if aim.kind == "classes" and not aim.one_hot:
        return int(targets.max()) + 1 == aim.classes
    return bool(outputs.numel() == targets.numel())


def _same_loss(case: Case) -> bool:
    """Whether `loss_fn` on the loader's items gives, before the first step, about what the loop's loss was."""
    if case.initial is None or not case.curve:
        return False
    expected = abs(mean_loss(case.initial, case.training.loss_fn, case.train))
    first = [abs(value) for value in case.curve[:4]]
    return math.isfinite(expected) and any(abs(value - expected) <= AGREE * expected for value in first)

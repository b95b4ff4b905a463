"""Metrics on whole splits: of classes, of places and of turns."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from trackside.lab.metric import Metric


def accuracy(outputs: Tensor, targets: Tensor) -> float:
    """Share of items whose highest score [n, classes] is that of their class [n]; NaN scores are never right."""
    if not len(targets):
        return math.nan
    right = (outputs.argmax(dim=1) == targets) & outputs.isfinite().all(dim=1)
    return float(right.double().mean())


def macro_f1(outputs: Tensor, targets: Tensor) -> float:
    """The mean over classes of the harmonic mean of precision and recall; classes that occur nowhere do not count."""
    if not len(targets):
        return math.nan
    count = outputs.shape[1]
    given = outputs.argmax(dim=1)
    hits = torch.bincount(targets[given == targets], minlength=count).double()
    either = (torch.bincount(given, minlength=count) + torch.bincount(targets, minlength=count)).double()
    return float((2 * hits / either.clamp(min=1))[either > 0].mean())


ACCURACY = Metric("accuracy", accuracy)
MACRO_F1 = Metric("macro F1", macro_f1)


def point_error(outputs: Tensor, targets: Tensor) -> float:
    """Mean distance of labelled points, in shares of the side. Both [n, k, 3]: x, y from 0 to 1, and whether labelled."""
    labelled = targets[..., 2] > 0
    far = (outputs[..., :2] - targets[..., :2]).norm(dim=-1)[labelled]
    return float(far.double().mean()) if far.numel() else math.nan


def share_of_points(outputs: Tensor, targets: Tensor, within: float = 0.1) -> float:
    """Share of labelled points within a tenth of the side (Yang and Ramanan 2013, PCK)."""
    labelled = targets[..., 2] > 0
    far = (outputs[..., :2] - targets[..., :2]).norm(dim=-1)[labelled]
    return float((far <= within).double().mean()) if far.numel() else math.nan


POINT_ERROR = Metric("mean point error", point_error, higher_is_better=False, unit="of the side")
SHARE_OF_POINTS = Metric("PCK at 0.1", share_of_points)


def position_error(outputs: Tensor, targets: Tensor) -> float:
    """Mean distance of positions, the first three of [n, 7], in the data's unit."""
    return float((outputs[:, :3] - targets[:, :3]).norm(dim=1).double().mean()) if len(targets) else math.nan


def turn_error(outputs: Tensor, targets: Tensor) -> float:
    """Mean angle between orientations, the last four of [n, 7] as w, x, y, z: 2 acos |q . p|, degrees; the sign is free."""
    if not len(targets):
        return math.nan
    one, other = (torch.nn.functional.normalize(values[:, 3:].double(), dim=1) for values in (outputs, targets))
    # By the chord: 4 asin(|q - p| / 2) keeps small angles, where acos loses half the digits.
    chord = torch.minimum((one - other).norm(dim=1), (one + other).norm(dim=1))
    return float(torch.rad2deg(4 * torch.asin((chord / 2).clamp(max=1))).mean())


POSITION_ERROR = Metric("position error", position_error, higher_is_better=False)
TURN_ERROR = Metric("orientation error", turn_error, higher_is_better=False, unit="degrees")

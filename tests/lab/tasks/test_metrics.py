from __future__ import annotations

import math

import pytest
import torch

from trackside.lab.tasks.metrics import accuracy, macro_f1


def test_accuracy_counts_the_highest_score_and_never_a_nan() -> None:
    scores = torch.tensor([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0], [math.nan, math.nan]])
    assert accuracy(scores, torch.tensor([0, 1, 1, 0])) == 0.5
    assert math.isnan(accuracy(scores[:0], torch.tensor([], dtype=torch.int64)))


def test_macro_f1_weighs_classes_alike() -> None:
    given = torch.eye(3)[[0, 0, 0, 0, 0]]
    targets = torch.tensor([0, 0, 0, 0, 1])
    assert accuracy(given, targets) == pytest.approx(0.8)
    assert macro_f1(given, targets) == pytest.approx((8 / 9 + 0) / 2), "the third class occurs nowhere"

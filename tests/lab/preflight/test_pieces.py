"""The pieces under the rungs: kinds of losses, floors, sweeps, few items, generators."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from tests.lab.preflight import healthy
from trackside.lab.preflight.few import contradictions, few_items
from trackside.lab.preflight.floors import lowest_loss
from trackside.lab.preflight.guard import find_generators, remember_random
from trackside.lab.preflight.losses import Kind, identify, ignorant
from trackside.lab.preflight.rates import current_rate, find_extremes
from trackside.lab.preflight.subject import make_subject
from trackside.lab.trees import count_items, replace_items, take_items

LOGITS = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(8) % 5
YES = (LOGITS > 0.3).float()


def by_hand(outputs: Tensor, targets: Tensor) -> Tensor:
    return -(outputs - outputs.logsumexp(1, keepdim=True)).gather(1, targets[:, None]).mean()


@pytest.mark.parametrize(
    ("loss", "targets", "kind"),
    [
        (nn.CrossEntropyLoss(label_smoothing=0.2), LABELS, Kind.CROSS_ENTROPY),
        (F.cross_entropy, LABELS, Kind.CROSS_ENTROPY),
        (lambda a, b: 2 * F.cross_entropy(a, b), LABELS, Kind.CROSS_ENTROPY),
        (by_hand, LABELS, Kind.CROSS_ENTROPY),
        (nn.NLLLoss(), LABELS, Kind.NLL),
        (lambda a, b: F.nll_loss(a, b), LABELS, Kind.NLL),
        (partial(F.binary_cross_entropy_with_logits, pos_weight=torch.ones(5)), YES, Kind.BCE_LOGITS),
        (lambda a, b: F.binary_cross_entropy_with_logits(a, b), YES, Kind.BCE_LOGITS),
        (lambda a, b: (a.clamp(min=0) - a * b + (1 + (-a.abs()).exp()).log()).mean(), YES, Kind.BCE_LOGITS),
        (nn.MSELoss(), LOGITS + 1, Kind.SQUARED),
        (lambda a, b: (a - b).square().mean(), LOGITS + 1, Kind.SQUARED),
        (lambda a, b: (a - b).abs().mean(), LOGITS + 1, Kind.ABSOLUTE),
        (lambda a, b: (a - b).abs().mean() + F.cross_entropy(a, LABELS), LOGITS + 1, Kind.OTHER),
        (lambda a, b: (a - b).mean(), LOGITS + 1, Kind.OTHER),
    ],
)
def test_the_kind_of_a_loss_is_found_by_class_behaviour_or_nodes(loss: Any, targets: Tensor, kind: Kind) -> None:
    assert identify(loss, LOGITS, targets).kind is kind


def test_weights_and_ignored_labels_are_read_from_a_function_that_hides_them() -> None:
    weight = torch.tensor([1.0, 2, 3, 4, 5])
    facts = identify(lambda a, b: F.cross_entropy(a, b, weight, ignore_index=3), LOGITS, LABELS)
    assert facts.weight is not None
    assert facts.weight.tolist() == weight.tolist()
    assert facts.ignore_index == 3
    assert identify(lambda a, b: F.cross_entropy(a, b), LOGITS, LABELS).ignore_index == -100


@pytest.mark.parametrize(
    ("loss", "targets", "theory"),
    [
        (nn.CrossEntropyLoss(weight=torch.tensor([1.0, 9, 1, 1, 1]), label_smoothing=0.0), LABELS, math.log(5)),
        (nn.BCEWithLogitsLoss(), YES, math.log(2)),
        (nn.MSELoss(), LOGITS, float(LOGITS.var(0, correction=0).mean())),
        (nn.L1Loss(), LOGITS, float((LOGITS - LOGITS.median(0).values).abs().mean())),
    ],
)
def test_no_knowledge_costs_what_theory_says(loss: Any, targets: Tensor, theory: float) -> None:
    answer = ignorant(identify(loss, LOGITS, targets).kind, LOGITS, targets)
    assert float(loss(answer, targets)) == pytest.approx(theory, rel=1e-5)


def test_the_lowest_loss_knows_smoothing_and_a_softmax_in_the_way() -> None:
    smooth = nn.CrossEntropyLoss(label_smoothing=0.1)
    entropy = -(0.92 * math.log(0.92) + 4 * 0.02 * math.log(0.02))
    assert lowest_loss(smooth, Kind.CROSS_ENTROPY, LOGITS, LABELS) == pytest.approx(entropy, rel=1e-3)
    plain = nn.CrossEntropyLoss()
    assert lowest_loss(plain, Kind.CROSS_ENTROPY, LOGITS, LABELS) < 1e-3
    # The best that a softmax can hand to another one is one and zeros.
    assert lowest_loss(plain, Kind.CROSS_ENTROPY, LOGITS, LABELS, "softmax") == pytest.approx(
        math.log(math.e + 4) - 1, rel=0.02
    )


def test_a_sweep_is_read_against_the_logarithm_of_the_rate() -> None:
    rates = [10 ** (-6 + 7 * place / 69) for place in range(70)]
    losses = [2.3 - 1.8 / (1 + (0.01 / rate) ** 2) + (rate / 2) ** 2 for rate in rates]
    steepest, diverges = find_extremes(rates, losses)
    # The slope against log rate is steepest at 0.01; the lowest point, near 0.1, allows a tenth of itself.
    assert 0.004 < steepest < 0.02
    assert 2 < diverges < 4


def test_noise_at_rates_that_change_nothing_is_not_taken_for_a_fall() -> None:
    rates = [10 ** (-6 + 7 * place / 69) for place in range(70)]
    noise = [0.06 * math.sin(1.9 * place) - (0.1 if 8 <= place < 12 else 0) for place in range(70)]
    losses = [2.3 - 1.8 / (1 + (0.01 / rate)) + (rate / 2) ** 2 + noise[place] for place, rate in enumerate(rates)]
    assert 1e-3 < find_extremes(rates, losses)[0] < 0.1


def test_the_suggestion_is_at_most_a_tenth_of_the_rate_at_the_lowest_point() -> None:
    rates = [10 ** (-6 + 7 * place / 69) for place in range(70)]
    cliff = [2.3 if rate < 0.3 else 1.0 if rate < 1 else 5.0 for rate in rates]
    assert find_extremes(rates, cliff)[0] <= 0.11


def test_a_sweep_that_never_falls_suggests_nothing() -> None:
    rates = [10 ** (-6 + place / 10) for place in range(70)]
    steepest, diverges = find_extremes(rates, [2.3] * 50 + [2.3 * 1.2**place for place in range(20)])
    assert math.isnan(steepest)
    assert diverges == pytest.approx(rates[53], rel=0.3)


def test_a_schedule_that_warms_up_counts_by_its_highest_rate() -> None:
    made = healthy.make("mlp-wine")
    optimizer = made.optimizer
    assert optimizer is not None
    torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=100)
    assert optimizer.param_groups[0]["lr"] < 0.001
    assert current_rate(make_subject(made)) == pytest.approx(0.02)


def test_the_few_items_are_of_as_many_classes_as_there_are() -> None:
    inputs = torch.arange(40.0)[:, None]
    targets = torch.tensor([0] * 30 + [1] * 6 + [2] * 4)
    made = healthy.make("mlp-wine")
    made.train = [(inputs, targets)]
    _, labels = few_items(make_subject(made))
    assert sorted(labels.tolist()) == [0, 0, 0, 1, 1, 1, 2, 2]


def test_equal_inputs_with_other_targets_are_counted() -> None:
    made = healthy.make("mlp-wine")
    inputs = torch.tensor([[1.0, 2], [1, 2], [3, 4], [3, 4]])
    made.train = [(inputs, torch.tensor([0, 1, 2, 2]))]
    assert contradictions(make_subject(made)) == (2, 4)


def test_items_are_taken_from_tuples_lists_and_mappings() -> None:
    value = {"a": torch.arange(3), "b": [torch.zeros(2), torch.ones(4), torch.ones(1)], "c": torch.tensor(5.0)}
    assert count_items(value) == 3
    one = take_items(value, [1], 3)
    assert (one["a"].tolist(), len(one["b"]), one["b"][0].shape[0], float(one["c"])) == ([1], 1, 4, 5.0)
    other = {"a": torch.full((3,), 9), "b": value["b"], "c": value["c"]}
    assert replace_items(value, other, 2, 3)["a"].tolist() == [9, 9, 2]


class Augmented:
    """Rows with noise of its own generators."""

    def __init__(self) -> None:
        self.one, self.two, self.three = np.random.default_rng(1), random.Random(2), np.random.RandomState(3)

    def __len__(self) -> int:
        return 8

    def __getitem__(self, row: int) -> tuple[Tensor, int]:
        noise = [self.one.random(), self.two.random(), self.three.random()]  # type: ignore[attr-defined]
        return torch.tensor(noise, dtype=torch.float32), row % 2


def test_generators_inside_a_loader_are_found_and_put_back() -> None:
    own = torch.Generator().manual_seed(1)
    loader: Any = DataLoader(Augmented(), 4, shuffle=True, generator=own)  # type: ignore[arg-type]
    assert len({id(generator) for generator in find_generators(loader)}) == 4
    back = remember_random(loader)
    first = [inputs.tolist() for inputs, _ in loader]
    back()
    assert [inputs.tolist() for inputs, _ in loader] == first
    assert [inputs.tolist() for inputs, _ in loader] != first


def test_a_plain_data_set_holds_no_generator() -> None:
    assert find_generators(DataLoader(TensorDataset(torch.zeros(4, 2)), 2)) == []

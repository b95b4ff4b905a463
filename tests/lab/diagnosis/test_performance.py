"""Skill is 0 for guessing and 1 for perfect answers, whatever the outputs mean."""

import math

import pytest
import torch

from trackside.lab.diagnosis.performance import Aim, aim_of, skill

CLASSES = torch.tensor([0, 1, 2, 0, 1, 2, 0, 0])


@pytest.mark.parametrize(
    ("outputs", "targets", "kind"),
    [
        (torch.randn(8, 3), CLASSES, "classes"),
        (torch.randn(8, 3), torch.nn.functional.one_hot(CLASSES).float(), "classes"),
        (torch.randn(8, 5, 3), torch.randint(0, 3, (8, 5)), "classes"),
        (torch.randn(8, 1), torch.tensor([0, 1, 0, 1, 1, 0, 1, 0]), "binary"),
        (torch.randn(8), torch.tensor([0.0, 1, 0, 1, 1, 0, 1, 0]), "binary"),
        (torch.randn(8, 4), (torch.rand(8, 4) > 0.3).float(), "binary"),
        (torch.randn(8, 1), torch.randn(8), "numbers"),
        (torch.randn(8, 2), torch.randn(8, 2), "numbers"),
        (torch.randn(8, 16), torch.randn(8, 3), "unknown"),
        ((torch.randn(8, 3), torch.randn(8, 3)), CLASSES, "unknown"),
    ],
)
def test_what_outputs_mean_is_told_from_their_shape_and_the_targets(outputs, targets, kind):
    assert aim_of(outputs, targets).kind == kind


def test_classes_along_the_last_axis_are_found_there():
    assert aim_of(torch.randn(8, 5, 3), torch.randint(0, 3, (8, 5))).axis == 2
    assert aim_of(torch.randn(8, 3, 5), torch.randint(0, 3, (8, 5))).axis == 1


def test_right_answers_have_skill_one_and_the_commonest_class_none():
    aim = Aim("classes", 1, 3)
    assert skill(torch.nn.functional.one_hot(CLASSES).float(), CLASSES, aim) == pytest.approx(1)
    assert skill(torch.tensor([[1.0, 0, 0]]).expand(8, 3), CLASSES, aim) == pytest.approx(0)


def test_yes_or_no_is_judged_by_order_so_that_logits_and_probabilities_are_alike():
    targets, logits = torch.tensor([0.0, 0, 1, 1]), torch.tensor([-3.0, 1, 0, 4])
    assert skill(logits, targets, Aim("binary")) == pytest.approx(skill(logits.sigmoid(), targets, Aim("binary")))
    assert skill(-targets, targets, Aim("binary")) == -1


def test_numbers_are_judged_by_the_variance_they_explain():
    targets = torch.arange(10.0)
    assert skill(targets, targets, Aim("numbers")) == 1
    assert skill(torch.full((10,), 4.5), targets, Aim("numbers")) == 0
    assert skill(targets + 20, targets, Aim("numbers")) == -1
    assert skill(targets + 20, targets, Aim("numbers", lopsided=True)) == pytest.approx(1)  # As a quantile does.


@pytest.mark.parametrize(("outputs", "expected"), [(torch.full((8, 3), math.nan), 0.0)])
def test_outputs_that_are_no_numbers_have_no_skill(outputs, expected):
    assert skill(outputs, CLASSES, Aim("classes", 1, 3)) == expected


def test_one_class_only_tells_nothing():
    assert math.isnan(skill(torch.randn(4, 3), torch.zeros(4, dtype=torch.long), Aim("classes", 1, 3)))

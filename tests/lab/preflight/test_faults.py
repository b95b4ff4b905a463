"""Every planted fault is caught by the rung that is there for it."""

from __future__ import annotations

import pytest
import torch

from tests.lab.preflight import healthy
from tests.lab.preflight.faults import FAULTS, IMAGENET, colours
from trackside.core import Finding, Verdict
from trackside.lab.preflight.guard import unchanged
from trackside.lab.preflight.ladder import RUNGS, preflight
from trackside.lab.preflight.subject import make_subject, quiet
from trackside.lab.training import Training

BAD = (Verdict.FAIL, Verdict.WARN)
# These want many steps; the rest take some tenths of a second each.
SLOW = {
    "raw_targets",
    "tanh_in_the_way",
    "rate_far_too_low",
    "one_hidden_unit",
    "nearly_all_dropped",
    "attention_across_the_batch",
}


def ask(rung: str, training: Training, **settings: object) -> Finding:
    """One rung alone."""
    with unchanged(training), quiet():
        subject = make_subject(training, **settings)  # type: ignore[arg-type]
        return next(one for one in RUNGS if one.name == rung)(subject)[0]


def cases() -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in FAULTS]


@pytest.mark.parametrize("name", cases())
def test_the_right_rung_catches_a_planted_fault(name: str) -> None:
    rung, words, make = FAULTS[name]
    made, settings = make()
    finding = ask(rung, made, **settings)
    assert finding.verdict in BAD, f"{finding.verdict}: {finding.says}"
    assert words in finding.says
    assert finding.next_step


def test_rightly_scaled_pictures_suit_pretrained_weights() -> None:
    mean, std = 0.449, 0.226
    made = colours(1 / std, -mean / std)
    assert ask("input-scaling", made, expected={"mean": [mean] * 3, "std": [std] * 3}).verdict is Verdict.OK
    assert (
        ask("input-scaling", colours(255, 0), expected={"range": (0, 1), "mean": None, "std": None}).verdict is Verdict.FAIL
    )
    assert ask("input-scaling", colours(255, 0), expected={"range": (0, 255)}).verdict is Verdict.OK
    assert ask("input-scaling", colours(1, 0), expected={**IMAGENET, "range": (0, 255)}).verdict is Verdict.FAIL


def test_a_layer_that_starts_at_zero_opens_the_way_later() -> None:
    made = healthy.make("lenet-digits")
    torch.nn.init.zeros_(made.model[-1].weight)  # type: ignore[index,arg-type]
    assert ask("gradient-flow", made).verdict is Verdict.OK
    assert ask("own-input-only", made).verdict is Verdict.OK


def test_a_frozen_body_is_a_note_and_no_alarm() -> None:
    made = healthy.make("mlp-wine")
    made.model[0].requires_grad_(False)  # type: ignore[index]
    finding = ask("gradient-flow", made)
    assert finding.verdict is Verdict.NOTE
    assert "2 are frozen (0.weight, 0.bias)" in finding.says


def test_when_the_model_does_not_run_the_later_rungs_say_so() -> None:
    made = FAULTS["integer_images"][2]()[0]
    report = preflight(made, seconds=5)
    assert report.verdict is Verdict.FAIL
    assert {finding.verdict for finding in report.findings[1:]} == {Verdict.UNKNOWN}
    assert all("does not run on the first batch" in finding.says for finding in report.findings[1:])


@pytest.mark.parametrize("rung", ["own-input-only", "eval-train", "gradient-flow", "class-balance"])
def test_batch_normalisation_and_dropout_are_no_fault(rung: str) -> None:
    assert ask(rung, healthy.make("conv-bn")).verdict is Verdict.OK

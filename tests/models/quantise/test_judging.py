"""Verdicts: silent where all is well, a warning, a refusal, and no claim where there is too little."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Detections, Verdict
from trackside.models.quantise.agreement import VectorAgreement, compare_boxes
from trackside.models.quantise.judging import box_findings, speed_finding, vector_finding
from trackside.models.quantise.speed import Speed


def _verdicts(lost: int, *, shift: float = 0.0, side: float = 10, count: int = 100) -> dict[str, Verdict]:
    """Of `count` squares the other one has lost some."""
    boxes = np.array([[50 * n, 0, 50 * n + side, side] for n in range(count)], float)
    scores, classes = np.full(count, 0.9), np.zeros(count)
    reference = Detections(boxes, scores, classes, ("person",))
    other = Detections(boxes, scores + shift, classes, ("person",))[lost:]
    findings = box_findings(compare_boxes([reference], [other], 0.5), 1.0, 0.95)
    return {finding.check: finding.verdict for finding in findings}


def test_what_agrees_is_fine() -> None:
    assert set(_verdicts(2).values()) == {Verdict.OK}


@pytest.mark.parametrize(("lost", "verdict"), [(4, Verdict.OK), (7, Verdict.WARN), (20, Verdict.FAIL)])
def test_a_loss_above_the_limit_is_warned_about_and_twice_as_much_refused(lost: int, verdict: Verdict) -> None:
    assert _verdicts(lost)["same-boxes"] is verdict


def test_small_objects_that_are_lost_are_named() -> None:
    assert _verdicts(10)["small-objects"] is Verdict.WARN
    assert _verdicts(10, side=40)["small-objects"] is Verdict.UNKNOWN  # there are none


def test_scores_that_move_are_named() -> None:
    assert _verdicts(0, shift=-0.05)["scores"] is Verdict.WARN
    assert _verdicts(0, shift=-0.01)["scores"] is Verdict.OK


def test_too_few_boxes_are_no_evidence() -> None:
    assert _verdicts(0, count=20)["same-boxes"] is Verdict.UNKNOWN


@pytest.mark.parametrize(("score", "verdict"), [(1.0, Verdict.OK), (0.985, Verdict.WARN), (0.9, Verdict.FAIL)])
def test_classifiers_are_judged_by_the_same_class(score: float, verdict: Verdict) -> None:
    assert vector_finding(VectorAgreement(100, score, score, score), "classification", 0.99).verdict is verdict
    assert vector_finding(VectorAgreement(10, 1, 1, 1), "classification", 0.99).verdict is Verdict.UNKNOWN


def test_int8_that_is_slower_here_is_said_to_be() -> None:
    slow = speed_finding([Speed(1, 1, 100, 90), Speed(2, 1, 100, 130)], target="cpu")
    assert slow.verdict is Verdict.WARN
    assert "slower" in slow.says and "not worth it" in slow.says
    assert speed_finding([Speed(1, 1, 100, 105)], target="cpu").verdict is Verdict.WARN
    assert speed_finding([Speed(1, 1, 100, 200)], target="cpu").verdict is Verdict.OK
    assert speed_finding([Speed(1, 1, 100, 50)], target="tensorrt").verdict is Verdict.NOTE

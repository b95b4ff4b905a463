"""The limits that a calibration is held against, each with its reason, and the shape of a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackside.core import Cause, Finding, Measurement, Number, Plot, Threshold, Verdict, judge

MRCAL = "mrcal, How to calibrate (mrcal.secretsauce.net)"

VIEWS = (
    Threshold("views", at_least=10, reason="with fewer, a single bad one decides (OpenCV's and mrcal's advice)"),
    Threshold("views", at_least=20, otherwise=Verdict.NOTE, reason="each further view still makes a difference up to then"),
)
AREA = Threshold(
    "picture covered", at_least=70, otherwise=Verdict.WARN, reason="beyond where the board was seen, the lens model guesses"
)
CORNERS = Threshold(
    "corners covered",
    at_least=3,
    otherwise=Verdict.WARN,
    reason="distortion is greatest in the corners, and seen only there",
)
SIDES = Threshold(
    "sides tilted to",
    at_least=4,
    otherwise=Verdict.WARN,
    reason="tilts to few sides leave focal length and centre entangled",
)
STEEPEST = Threshold(
    "steepest tilt", at_least=25, otherwise=Verdict.FAIL, reason="a board seen face on says nothing of the focal length"
)
NEAREST = Threshold(
    "nearest", at_least=40, otherwise=Verdict.NOTE, reason="close views bind the lens best (mrcal's choreography study)"
)
OVERFIT = Threshold(
    "held out over expected",
    at_most=1.3,
    otherwise=Verdict.WARN,
    reason="a lens that does worse on new pictures than its own noise explains has learnt that noise",
)
OUTLIERS = Threshold(
    "points thrown out", at_most=5, otherwise=Verdict.WARN, reason="a sound calibration loses few: mrcal's example 3.4 %"
)
STRUCTURE = Threshold(
    "alike nearby",
    at_most=0.4,
    otherwise=Verdict.WARN,
    reason="residuals that other views share nearby are no noise, but what the lens model cannot say",
)
FOCAL = Threshold(
    "focal length uncertain by", at_most=0.5, otherwise=Verdict.WARN, reason="distances are off by as much: 12 cm at 25 m"
)
SQUARE = Threshold(
    "pixels off square by", at_most=2, otherwise=Verdict.NOTE, reason="sensors have square pixels; a stretched video has not"
)
CENTRED = Threshold(
    "centre off the middle by",
    at_most=10,
    otherwise=Verdict.NOTE,
    reason="further off, the picture was cropped or stabilised, which calibration does not bear",
)


def expected_error_limits(distance: float) -> tuple[Threshold, ...]:
    """Limits of the expected error, in centimetres, at a distance in metres."""
    good, bad = distance / 10, distance / 2.5
    return (
        Threshold(
            "expected error",
            at_most=good,
            otherwise=Verdict.WARN,
            reason="a thousandth of the distance; marking a joint in a picture by hand is no better",
        ),
        Threshold(
            "expected error",
            at_most=bad,
            reason="a 250th of the distance: 10 cm at 25 m, more than the differences that coaches look for",
        ),
    )


def held_out_limit(width: int) -> Threshold:
    """Limit of the held-out error in pixels, for pictures of that width."""
    return Threshold(
        "held out",
        at_most=max(0.3, width / 2000),
        otherwise=Verdict.WARN,
        reason="a 2000th of the picture's width: more means blur, a bent board or the wrong lens model",
    )


def finding(
    check: str,
    asks: str,
    says: str,
    numbers: Sequence[Number],
    limits: Sequence[Threshold] = (),
    *,
    plots: Sequence[Plot] = (),
    causes: Sequence[Cause] = (),
    next_step: str = "",
    reference: str = "",
) -> Finding:
    """A finding whose verdict the limits give. Causes and the next step are told only where something is amiss."""
    evidence = Measurement(tuple(numbers), tuple(plots))
    judgement = judge(evidence, limits)
    amiss: dict[str, Any] = {} if judgement.verdict is Verdict.OK else {"causes": tuple(causes), "next_step": next_step}
    reasons = "; ".join(str(threshold) for threshold in judgement.broken)
    said = f"{says} ({reasons})" if reasons else says
    return Finding(check, asks, judgement.verdict, said, evidence, reference=reference, **amiss)

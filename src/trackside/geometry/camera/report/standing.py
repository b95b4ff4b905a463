"""The report of a rig: where its cameras stand, whether that can be trusted, and what each camera's own report says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackside.core import Cause, Finding, Number, Report, Threshold, Verdict
from trackside.geometry.camera.report import judging
from trackside.geometry.camera.report.judging import finding
from trackside.geometry.camera.session import in_centimetres

if TYPE_CHECKING:
    from trackside.geometry.camera.rig import Rig

_MOMENTS = Threshold("moments", at_least=10, otherwise=Verdict.WARN, reason="few moments make a shaky rig")
_SIZE = Threshold(
    "size of the board",
    at_least=98,
    at_most=102,
    otherwise=Verdict.WARN,
    reason="the board as triangulated should have its own size",
)
# What is left over after throwing out looks well whatever the lenses are: the share thrown out is what tells. Per cent;
# mrcal's example of a sound calibration loses 3.4, and three times that is no accident.
_SOME, _MOST = 5, 10
_LOST = (
    "points that all cameras should agree on do not fit: a sound rig loses few, and with a wrong lens most are thrown out, "
    "while the few that are left look well"
)


def rig_report(rig: Rig, reports: Mapping[str, Report] | None = None) -> Report:
    """Judge where cameras stand.

    Args:
        rig: that is judged.
        reports: each camera's own, by its name.
    """
    asked = (standing(rig), agreement(rig), *(headline(name, report) for name, report in (reports or {}).items()))
    count = f"{len(rig.cameras)} cameras"
    if any(one.verdict is Verdict.FAIL for one in asked[:2]):
        return Report(f"{count}: where they stand is not to be trusted yet", asked)
    poor = [one.check for one in asked[2:] if one.verdict is Verdict.FAIL]
    if poor:
        return Report(f"{count}: the lenses of {', '.join(poor)} are not good enough yet", asked)
    return Report(f"{count}: known to stand within {in_centimetres(max(1e-4, *deviations(rig).values()))}", asked)


def standing(rig: Rig) -> Finding:
    """Where the cameras stand, from how many moments."""
    first, *others = rig.cameras
    apart = "; ".join(
        f"{name} {rig.distance(first, name):.3f} m ± {in_centimetres(deviations(rig)[name])}" for name in others
    )
    return finding(
        "rig",
        "Where do the cameras stand?",
        f"from {first}: {apart}; {rig.rms:.2f} px are left over in {rig.moments} moments",
        (
            Number("left over", rig.rms, "px"),
            Number("moments", rig.moments),
            Number("size of the board", 100 * rig.scale, "%"),
        ),
        (_MOMENTS, _SIZE),
        causes=(Cause("the cameras' clocks differ"), Cause("a lens is off")),
        next_step="start the cameras together, and show the board to several of them at once, held still",
        reference="± one standard deviation of the position, the lenses taken for granted",
    )


def agreement(rig: Rig) -> Finding:
    """How many points of each camera had to be thrown out."""
    lost = {name: 100 * share for name, share in rig.camera_thrown_out.items()}
    limits = [
        Threshold(name, at_most=limit, otherwise=verdict, reason=_LOST)
        for name in lost
        for limit, verdict in ((_MOST, Verdict.FAIL), (_SOME, Verdict.WARN))
    ]
    shown = "; ".join(f"{name} {share:.1f} %" for name, share in lost.items())
    one = finding(
        "agreement",
        "Do the cameras agree on where the board was?",
        f"thrown out, {rig.thrown_out} points in all: {shown}",
        tuple(Number(name, share, "%") for name, share in lost.items()),
        limits,
        causes=(
            Cause("the lens of the camera that loses most is not its own: another resolution, zoom or stabilisation"),
            Cause("the frames were not taken together"),
            Cause("a camera was moved while the board was waved"),
        ),
        next_step="calibrate the camera that loses most again, and give --timestamps or start the cameras together",
        reference=judging.MRCAL,
    )
    # The reason is the same for every camera: once is enough.
    says = f"thrown out, {rig.thrown_out} points in all: {shown}"
    return one if one.verdict is Verdict.OK else replace(one, says=f"{says} ({_LOST}; at most {_SOME} % is sound)")


def headline(name: str, report: Report) -> Finding:
    """What a camera's own report comes to: its expected error, and the questions that did not go well."""
    first = next(one for one in report.findings if one.check == "expected-error")
    amiss = [one.check for one in report.sorted_findings if one.verdict is not Verdict.OK]
    where = f"see {name}/report.html" + (f": {', '.join(amiss)}" if amiss else "")
    evidence = replace(first.evidence, plots=())
    return replace(first, check=name, verdict=report.verdict, evidence=evidence, reference="", next_step=where)


def deviations(rig: Rig) -> dict[str, float]:
    """Standard deviation of each camera's position in its worst direction, metres; 0 for the first."""
    return {name: float(np.sqrt(np.linalg.eigvalsh(spread)[-1])) for name, spread in rig.covariances.items()}

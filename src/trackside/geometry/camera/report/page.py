"""The report of one camera's calibration: the headline first, what to do next, then the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from trackside.core import Cause, Finding, Number, Plot, Report, Verdict
from trackside.geometry.camera.collecting import Shot
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.report import findings, judging, plots
from trackside.geometry.camera.report.judging import finding
from trackside.geometry.camera.report.pictures import contact_sheet
from trackside.geometry.camera.session import in_centimetres
from trackside.geometry.camera.sighting import Sighting

if TYPE_CHECKING:
    from trackside.geometry.camera.solve import Calibration
    from trackside.geometry.camera.uncertainty import PointDeviation


def calibration_report(
    calibration: Calibration,
    *,
    name: str = "camera",
    distance: float = 25.0,
    shots: Sequence[Shot] = (),
    reasons: Mapping[str, int] | None = None,
    seen: int = 0,
    facts: Mapping[str, str] | None = None,
) -> Report:
    """Judge a calibration, with the evidence.

    Args:
        calibration: that is judged.
        name: the camera's.
        distance: working distance, metres.
        shots: small pictures of the sightings, in any order; those without are left out of the contact sheet.
        reasons: why pictures were not used, reason to count; what the solver refused is added.
        seen: pictures that were looked at.
        facts: more of what a reader must know to repeat it.
    """
    from trackside.geometry.camera.boards import specification_of
    from trackside.geometry.camera.uncertainty import point_deviation

    expected = point_deviation(calibration, distance)
    coverage = Coverage.of(calibration.board, calibration.sightings, calibration.lens.size)
    everything = Counter(reasons or {}) + Counter(refusal.reason for refusal in calibration.refused)
    asked = (
        findings.expected_error(expected.median, expected.worst, distance, (uncertainty_map(calibration, expected),)),
        findings.views(calibration),
        findings.coverage(calibration, coverage),
        findings.tilt(coverage),
        findings.held_out(calibration),
        residuals(calibration),
        findings.outliers(calibration),
        findings.lens(calibration),
        findings.passed_over(everything, max(seen, len(calibration.sightings))),
        pictures(calibration, shots),
    )
    title = f"{name}: {headline(asked, expected)}"
    about = {
        "picture": f"{calibration.lens.size[0]} x {calibration.lens.size[1]} pixels",
        "board": specification_of(calibration.board),
        "made with": f"trackside {version('trackside')}",
    }
    return Report(title, asked, {**about, **(facts or {})})


def headline(asked: Sequence[Finding], expected: PointDeviation) -> str:
    """The answer in a few words. A small expected error is no answer where another question went badly."""
    wrong = [one.check for one in asked if one.verdict is Verdict.FAIL]
    if wrong:
        return f"not good enough yet ({', '.join(wrong)})"
    usual, worst = in_centimetres(expected.median), in_centimetres(expected.worst)
    return f"within {usual} at {expected.distance:g} m" + (f", {worst} at worst" if worst != usual else "")


def uncertainty_map(calibration: Calibration, expected: PointDeviation) -> Plot:
    """Where in the picture a point at the working distance is known how well."""
    rows = len(np.unique(expected.pixels[:, 1]))
    title = f"How far off, in centimetres, a point {expected.distance:g} m away is expected, over the picture"
    return plots.picture_map(title, calibration.lens.size, 100 * expected.deviations.reshape(rows, -1), "cm")


def residuals(calibration: Calibration) -> Finding:
    """What the lens model leaves over, view by view and over the picture."""
    from trackside.geometry.camera.uncertainty import residual_structure

    pixels = np.concatenate([sighting.pixels for sighting in calibration.sightings])
    rest = np.concatenate(calibration.residuals)
    errors = view_errors(calibration)
    names = [name_of(sighting) for sighting in calibration.sightings]
    structure = residual_structure(calibration)
    worst = int(np.nanargmax(errors)) if np.isfinite(errors).any() else 0
    return finding(
        "residuals",
        "What does the lens model not explain?",
        f"{calibration.rms:.2f} px are left over; most in {names[worst]}, {errors[worst]:.2f} px",
        (
            Number("fitted", calibration.rms, "px"),
            Number("worst view", float(errors[worst]), "px"),
            Number("alike nearby", structure),
        ),
        (judging.STRUCTURE,),
        causes=(Cause("the lens needs more coefficients, or the other model"), Cause("the board is bent")),
        next_step="try --model fisheye for a wide lens, and lay the board on a table to see whether it is flat",
        plots=(plots.residual_plot(pixels, rest, calibration.lens.size), plots.view_plot(names, errors)),
    )


def pictures(calibration: Calibration, shots: Sequence[Shot]) -> Finding:
    """The pictures that were used, with the points found; worst residuals first."""
    by_key = {key_of(shot.sighting): shot for shot in shots}
    errors = view_errors(calibration)
    shown = [row for row in np.argsort(-np.nan_to_num(errors)) if key_of(calibration.sightings[row]) in by_key]
    plot: tuple[Plot, ...] = ()
    if shown:
        captions = [f"{row + 1}: {errors[row]:.2f} px {name_of(calibration.sightings[row])}"[:38] for row in shown]
        found = [by_key[key_of(calibration.sightings[row])] for row in shown]
        sheet = contact_sheet(found, [calibration.residuals[row] for row in shown], captions)
        plot = (Plot("Green: points used. Red: thrown out. Worst first", png=sheet),)
    return finding(
        "pictures",
        "Which pictures was it made of?",
        f"{len(calibration.sightings)} pictures",
        (Number("pictures", len(calibration.sightings)),),
        plots=plot,
    )


def view_errors(calibration: Calibration) -> list[float]:
    """Root-mean-square length of each view's residuals, pixels."""
    squares = [(residual**2).sum(1) for residual in calibration.residuals]
    return [float(np.sqrt(np.nanmean(square))) if np.isfinite(square).any() else float("nan") for square in squares]


def name_of(sighting: Sighting) -> str:
    """A sighting's source, with the time for a video."""
    timed = np.isfinite(sighting.time)
    return f"{sighting.source} at {sighting.time:.2f} s".strip() if timed else sighting.source


def key_of(sighting: Sighting) -> tuple[str, float]:
    """What tells a sighting from others."""
    return sighting.source, -1.0 if np.isnan(sighting.time) else sighting.time

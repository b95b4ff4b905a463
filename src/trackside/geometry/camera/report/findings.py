"""The questions that a report asks of a calibration, about what is expected of it and how it was made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from trackside.core import Cause, Finding, Number, Plot, Threshold, Verdict
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.report import judging
from trackside.geometry.camera.report.judging import finding
from trackside.geometry.camera.report.plots import coverage_plot, distortion_plot, tilt_plot
from trackside.geometry.camera.session import in_centimetres

if TYPE_CHECKING:
    from trackside.geometry.camera.solve import Calibration


def expected_error(median: float, worst: float, distance: float, plots: Sequence[Plot] = ()) -> Finding:
    """How well a point at the working distance will be known; arguments in metres."""
    says = f"a point {distance:g} m away is placed within {in_centimetres(median)}, {in_centimetres(worst)} at worst"
    numbers = (
        Number("expected error", 100 * median, "cm"),
        Number("worst", 100 * worst, "cm"),
        Number("distance", distance, "m"),
    )
    return finding(
        "expected-error",
        f"How far off will a point {distance:g} m away be?",
        f"{says} (one standard deviation, sideways; from the lens alone, the marking of the point not counted)",
        numbers,
        judging.expected_error_limits(distance),
        plots=plots,
        next_step="record more views: closer ones, in the corners, tilted by 30 to 45 degrees",
        reference=judging.MRCAL,
    )


def views(calibration: Calibration) -> Finding:
    """Whether there are enough views."""
    count = len(calibration.sightings)
    points = sum(len(sighting.ids) for sighting in calibration.sightings)
    return finding(
        "views",
        "Are there enough pictures of the board?",
        f"{count} views with {points} points",
        (Number("views", count), Number("points", points)),
        judging.VIEWS,
        next_step="wave the board for longer, or take more pictures",
        reference=judging.MRCAL,
    )


def coverage(calibration: Calibration, seen: Coverage) -> Finding:
    """Whether the board was seen all over the picture."""
    numbers = (
        Number("picture covered", 100 * seen.area, "%"),
        Number("corners covered", round(4 * seen.corners)),
        Number("nearest", 100 * seen.largest, "%"),
    )
    return finding(
        "coverage",
        "Was the board seen all over the picture, and close?",
        f"{seen.area:.0%} of the picture and {round(4 * seen.corners)} of 4 corners; "
        f"the nearest view spans {seen.largest:.0%} of its width and height",
        numbers,
        (judging.AREA, judging.CORNERS, judging.NEAREST),
        plots=(coverage_plot(seen, [sighting.pixels for sighting in calibration.sightings]),),
        next_step=f"hold the board {'; '.join(seen.missing)}" if seen.missing else "",
        reference=judging.MRCAL,
    )


def tilt(seen: Coverage) -> Finding:
    """Whether the board was tilted enough, to enough sides."""
    steepest = math.degrees(seen.steepest)
    return finding(
        "tilt",
        "Was the board tilted?",
        f"to {round(8 * seen.tilts)} of 8 sides, by up to {steepest:.0f}°",
        (Number("sides tilted to", round(8 * seen.tilts)), Number("steepest tilt", steepest, "°")),
        (judging.STEEPEST, judging.SIDES),
        plots=(tilt_plot(seen),),
        next_step="tilt the board by 30 to 45 degrees: to the left, to the right, up and down",
        reference="Zhang 2000, A flexible new technique for camera calibration, section 4",
    )


def held_out(calibration: Calibration) -> Finding:
    """Whether the lens is right for pictures that it was not fitted to."""
    expected = calibration.rms * noise_alone(calibration)
    ratio = calibration.held_out / expected if expected > 0 else math.nan
    limit = judging.held_out_limit(calibration.lens.size[0])
    return finding(
        "held-out",
        "Does the lens fit pictures that it was not fitted to?",
        f"left out of the fit, views are off by {calibration.held_out:.2f} px; in it, by {calibration.rms:.2f} px",
        (
            Number("held out", calibration.held_out, "px"),
            Number("fitted", calibration.rms, "px"),
            Number("held out over expected", ratio),
        ),
        (limit, judging.OVERFIT),
        causes=(Cause("the board is not flat, or its measures are wrong"), Cause("blur, or a rolling shutter")),
        next_step="glue the board to something stiff, measure its spacing, and hold it stiller",
        reference="k-fold: a view left out has its pose fitted on half of its points and is judged on the other half",
    )


def noise_alone(calibration: Calibration) -> float:
    """The held-out error over the fitted one that a right model gives: noise alone, and a pose from half of the points.

    Of n points in a view, 2n - 6 numbers are left when its pose is fitted, and of all the lens takes its own. A pose from
    n / 2 points adds 6 / n of the variance to what it is judged on (least squares, evenly spread points).
    """
    counts = [int(np.isfinite(residual).all(1).sum()) for residual in calibration.residuals]
    free = int(np.count_nonzero(np.diag(calibration.covariance)))
    left = sum(2 * count - 6 for count in counts) - free
    judged = sum(2 * count + 12 for count in counts if count)
    return math.sqrt(judged / left) if left > 0 else math.nan


def outliers(calibration: Calibration) -> Finding:
    """How many points were thrown out."""
    lost = sum(int((~np.isfinite(residual).all(1)).sum()) for residual in calibration.residuals)
    share = 100 * lost / max(1, sum(map(len, calibration.residuals)))
    return finding(
        "outliers",
        "How many points had to be thrown out?",
        f"{lost} points ({share:.1f} %) lie so far off that they are mistakes of detection",
        (Number("points thrown out", share, "%"), Number("points", lost)),
        (judging.OUTLIERS,),
        causes=(Cause("dots taken for others"), Cause("a finger, a reflection or a shadow on the board")),
        next_step="look at the pictures below; thrown-out points are red",
    )


def lens(calibration: Calibration) -> Finding:
    """The lens, with standard deviations, and whether it is plausible."""
    found = calibration.lens
    deviations = np.sqrt(np.maximum(np.diag(calibration.covariance), 0))
    names = ("fx", "fy", "cx", "cy", *(f"d{n + 1}" for n in range(len(found.distortion))))
    values = (*found.focal, *found.centre, *found.distortion)
    units = ("px",) * 4 + ("",) * len(found.distortion)
    spread = "; ".join(
        f"{name} {value:.5g} ± {deviation:.2g} {unit}".rstrip()
        for name, value, deviation, unit in zip(names, values, deviations, units, strict=False)
    )
    middle = (np.array(found.size) - 1) / 2
    numbers = (
        Number("focal length uncertain by", 100 * float(np.max(deviations[:2] / np.array(found.focal))), "%"),
        Number("pixels off square by", 100 * abs(found.focal[0] / found.focal[1] - 1), "%"),
        Number("centre off the middle by", 100 * float(np.max(abs(np.array(found.centre) - middle) / found.size)), "%"),
        Number("view across", field_of_view(calibration), "°"),
    )
    return finding(
        "lens",
        "What is the lens, and is it plausible?",
        f"{found.model}: {spread}",
        numbers,
        (judging.FOCAL, judging.SQUARE, judging.CENTRED),
        plots=(distortion_plot(found),),
        next_step="switch stabilisation, zoom and autofocus off, and record views that are closer and tilted",
        reference="values with one standard deviation; OpenCV's order of coefficients",
    )


def field_of_view(calibration: Calibration) -> float:
    """Degrees between what the left and the right edge of the picture show; NaN where the lens cannot tell."""
    (width, _), row = calibration.lens.size, calibration.lens.centre[1]
    left, right = calibration.lens.rays(np.array([[0.0, row], [width - 1.0, row]]))
    return math.degrees(math.acos(float(np.clip(left @ right, -1, 1)))) if np.isfinite(left @ right) else math.nan


def passed_over(reasons: Mapping[str, int], seen: int) -> Finding:
    """Pictures that were not used, by reason.

    Args:
        reasons: reason to number of pictures.
        seen: pictures that were looked at.
    """
    motion = sum(count for reason, count in reasons.items() if "blur" in reason or "too fast" in reason)
    lost = sum(count for reason, count in reasons.items() if not _is_choice(reason))
    limit = Threshold(
        "moving",
        at_most=30,
        otherwise=Verdict.NOTE,
        reason="what is blurred or bent by motion is lost, and its like is left",
    )
    listed = "; ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1])[:8])
    return finding(
        "passed-over",
        "Which pictures were not used, and why?",
        listed or "all were used",
        (
            Number("pictures looked at", seen),
            Number("without use", lost),
            Number("moving", 100 * motion / max(seen, 1), "%"),
        ),
        (limit,),
        causes=(Cause("the board was waved too fast for the light"), Cause("a rolling shutter bends what moves")),
        next_step="wave more slowly, stop for a moment at each place, or turn on more light",
    )


def _is_choice(reason: str) -> bool:
    """Whether a picture was fine, but others served better."""
    return reason.startswith(("others show more", "shows the same"))

"""Camera calibration against OpenCV's: held-out error on real pictures, and the truth of synthetic ones.

Protocol, real pictures (`opencv_calib`: 13 pictures of a chessboard by each of two cameras): corners are found once, by
`cv2.findChessboardCorners` and `cv2.cornerSubPix`, and both calibrations get the same ones with five coefficients.
Pictures are parted into five folds (picture i goes to fold i modulo 5). Each lens is fitted to the other folds; on the
fold left out, each board's pose is fitted to every second corner by the same code for both, and judged on the other
corners, then the other way round. The number is the root of the mean squared length of all residuals. `auto` is ours
with the count of coefficients chosen within each training set by the same protocol.

Protocol, SYNTHETIC rendered pictures of a board of dots, tilted to 60 degrees, with strong distortion, noise and blur:
the error of the focal length, mean of fx and fy, against the lens that rendered them; ours by our detector with the
bias of discs modelled, OpenCV's by `cv2.findCirclesGrid` and `cv2.calibrateCamera` on the pictures in which it finds
the board. Three seeds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.harness import Claim, median, report
from trackside.core import TracksideError
from trackside.geometry.camera import Chessboard, CircleGrid, Lens, Pose, Sighting, calibrate, lens_residuals
from trackside.geometry.camera.synthetic import Scene, render

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
FOLDS, VIEWS, SEEDS = 5, 20, 3
CHESSBOARD, DOTS = Chessboard(6, 9, 0.025), CircleGrid(7, 10, 0.03, 0.018)
STRONG = Lens((1280, 720), (900.0, 904.0), (650.0, 352.0), np.array([-0.32, 0.13, 0.001, -0.0005, -0.02]))
Solve = Callable[[Sequence[Sighting]], Lens]


def main() -> None:
    """Measure and report."""
    rows, claims = [], []
    for side in ("left", "right"):
        sightings = corners(side)
        solvers: dict[str, Solve] = {"opencv": lambda s: opencv(CHESSBOARD, s), "ours": ours, "ours, auto": auto}
        errors = {name: held_out(solve, sightings) for name, solve in solvers.items()}
        rows += [
            {"pictures": f"real, {side}", "method": name, "value": value, "unit": "px"} for name, value in errors.items()
        ]
        # Both minimise the same sum here: equal up to where they stop.
        claims.append(
            Claim(f"held-out error, {side}, ours / OpenCV's", errors["ours"] / errors["opencv"], "ratio", "<= 1.00001")
        )
        claims.append(Claim(f"held-out error, {side}, auto / OpenCV's", errors["ours, auto"] / errors["opencv"], "ratio"))
    found = [synthetic(seed) for seed in range(SEEDS)]
    for method in ("ours", "opencv"):
        value = median([errors[method] for errors in found])
        rows.append({"pictures": "synthetic dots", "method": method, "value": value, "unit": "% of focal length"})
    claims.append(Claim("focal length error, synthetic dots, ours", median([e["ours"] for e in found]), "%", "<= 0.1"))
    claims.append(Claim("focal length error, synthetic dots, OpenCV's", median([e["opencv"] for e in found]), "%"))
    claims.append(Claim(f"time of one calibration, {VIEWS} views of dots", median([e["seconds"] for e in found]), "s"))
    report("calibration", rows, claims, method=(__doc__ or "").strip())


def corners(side: str) -> list[Sighting]:
    """Of the real pictures of one camera."""
    found = []
    for path in sorted((DATA / "opencv_calib").glob(f"{side}[0-9][0-9].jpg")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        seen, points = cv2.findChessboardCorners(image, (9, 6))
        if seen:
            points = cv2.cornerSubPix(image, points, (5, 5), (-1, -1), (3, 30, 0.01)).reshape(-1, 2).astype(np.float64)
            found.append(Sighting(image.shape[::-1], np.arange(54), points, np.full(54, 0.1), source=path.name))
    return found


def ours(sightings: Sequence[Sighting]) -> Lens:
    """Five coefficients, as OpenCV's default."""
    return calibrate(CHESSBOARD, sightings).lens


def auto(sightings: Sequence[Sighting]) -> Lens:
    """As many coefficients as pay."""
    return calibrate(CHESSBOARD, sightings, coefficients="auto").lens


def opencv(board: Chessboard | CircleGrid, sightings: Sequence[Sighting]) -> Lens:
    """`cv2.calibrateCamera` with its defaults."""
    points = [board.points[sighting.ids].astype(np.float32) for sighting in sightings]
    pixels = [sighting.pixels.astype(np.float32) for sighting in sightings]
    _, matrix, k, _, _ = cv2.calibrateCamera(points, pixels, sightings[0].size, None, None)
    return Lens.from_matrix(matrix, k, sightings[0].size)


def held_out(solve: Solve, sightings: Sequence[Sighting]) -> float:
    """Root mean squared length of the residuals on pictures left out, pixels."""
    left = []
    for fold in range(FOLDS):
        lens = solve([sighting for row, sighting in enumerate(sightings) if row % FOLDS != fold])
        left += lens_residuals(lens, CHESSBOARD, sightings[fold::FOLDS])
    return float(np.sqrt((np.concatenate(left) ** 2).sum(axis=1).mean()))


def synthetic(seed: int) -> dict[str, float]:
    """Errors of the focal length, per cent, on one set of rendered pictures."""
    rng = np.random.default_rng(seed)
    pictures = [render(DOTS, STRONG, pose(rng), Scene(seed=seed * 1000 + view)) for view in range(VIEWS)]
    sightings = [found for picture in pictures if isinstance(found := DOTS.detect(picture), Sighting)]
    start = time.perf_counter()
    errors = {"ours": _error(calibrate(DOTS, sightings).lens), "seconds": time.perf_counter() - start}
    theirs = [found for picture in pictures if (found := _opencv_dots(picture)) is not None]
    errors["opencv"] = _error(opencv(DOTS, theirs))
    print(f"seed {seed}: ours found {len(sightings)}, OpenCV {len(theirs)} of {VIEWS}; {errors}", flush=True)
    return errors


def pose(rng: np.random.Generator) -> Pose:
    """The whole board in the picture, tilted to 60 degrees."""
    while True:
        angle, lean = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(0, 60))
        turn = Pose.from_vectors([lean * np.cos(angle), lean * np.sin(angle), 0], np.zeros(3)).rotation
        ray = STRONG.rays(rng.uniform(0, STRONG.size))
        placed = Pose(turn, ray * rng.uniform(0.35, 0.8) - turn @ DOTS.points.mean(axis=0))
        pixels = STRONG.project(placed(DOTS.points))
        if (pixels > 25).all() and (pixels < np.array(STRONG.size) - 25).all():
            return placed


def _opencv_dots(picture: np.ndarray) -> Sighting | None:
    found, centres = cv2.findCirclesGrid(picture, (DOTS.columns, DOTS.rows), flags=cv2.CALIB_CB_SYMMETRIC_GRID)
    if not found:
        return None
    count = DOTS.rows * DOTS.columns
    return Sighting(STRONG.size, np.arange(count), centres.reshape(-1, 2).astype(np.float64), np.full(count, 0.1))


def _error(lens: Lens) -> float:
    return 100 * abs(float(np.mean(lens.focal)) / float(np.mean(STRONG.focal)) - 1)


if __name__ == "__main__":
    try:
        main()
    except TracksideError as error:
        raise SystemExit(str(error)) from None

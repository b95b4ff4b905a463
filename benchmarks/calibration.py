"""Camera calibration against OpenCV's: held-out error on real photographs, and the truth of synthetic ones.

All held-out errors, real photographs (`opencv_calib`: 13 pictures of a chessboard by each of two cameras): pictures are
parted into five folds (picture i goes to fold i modulo 5) and each lens is fitted to the other folds. On the fold left
out, each board's pose is fitted to every second corner by the same code for all, and judged on the other corners, then
the other way round. The number is the root of the mean squared length of all residuals. Five coefficients.

Same corners: `cv2.findChessboardCorners` and `cv2.cornerSubPix` once, both calibrations get the same ones. `auto` is ours
with the count of coefficients chosen within each training set by the same protocol.

End to end: each detector with its own calibration, judged on its own corners, on the pictures in which all find the board.
OpenCV's are those of its tutorial (`cornerSubPix` with a window of (11, 11)), the same with (5, 5), which suits these small
pictures better, and `findChessboardCornersSB`.

SYNTHETIC rendered pictures of a board of dots, six cameras, 20 pictures each: distortion from strong barrel to pincushion,
tilts to 60 degrees, noise and blur. The error of the focal length is that of the mean of fx and fy against the lens that
rendered them; ours by our detector with the bias of discs modelled, OpenCV's by `cv2.findCirclesGrid` and
`cv2.calibrateCamera` on the pictures in which it finds the board. Goals are for the worst of the six.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.harness import Claim, median, report
from trackside.core import TracksideError
from trackside.geometry.camera import Chessboard, CircleGrid, Lens, Pose, Sighting, calibrate, lens_residuals
from trackside.geometry.camera.synthetic import Scene, render

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
FOLDS, VIEWS = 5, 20
CHESSBOARD, DOTS = Chessboard(6, 9, 0.025), CircleGrid(7, 10, 0.03, 0.018)
# Focal length, centre, distortion, and blur (pixels) and noise (grey levels) of the six synthetic cameras of 1280 x 720.
CAMERAS = (
    ((900, 904), (650, 352), (-0.32, 0.13, 0.001, -0.0005, -0.02), 0.7, 0.0),
    ((700, 700), (630, 366), (-0.35, 0.15, 0.0, 0.0, 0.0), 0.7, 2.0),
    ((1000, 1000), (640, 360), (-0.25, 0.08, 0.0005, -0.0003, 0.0), 1.0, 3.0),
    ((1200, 1196), (655, 345), (0.18, -0.1, 0.0, 0.001, 0.0), 0.7, 2.0),
    ((850, 850), (620, 370), (-0.3, 0.1, -0.001, 0.0005, 0.0), 1.5, 3.0),
    ((1400, 1400), (640, 350), (-0.15, 0.05, 0.0, 0.0, 0.0), 2.0, 2.0),
)
Solve = Callable[[Sequence[Sighting]], Lens]
Find = Callable[[np.ndarray], np.ndarray | None]


def main() -> None:
    """Measure and report."""
    rows, claims = [], []
    for side in ("left", "right"):
        for part in (same_corners, end_to_end):
            more_rows, more_claims = part(side)
            rows, claims = rows + more_rows, claims + more_claims
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # forked, OpenCV's threads are gone
        found = list(pool.map(synthetic, range(len(CAMERAS))))
    for method in ("ours", "opencv"):
        rows += [
            {"pictures": f"synthetic dots, camera {camera}", "method": method, "value": errors[method], "unit": "% of focal"}
            for camera, errors in enumerate(found)
        ]
    worst = {method: max(errors[method] for errors in found) for method in ("ours", "opencv")}
    claims.append(Claim("focal length error, worst of 6 synthetic cameras, ours", worst["ours"], "%", "<= 0.1"))
    claims.append(Claim("focal length error, worst of 6 synthetic cameras, OpenCV's", worst["opencv"], "%"))
    claims.append(Claim("focal length error, median, ours", median([e["ours"] for e in found]), "%"))
    claims.append(Claim("focal length error, median, OpenCV's", median([e["opencv"] for e in found]), "%"))
    claims.append(Claim("pictures found of 120 synthetic, ours", sum(e["found"] for e in found), ""))
    claims.append(Claim("pictures found of 120 synthetic, OpenCV's", sum(e["opencv found"] for e in found), ""))
    claims.append(Claim(f"time of one calibration, {VIEWS} views of dots", median([e["seconds"] for e in found]), "s"))
    report("calibration", rows, claims, method=(__doc__ or "").strip())


def same_corners(side: str) -> tuple[list[dict], list[Claim]]:
    """Both calibrations on the same corners."""
    sightings = [
        _sighting(name, corners) for name, image in photographs(side) if (corners := tutorial(image, 5)) is not None
    ]
    solvers: dict[str, Solve] = {"opencv": lambda s: opencv(CHESSBOARD, s), "ours": ours, "ours, auto": auto}
    errors = {name: held_out(solve, sightings) for name, solve in solvers.items()}
    rows = [
        {"pictures": f"real, {side}, same corners", "method": name, "value": value, "unit": "px"}
        for name, value in errors.items()
    ]
    return rows, [
        # Both minimise the same sum here: equal up to where they stop.
        Claim(
            f"held-out error, {side}, same corners, ours / OpenCV's",
            errors["ours"] / errors["opencv"],
            "ratio",
            "<= 1.00001",
        ),
        Claim(f"held-out error, {side}, same corners, auto / OpenCV's", errors["ours, auto"] / errors["opencv"], "ratio"),
    ]


def end_to_end(side: str) -> tuple[list[dict], list[Claim]]:
    """What a user gets: each detector with its own calibration, on the pictures in which all find the board."""
    finders: dict[str, Find] = {
        "ours": own,
        "OpenCV's tutorial": lambda image: tutorial(image, 11),
        "OpenCV's, smaller window": lambda image: tutorial(image, 5),
        "OpenCV's SB": sector_based,
    }
    found = {method: {name: find(image) for name, image in photographs(side)} for method, find in finders.items()}
    common = [name for name in found["ours"] if all(found[method][name] is not None for method in finders)]
    errors, rows = {}, []
    for method in finders:
        solve: Solve = ours if method == "ours" else lambda s: opencv(CHESSBOARD, s)
        errors[method] = held_out(solve, [_sighting(name, found[method][name]) for name in common])  # type: ignore[arg-type]
        rows.append({"pictures": f"real, {side}, end to end", "method": method, "value": errors[method], "unit": "px"})
    count = {method: sum(corners is not None for corners in found[method].values()) for method in finders}
    print(f"{side}: found {count}, {len(common)} common; {errors}", flush=True)
    most = max(count[method] for method in finders if method != "ours")
    claims = [
        Claim(f"held-out error, {side}, end to end, ours / {peer}", errors["ours"] / errors[peer], "ratio", "<= 1")
        for peer in finders
        if peer != "ours"
    ]
    return rows, [*claims, Claim(f"photographs found, {side}, ours - OpenCV's", count["ours"] - most, "pictures", ">= 0")]


def photographs(side: str) -> Iterator[tuple[str, np.ndarray]]:
    """Name and grey picture [h, w] of each real photograph of one camera."""
    for path in sorted((DATA / "opencv_calib").glob(f"{side}[0-9][0-9].jpg")):
        yield path.name, cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def own(image: np.ndarray) -> np.ndarray | None:
    """Corners [54, 2] by our detector; None where it does not find the whole board."""
    found = CHESSBOARD.detect(image)
    return found.pixels if isinstance(found, Sighting) and len(found.ids) == len(CHESSBOARD.points) else None


def tutorial(image: np.ndarray, window: int) -> np.ndarray | None:
    """As in OpenCV's tutorial; `window` is half of the side of `cornerSubPix`."""
    found, points = cv2.findChessboardCorners(image, (9, 6))
    if not found:
        return None
    refined = cv2.cornerSubPix(image, points, (window, window), (-1, -1), (3, 30, 0.001))
    return refined.reshape(-1, 2).astype(np.float64)


def sector_based(image: np.ndarray) -> np.ndarray | None:
    """OpenCV's newer detector (Duda and Frese 2018)."""
    found, points = cv2.findChessboardCornersSB(image, (9, 6))
    return points.reshape(-1, 2).astype(np.float64) if found else None


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


def synthetic(camera: int) -> dict[str, float]:
    """Errors of the focal length, per cent, of one of `CAMERAS`."""
    focal, centre, k, blur, noise = CAMERAS[camera]
    lens, rng = Lens((1280, 720), focal, centre, np.array(k)), np.random.default_rng(camera)
    scenes = [Scene(blur=blur, noise=noise, seed=camera * 1000 + view) for view in range(VIEWS)]
    pictures = [render(DOTS, lens, pose(lens, rng), scene) for scene in scenes]
    sightings = [found for picture in pictures if isinstance(found := DOTS.detect(picture), Sighting)]
    start = time.perf_counter()
    errors = {"ours": _error(calibrate(DOTS, sightings).lens, lens), "seconds": time.perf_counter() - start}
    theirs = [found for picture in pictures if (found := _opencv_dots(picture)) is not None]
    errors |= {"opencv": _error(opencv(DOTS, theirs), lens), "found": len(sightings), "opencv found": len(theirs)}
    print(f"camera {camera}: {errors}", flush=True)
    return errors


def pose(lens: Lens, rng: np.random.Generator) -> Pose:
    """The whole board in the picture, tilted to 60 degrees."""
    while True:
        angle, lean = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(0, 60))
        turn = Pose.from_vectors([lean * np.cos(angle), lean * np.sin(angle), 0], np.zeros(3)).rotation
        distance = rng.uniform(0.35, 0.8) * lens.focal[0] / 900
        placed = Pose(turn, lens.rays(rng.uniform(0, lens.size)) * distance - turn @ DOTS.points.mean(axis=0))
        pixels = lens.project(placed(DOTS.points))
        if (pixels > 25).all() and (pixels < np.array(lens.size) - 25).all():
            return placed


def _opencv_dots(picture: np.ndarray) -> Sighting | None:
    found, centres = cv2.findCirclesGrid(picture, (DOTS.columns, DOTS.rows), flags=cv2.CALIB_CB_SYMMETRIC_GRID)
    return _sighting("", centres.reshape(-1, 2).astype(np.float64), (1280, 720)) if found else None


def _sighting(name: str, pixels: np.ndarray, size: tuple[int, int] = (640, 480)) -> Sighting:
    return Sighting(size, np.arange(len(pixels)), pixels, np.full(len(pixels), 0.1), source=name)


def _error(lens: Lens, truth: Lens) -> float:
    return 100 * abs(float(np.mean(lens.focal)) / float(np.mean(truth.focal)) - 1)


if __name__ == "__main__":
    try:
        main()
    except TracksideError as error:
        raise SystemExit(str(error)) from None

"""Are the centres of discs right? SYNTHETIC: boards rendered with known truth, ours against `cv2.findCirclesGrid`.

Ours is measured against where `disc_centres` expects the centre of the outline's image; OpenCV's centres, as its users take
them, against the image of the disc's centre, which is what `cv2.calibrateCamera` compares them with. For errors, only
pictures that both find count.
"""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np

from benchmarks.harness import Claim, report
from trackside.geometry.camera.boards import CircleGrid
from trackside.geometry.camera.centres import disc_centres
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.sighting import Sighting
from trackside.geometry.camera.synthetic import Scene, render

BOARDS = {
    "asymmetric 4x11": CircleGrid(11, 4, 0.03, 0.025, asymmetric=True),
    "symmetric 8x6": CircleGrid(6, 8, 0.035, 0.02),
}
LENSES = {
    "none": np.zeros(5),
    "barrel": np.array([-0.2, 0.05, 0.001, -0.001, 0]),
    "strong": np.array([-0.38, 0.16, 0.002, 0.001, -0.03]),
}
TILTS = (0, 15, 30, 45, 60)
SCENES = {"clean": Scene(blur=0.6), "noise 4, blur 1.2": Scene(blur=1.2, noise=4, gradient=0.3, distractors=12)}
VIEWS = 3


def pose_of(board: CircleGrid, tilt: float, rng: np.random.Generator) -> Pose:
    """The board tilted by so many degrees to a random side, turned up to 30 degrees, near the middle of the picture."""
    side, turn = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    lean = Pose.from_vectors(np.radians(tilt) * np.array([np.cos(side), np.sin(side), 0.0]), np.zeros(3))
    rotation = (lean @ Pose.from_vectors([0.0, 0.0, turn], np.zeros(3))).rotation
    place = np.array([rng.uniform(-0.08, 0.08), rng.uniform(-0.05, 0.05), rng.uniform(0.55, 0.75)])
    return Pose(rotation, place - rotation @ board.points.mean(axis=0))


def by_opencv(board: CircleGrid, image: np.ndarray) -> np.ndarray | None:
    """Centres [k, 2] as OpenCV's users get them, or None."""
    flags = cv2.CALIB_CB_ASYMMETRIC_GRID if board.asymmetric else cv2.CALIB_CB_SYMMETRIC_GRID
    for extra in (0, cv2.CALIB_CB_CLUSTERING):
        found, centres = cv2.findCirclesGrid(image, (board.columns, board.rows), flags=flags | extra)
        if found:
            return centres.reshape(-1, 2).astype(np.float64)
    return None


def one(board: CircleGrid, lens: Lens, pose: Pose, scene: Scene) -> dict[str, Any]:
    """Errors [k, 2] of both in one picture; None where it was not found (or read in a wrong order)."""
    image = render(board, lens, pose, scene)
    seen = board.detect(image)
    ours = None
    if isinstance(seen, Sighting):
        expected = disc_centres(lens, pose, board.points, board.diameter / 2)
        ours = min((seen.pixels - expected[ids] for ids in readings(board, seen.ids)), key=lambda e: float(np.abs(e).mean()))
        ours = ours if np.abs(ours).max() < 3 else None
    raw = by_opencv(board, image)
    if raw is not None:
        true = lens.project(pose(board.points))
        raw = min((raw - true[ids] for ids in readings(board, np.arange(len(true)))), key=lambda e: float(np.abs(e).mean()))
        raw = raw if np.abs(raw).max() < 8 else None
    return {"ours": ours, "opencv": raw, "whole": isinstance(seen, Sighting) and len(seen.ids) == len(board.points)}


def readings(board: CircleGrid, ids: np.ndarray) -> list[np.ndarray]:
    """A symmetric grid may be read from either end."""
    return [ids] if board.asymmetric else [ids, len(board.points) - 1 - ids]


def measure() -> list[dict[str, Any]]:
    """A row for each board, distortion, scene and tilt."""
    rows = []
    rng = np.random.default_rng(1)
    for (board_name, board), (distortion, k), (scene_name, scene), tilt in itertools.product(
        BOARDS.items(), LENSES.items(), SCENES.items(), TILTS
    ):
        lens = Lens((1280, 960), (1100, 1100), (644, 476), k)
        views = [one(board, lens, pose_of(board, tilt, rng), scene) for _ in range(VIEWS)]
        both = [view for view in views if view["ours"] is not None and view["opencv"] is not None]
        row: dict[str, Any] = {
            "board": board_name,
            "distortion": distortion,
            "scene": scene_name,
            "tilt": tilt,
            "views": VIEWS,
        }
        for name in ("ours", "opencv"):
            row[f"{name} found"] = sum(view[name] is not None for view in views)
            errors = np.concatenate([view[name] for view in both]) if both else np.full((1, 2), np.nan)
            row[f"{name} bias px"] = (
                float(np.mean([np.linalg.norm(view[name].mean(axis=0)) for view in both])) if both else None
            )
            row[f"{name} rms px"] = float(np.sqrt((errors**2).sum(axis=1).mean())) if both else None
        row["ours whole"] = sum(view["whole"] for view in views)
        rows.append(row)
        print(row, flush=True)
    return rows


def main() -> None:
    """Measure, print, write."""
    rows = measure()
    known = [row for row in rows if row["ours bias px"] is not None]
    count = sum(row["views"] for row in rows)
    claims = [
        Claim("ours: largest mean bias of a row", max(row["ours bias px"] for row in known), "px", "<= 0.02"),
        Claim("opencv: largest mean bias of a row", max(row["opencv bias px"] for row in known), "px", ">= 0.02"),
        Claim("opencv: median of the rows' mean bias", float(np.median([row["opencv bias px"] for row in known])), "px"),
        Claim("ours: median rms", float(np.median([row["ours rms px"] for row in known])), "px"),
        Claim("opencv: median rms", float(np.median([row["opencv rms px"] for row in known])), "px"),
        Claim(
            "ours: share of pictures found, in the right order",
            sum(row["ours found"] for row in rows) / count,
            "ratio",
            ">= 0.99",
        ),
        Claim(
            "opencv: share of pictures found, in the right order", sum(row["opencv found"] for row in rows) / count, "ratio"
        ),
    ]
    report(
        "disc_centres",
        rows,
        claims,
        method="SYNTHETIC boards, 1280x960, rendered with exact perspective and distortion. Bias: length of the mean error "
        "of a picture, averaged over pictures both find. Ours: measured centre less disc_centres(true lens, true pose); "
        "OpenCV: findCirclesGrid (plain, then clustering) less the projected centre of the disc.",
    )


if __name__ == "__main__":
    main()

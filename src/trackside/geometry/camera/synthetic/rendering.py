"""A renderer of boards with known truth (synthetic pictures).

Every sample within a pixel is followed along its ray, through the lens's distortion, to the board's plane, so that
perspective and distortion are exact. Only pixels that an edge may touch are sampled many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError
from trackside.geometry.camera.boards.ink import Coverage, Ink

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.lens import Lens
    from trackside.geometry.camera.pose import Pose

Floats = NDArray[np.float64]

# Samples in a pixel, on a rank-1 lattice of a prime number of points, with the best step of all (Sloan and Joe 1994): no
# two share a row, a column or a diagonal, so that the place of an edge along any of these is known to a sixtieth of a
# pixel. A square grid of as many would know it to an eighth only.
_SAMPLES, _STEP = 61, 23
# Pixels of edges that are sampled at once: 2,000 x 61 samples stay in the cache.
_CHUNK = 2_000
# Rays are taken at pixel corners this far apart and interpolated by cubic splines: off by 0.0001 pixels where distortion is
# strong.
_RAY_STEP = 8


@dataclass(frozen=True)
class Scene:
    """What else is in the picture.

    Attributes:
        light: grey level of the board's light parts, 0 to 255.
        dark: grey level of its dark parts.
        ground: grey level of the scene behind.
        blur: standard deviation of the lens's blur, pixels.
        noise: standard deviation of the sensor's noise, grey levels.
        gradient: how much brighter the right edge of the picture is than the left, as a share (0.5: from 0.75 to 1.25).
        distractors: dark and light blobs scattered behind the board.
        margin: blank border of the board, metres; None for the board's own.
        seed: of noise and distractors.

    Raises:
        SettingError: a negative blur, noise, margin or count, or a grey level outside 0 to 255.
    """

    light: float = 215.0
    dark: float = 35.0
    ground: float = 110.0
    blur: float = 0.7
    noise: float = 0.0
    gradient: float = 0.0
    distractors: int = 0
    margin: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.blur, self.noise, self.distractors, self.margin or 0) < 0 or abs(self.gradient) > 1:
            raise SettingError("blur, noise, distractors and margin are 0 or more, and the gradient -1 to 1", where="scene")
        if not all(0 <= level <= 255 for level in (self.light, self.dark, self.ground)):
            raise SettingError("a grey level is outside 0 to 255", where="scene")


def render(board: Board, lens: Lens, pose: Pose | Sequence[Pose], scene: Scene | None = None) -> NDArray[np.uint8]:
    """A synthetic picture of a board.

    Args:
        board: what is seen.
        lens: the camera; its size is the picture's.
        pose: of the board; several are averaged, as by a shutter that is open while the board moves.
        scene: light, blur, noise and background.

    Returns:
        uint8 [h, w] grey.

    Raises:
        SettingError: no pose at all.
    """
    import cv2

    scene = scene or Scene()
    poses = list(pose) if isinstance(pose, Sequence) else [pose]
    if not poses:
        raise SettingError("there is no pose to render", where="render", fix="give one or more")
    rng = np.random.default_rng(scene.seed)
    backdrop = _backdrop(lens.size, scene, rng)
    rays = _corner_rays(lens)
    levels = sum((_exposed(board.ink, rays, one, scene, backdrop) for one in poses), np.zeros_like(backdrop)) / len(poses)
    levels *= 1 + scene.gradient * (np.arange(lens.size[0]) / max(lens.size[0] - 1, 1) - 0.5)
    if scene.blur > 0:
        levels = cv2.GaussianBlur(levels, (0, 0), scene.blur, borderType=cv2.BORDER_REPLICATE)
    if scene.noise > 0:
        levels = levels + rng.normal(0, scene.noise, levels.shape)
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _backdrop(size: tuple[int, int], scene: Scene, rng: np.random.Generator) -> Floats:
    """The scene behind the board: plain, with ellipses and boxes of any grey."""
    import cv2

    picture = np.full((size[1], size[0]), round(scene.ground), np.uint8)
    largest = max(min(size) // 12, 4)
    for number in range(scene.distractors):
        x, y = int(rng.integers(size[0])), int(rng.integers(size[1]))
        a, b = (int(side) for side in rng.integers(3, largest, 2))
        grey = float(rng.uniform(0, 255))
        if number % 3:
            cv2.ellipse(picture, (x, y), (a, b), float(rng.uniform(0, 180)), 0, 360, grey, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(picture, (x - a, y - b), (x + a, y + b), grey, -1)
    return picture.astype(np.float64)


def _corner_rays(lens: Lens) -> Floats:
    """[h + 1, w + 1, 3], rays of the corners of the pixels; NaN where the lens has none."""
    from scipy.interpolate import RectBivariateSpline

    width, height = lens.size
    x, y = np.arange(-4.0, width + 2 * _RAY_STEP, _RAY_STEP) - 0.5, np.arange(-4.0, height + 2 * _RAY_STEP, _RAY_STEP) - 0.5
    coarse = lens.rays(np.stack(np.meshgrid(x, y), axis=-1))
    corners = np.arange(height + 1) - 0.5, np.arange(width + 1) - 0.5
    if np.isfinite(coarse).all():
        return np.stack([RectBivariateSpline(y, x, coarse[..., axis])(*corners) for axis in range(3)], axis=-1)
    return np.asarray(lens.rays(np.stack(np.meshgrid(corners[1], corners[0]), axis=-1)))


def _exposed(ink: Ink, rays: Floats, pose: Pose, scene: Scene, backdrop: Floats) -> Floats:
    """The picture of a board that stands still, without blur and noise."""
    inverse = pose.inverse()
    directions, origin = rays @ inverse.rotation.T, inverse.translation
    covers, sheet = Coverage(ink), _sheet(ink, scene)
    kinds = _kinds(covers, sheet, *_on_board(directions[..., 0], directions[..., 1], directions[..., 2], origin))
    ground, paper, printed = 0, 1, 2
    light, dark = (scene.light, scene.dark) if ink.dark else (scene.dark, scene.light)
    picture = backdrop.copy()
    corner = kinds[:-1, :-1]
    picture[corner == paper] = light
    picture[corner == printed] = dark
    rows, columns = np.nonzero(_mixed(kinds))
    for start in range(0, len(rows), _CHUNK):
        row, column = rows[start : start + _CHUNK], columns[start : start + _CHUNK]
        dx, dy, dz = _within(directions, row, column)
        found = _kinds(covers, sheet, *_on_board(dx, dy, dz, origin))
        shares = [(found == kind).mean(axis=1) for kind in (ground, paper, printed)]
        picture[row, column] = shares[0] * backdrop[row, column] + shares[1] * light + shares[2] * dark
    return picture


def _sheet(ink: Ink, scene: Scene) -> tuple[float, float, float, float]:
    if scene.margin is None:
        return ink.sheet
    left, top, right, bottom = ink.extent
    return left - scene.margin, top - scene.margin, right + scene.margin, bottom + scene.margin


def _on_board(dx: Floats, dy: Floats, dz: Floats, origin: Floats) -> tuple[Floats, Floats]:
    """Where rays from the origin in the board's frame meet its plane, x and y in metres; NaN where they do not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = -origin[2] / dz
    reach[~(reach > 0)] = np.nan
    return origin[0] + reach * dx, origin[1] + reach * dy


def _kinds(covers: Coverage, sheet: tuple[float, float, float, float], x: Floats, y: Floats) -> NDArray[np.int8]:
    """0 beside the sheet, 1 on blank paper, 2 on ink."""
    left, top, right, bottom = sheet
    kinds = ((x > left) & (x < right) & (y > top) & (y < bottom)).astype(np.int8)
    on = kinds > 0
    kinds[on] += covers(x[on], y[on])
    return kinds


def _mixed(kinds: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Pixels [h, w] whose corners differ, and those beside them: an edge may pass between corners."""
    import cv2

    corners = np.stack([kinds[:-1, :-1], kinds[1:, :-1], kinds[:-1, 1:], kinds[1:, 1:]])
    differ = (corners != corners[0]).any(axis=0).astype(np.uint8)
    return np.asarray(cv2.dilate(differ, np.ones((3, 3), np.uint8)) > 0)


def _within(rays: Floats, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
    """[3, n, samples]: rays within pixels, bilinear between the corners (off by 0.0002 pixels at strong distortion)."""
    u = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    v = (np.arange(_SAMPLES) * _STEP % _SAMPLES + 0.5) / _SAMPLES
    shares = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v])
    ends = [(0, 0), (0, 1), (1, 0), (1, 1)]
    corners = np.stack([rays[rows + down, columns + across] for down, across in ends], axis=-1)
    return np.asarray(np.moveaxis(corners, 1, 0) @ shares)

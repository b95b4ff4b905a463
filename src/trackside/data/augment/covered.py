"""What a hidden rectangle does to a sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.augment.sample import Sample

Floats = NDArray[np.float64]


def cover(sample: Sample, holes: Floats, rng: np.random.Generator, fill: tuple[int, int, int]) -> Sample:
    """The sample with rectangles [n, 4] hidden: painted with `fill` or, for every other one by chance, with noise."""
    image = sample.image.copy()
    pixels = whole_pixels(holes, sample.size)
    for left, top, right, bottom in pixels.tolist():
        part = image[top:bottom, left:right]
        part[...] = fill if rng.random() < 0.5 else rng.integers(0, 256, part.shape, np.uint8)
    return hidden(replace(sample, image=image), pixels.astype(np.float64))


def hidden(sample: Sample, holes: Floats) -> Sample:
    """The sample whose annotations know that these rectangles [n, 4] are covered; its picture is as given."""
    points, visible = sample.points, sample.visible
    if points.size and len(holes):
        points = points.copy()
        x, y = points[..., 0, None], points[..., 1, None]
        below = ((x >= holes[:, 0]) & (x < holes[:, 2]) & (y >= holes[:, 1]) & (y < holes[:, 3])).any(axis=-1)
        points[below & (points[..., 2] == 2), 2] = 1
    if len(visible) and len(holes):
        visible = visible * (1 - _covered_shares(sample.boxes, holes, sample.size))
    return replace(sample, points=points, visible=visible)


def whole_pixels(holes: Floats, size: tuple[int, int]) -> NDArray[np.int64]:
    """int64 [n, 4]: the rectangles, rounded to pixels within a picture."""
    return np.clip(np.round(holes), 0, [*size, *size]).astype(np.int64)


def _covered_shares(boxes: Floats, holes: Floats, size: tuple[int, int]) -> Floats:
    """float64 [m]: the share of each box within the picture that lies below any rectangle. Exact for rectangles that
    overlap, on the grid that their edges make."""
    inside = np.clip(boxes, 0, [*size, *size])
    xs = np.unique(np.concatenate([holes[:, 0], holes[:, 2]]))
    ys = np.unique(np.concatenate([holes[:, 1], holes[:, 3]]))
    middle_x, middle_y = (xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2
    across = (middle_x >= holes[:, :1]) & (middle_x < holes[:, 2:3])
    down = (middle_y >= holes[:, 1:2]) & (middle_y < holes[:, 3:])
    cells = (down[:, :, None] & across[:, None, :]).any(axis=0)
    widths = _overlaps(inside[:, 0], inside[:, 2], xs)
    heights = _overlaps(inside[:, 1], inside[:, 3], ys)
    covered = np.einsum("my,yx,mx->m", heights, cells.astype(np.float64), widths)
    area = (inside[:, 2] - inside[:, 0]) * (inside[:, 3] - inside[:, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(np.where(area > 0, covered / np.maximum(area, 1e-12), 0.0)))


def _overlaps(low: Floats, high: Floats, edges: Floats) -> Floats:
    """float64 [m, e - 1]: the length that each interval has in common with each cell between the edges."""
    shared = np.minimum(high[:, None], edges[1:]) - np.maximum(low[:, None], edges[:-1])
    return np.asarray(np.maximum(np.nan_to_num(shared), 0))


def paste(image: RGB, other: RGB, hole: NDArray[np.int64]) -> RGB:
    """`image` with the rectangle of `other`, which is as large."""
    result = image.copy()
    left, top, right, bottom = hole.tolist()
    result[top:bottom, left:right] = other[top:bottom, left:right]
    return result

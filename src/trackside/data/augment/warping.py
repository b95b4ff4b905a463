"""Applying a homography to a picture, its boxes and its points, so that they still agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.augment.sample import Sample
from trackside.data.augment.transform import Size, Warp

Floats = NDArray[np.float64]
# A picture that shrinks more than this is averaged first, or fine structure would turn into false patterns.
_SHRINK = 0.6
_HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])


def warp_sample(sample: Sample, warp: Warp, border: str, fill: tuple[int, int, int]) -> Sample:
    """The sample after a warp. Boxes are those around their transformed corners, unclipped; points that leave the picture
    get visibility 0; a mirror exchanges left and right points.

    Args:
        sample: before.
        warp: where points go.
        border: `constant`, `reflect` or `replicate`: what is shown where there was no picture.
        fill: the colour of `constant`.
    """
    boxes, shares = warp_boxes(sample.boxes, warp, sample.size)
    points = warp_points(sample.points, warp)
    if warp.mirrors and points.shape[1]:
        points = points[:, sample.pairs]
    image = warp_image(sample.image, warp, border, fill)
    return replace(sample, image=image, boxes=boxes, points=points, visible=sample.visible * shares)


def warp_image(image: RGB, warp: Warp, border: str, fill: tuple[int, int, int]) -> RGB:
    """The picture after a warp; flips, quarter turns and crops at whole pixels are exact."""
    import cv2

    exact = _exact(image, warp)
    if exact is not None:
        return exact
    size = image.shape[1], image.shape[0]
    matrix = warp.matrix
    factor = _shrinks(matrix, size)
    if factor < _SHRINK:
        small = max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
        matrix = matrix @ np.diag([size[0] / small[0], size[1] / small[1], 1.0])
        image = np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA), np.uint8)
    centred = np.linalg.inv(_HALF) @ matrix @ _HALF
    modes = {"constant": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT, "replicate": cv2.BORDER_REPLICATE}
    if np.allclose(centred[2], [0, 0, 1]):
        done = cv2.warpAffine(
            image, centred[:2], warp.size, flags=cv2.INTER_LINEAR, borderMode=modes[border], borderValue=fill
        )
    else:
        done = cv2.warpPerspective(
            image, centred, warp.size, flags=cv2.INTER_LINEAR, borderMode=modes[border], borderValue=fill
        )
    return np.asarray(done, np.uint8)


def warp_places(places: Floats, warp: Warp) -> Floats:
    """float64 [..., 2]: where these places [..., 2] go; NaN for what lies behind a perspective's horizon."""
    flat = places @ warp.matrix[:2, :2].T + warp.matrix[:2, 2]
    depth = places @ warp.matrix[2, :2] + warp.matrix[2, 2]
    if np.array_equal(warp.matrix[2], [0, 0, 1]):
        return np.asarray(flat)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((depth > 1e-9)[..., None], flat / depth[..., None], np.nan)


def warp_points(points: Floats, warp: Warp) -> Floats:
    """float64 [m, k, 3]: the points after a warp; outside the picture they become 0, 0 with visibility 0, as in COCO."""
    if not points.size:
        return points
    places = warp_places(points[..., :2], warp)
    unknown = np.isnan(points).any(axis=-1)
    labelled = ~unknown & (points[..., 2] > 0)
    with np.errstate(invalid="ignore"):
        inside = ((places >= 0) & (places < warp.size)).all(axis=-1)
    moved = np.concatenate([places, points[..., 2:]], axis=-1)
    moved[~(labelled & inside)] = 0
    moved[unknown] = np.nan
    return moved


def warp_boxes(boxes: Floats, warp: Warp, size: Size) -> tuple[Floats, Floats]:
    """Boxes after a warp [m, 4], and the share [m] of each one's area within the old picture that is within the new one."""
    if not len(boxes):
        return boxes, np.ones(0)
    quads = warp_places(_corners(boxes), warp)
    with np.errstate(invalid="ignore"):
        moved = np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)
    moved[np.isnan(quads).any(axis=(1, 2))] = np.nan
    seen = _corners(np.concatenate([np.clip(boxes[:, :2], 0, size), np.clip(boxes[:, 2:], 0, size)], axis=1))
    # NaN boxes (none was drawn) stay, and count as seen: they belong to points or to a label.
    shares = np.where(np.isnan(boxes).any(axis=1), 1.0, _shares(warp_places(seen, warp), warp.size))
    return moved, shares


def _shares(quads: Floats, size: Size) -> Floats:
    """float64 [m]: the share of each quadrilateral [m, 4, 2] that lies within a picture; 0 for those without an area."""
    import cv2

    area = _areas(quads)
    low, high = quads.min(axis=1), quads.max(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = ((low >= 0) & (high <= size)).all(axis=1)
        straight = np.isclose(area, np.prod(high - low, axis=1), rtol=1e-6)
        cut = np.prod(np.maximum(np.minimum(high, size) - np.maximum(low, 0), 0), axis=1)
        shares = np.where(area > 0, np.where(whole, 1.0, cut / np.maximum(area, 1e-12)), 0.0)
    frame = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    for row in np.flatnonzero(~whole & ~straight & (area > 0)):
        common, _ = cv2.intersectConvexConvex(quads[row].astype(np.float32), frame)
        shares[row] = common / area[row]
    return np.asarray(np.clip(np.nan_to_num(shares), 0, 1))


def _areas(quads: Floats) -> Floats:
    following = np.roll(quads, -1, axis=1)
    area = np.abs((quads[..., 0] * following[..., 1] - following[..., 0] * quads[..., 1]).sum(axis=1)) / 2
    return np.asarray(np.nan_to_num(area))


def _corners(boxes: Floats) -> Floats:
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def _shrinks(matrix: Floats, size: Size) -> float:
    """By how much lengths in the middle of the picture shrink at least; at most 1."""
    x, y = size[0] / 2, size[1] / 2
    depth = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    place = (matrix[:2, :2] @ [x, y] + matrix[:2, 2]) / depth
    slope = (matrix[:2, :2] - np.outer(place, matrix[2, :2])) / depth
    return float(min(1.0, float(np.linalg.norm(slope, ord=2))))


def _exact(image: RGB, warp: Warp) -> RGB | None:
    """The picture by exchanging and cutting rows and columns, if the warp is no more than that."""
    import cv2

    matrix, (width, height) = warp.matrix, warp.size
    whole = np.round(matrix)
    if np.abs(matrix - whole).max() > 1e-9 or not np.array_equal(whole[2], [0, 0, 1]):
        return None
    turn, (x, y) = whole[:2, :2], whole[:2, 2].astype(int)
    if not np.array_equal(np.abs(turn) @ np.abs(turn).T, np.eye(2)):
        return None
    if turn[0, 0] == 0:
        image = cv2.transpose(image)
        turn = turn[:, ::-1]
    if turn[0, 0] < 0:
        image, x = cv2.flip(image, 1), x - image.shape[1]
    if turn[1, 1] < 0:
        image, y = cv2.flip(image, 0), y - image.shape[0]
    # What is left is a shift by x, y; it is a cut if the result lies within the picture.
    if x > 0 or y > 0 or width - x > image.shape[1] or height - y > image.shape[0]:
        return None
    return np.array(image[-y : height - y, -x : width - x], np.uint8)

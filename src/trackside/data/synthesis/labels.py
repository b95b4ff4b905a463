"""What is known of a rendered figure: box, 17 points with visibility, mask.

A point is visible (2) if the picture shows its own body part there, and not one that lies before it; otherwise hidden (1);
and not labelled (0) outside the picture. COCO's people were labelled by the same rule, by eye.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import COCO17
from trackside.data.synthesis.camera import Camera
from trackside.data.synthesis.parts import Parts
from trackside.data.synthesis.render import FINE, Figure, Rendering

_TRUNK = ("shoulders", "chest", "yoke", "pelvis", "hem", "belly", "waist", "waist_joint")
_OWNERS = {
    "nose": ("nose", "head", "jaw"),
    "eye": ("head", "nose", "hair", "peak"),
    "ear": ("ear", "head", "hair", "hair_back", "hair_fall"),
    "shoulder": ("shoulder", "upper_arm", "sleeve", "yoke", "shoulders", "chest"),
    "elbow": ("elbow", "upper_arm", "forearm"),
    "wrist": ("wrist", "forearm", "palm"),
    "hip": ("hip", "thigh", "shorts", "pelvis", "hem", "belly", "waist"),
    "knee": ("knee", "thigh", "shank", "shorts", "leg_hem"),
    "ankle": ("ankle", "shank", "sock", "leg_hem", "heel", "instep"),
}
_SHARED = frozenset(("nose", "head", "jaw", "hair", "hair_back", "hair_fall", "peak", "ear", *_TRUNK))
# A joint lies inside its limb: so far below the skin at most, over the stature. Points of the face lie on the skin.
_DEEP = {"nose": 0.012, "eye": 0.012, "ear": 0.022, "shoulder": 0.058, "hip": 0.115}
_LIMB = 0.05
# Runs of a mask must be worth it: a box of fewer pixels than this is no annotation.
LEAST_PIXELS = 12
_SEEN = 0.5


def owners_of(point: str) -> frozenset[str]:
    """The names of the parts that a point of COCO's 17 belongs to."""
    side, _, rest = point.partition("_")
    if not rest:
        return frozenset(_OWNERS[point])
    return frozenset(name if name in _SHARED else f"{side}_{name}" for name in _OWNERS[rest])


def label_points(figure: Figure, parts: Parts, camera: Camera, rendering: Rendering) -> NDArray[np.float64]:
    """float64 [17, 3]: x, y in pixels and visibility of COCO's points.

    Args:
        figure: in world axes.
        parts: those of the figure, whose rows `rendering.hits` counts by.
        camera: that took the picture.
        rendering: the picture.
    """
    places, depths = camera.project(figure.points)
    stature = float(np.ptp(figure.points[:, 1])) if len(figure.points) else 1.7
    labels = np.zeros((len(places), 3))
    for row, name in enumerate(COCO17.points):
        x, y = places[row]
        if 0 <= x < camera.size[0] and 0 <= y < camera.size[1]:
            labels[row] = x, y, _visibility(name, x, y, float(depths[row]), parts, rendering, max(stature, 1.5))
    return labels


def _visibility(name: str, x: float, y: float, depth: float, parts: Parts, rendering: Rendering, stature: float) -> int:
    column, row = int(x * FINE), int(y * FINE)
    part = int(rendering.hits.part[row, column])
    if rendering.cover[int(y), int(x)] > _SEEN:
        return 1
    if part < 0:
        return 1
    deep = _DEEP.get(name.partition("_")[2] or name, _LIMB) * stature
    is_own = parts.names[part] in owners_of(name)
    return 2 if is_own and depth - float(rendering.hits.depth[row, column]) <= deep else 1


def label_box(rendering: Rendering) -> NDArray[np.float64]:
    """float64 [4]: the box around what is seen of the figure, pixels; NaN if too little is."""
    mask = rendering.alpha > _SEEN
    if mask.sum() < LEAST_PIXELS:
        return np.full(4, np.nan)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64)


def label_mask(rendering: Rendering) -> dict[str, Any]:
    """The mask as COCO writes it: lengths of runs down the columns, from background."""
    mask = (rendering.alpha > _SEEN).T.reshape(-1)
    edges = np.flatnonzero(np.diff(mask)) + 1
    bounds = np.concatenate([[0] if mask[0] else [], [0], edges, [len(mask)]]).astype(np.int64)
    return {"counts": np.diff(bounds).tolist(), "size": list(rendering.alpha.shape)}

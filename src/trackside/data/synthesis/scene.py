"""One picture of the plan: from its numbers to the labelled picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.synthesis import body, light, occluders, outfit
from trackside.data.synthesis.backgrounds import Place
from trackside.data.synthesis.camera import Camera, look_at
from trackside.data.synthesis.joints import mirrored, perturb
from trackside.data.synthesis.labels import label_box, label_mask, label_points
from trackside.data.synthesis.pose_files import Poses
from trackside.data.synthesis.render import Figure, figure_of, render

Floats = NDArray[np.float64]
_CAMERA = ("turn", "camera_height", "focal", "share", "roll", "across", "along")
_SENSOR = ("exposure", "noise", "blur")
FACTORS = (
    "place", "example", "handed", *body.FACTORS, *outfit.FACTORS, *light.FACTORS, *_CAMERA, *occluders.FACTORS, *_SENSOR,
)  # fmt: skip
"""Everything that is decided of a picture, besides the pose class."""
# A standing adult of this height fills the chosen share of the picture.
_STATURE = 1.75


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all pictures of a data set.

    Attributes:
        size: side of the square pictures, pixels.
        spread: how far joints are moved from the examples, degrees (see `joints.perturb`).
        occluded: share of the pictures in which something stands before the figure.
        masks: whether masks are kept.
    """

    size: int = 256
    spread: float = 6.0
    occluded: float = 0.2
    masks: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A labelled picture.

    Attributes:
        image: uint8 [size, size, 3].
        pose: number of the pose class.
        box: float64 [4], x1 y1 x2 y2, pixels; NaN if next to nothing of the figure is seen.
        points: float64 [17, 3], COCO's.
        mask: runs as COCO writes them, or None.
        place: name of the background.
        facts: what was decided, for the item's extras: `turn_deg`, `camera_height_m`, ...
    """

    image: RGB
    pose: int
    box: Floats
    points: Floats
    mask: dict[str, Any] | None
    place: str
    facts: dict[str, Any]


def draw(
    pose: int, chosen: dict[str, float], seed: int, poses: Poses, places: Sequence[Place], settings: Settings
) -> Picture:
    """Draw one picture.

    Args:
        pose: number of the pose class.
        chosen: 0 to 1 for each of `FACTORS`.
        seed: for the joints' deviation, the background's crop and grain.
        poses: examples of every class.
        places: backgrounds.
        settings: of the data set.
    """
    rng = np.random.default_rng(seed)
    examples = poses.examples[pose]
    angles = perturb(examples[min(int(chosen["example"] * len(examples)), len(examples) - 1)], settings.spread, rng)
    if chosen["handed"] < 0.5:
        angles = mirrored(angles)
    clothes, lit = outfit.outfit_of(chosen), light.light_of(chosen)
    figure = figure_of(angles, body.body_of(chosen), clothes)
    camera, facts = _camera(figure, chosen, settings.size)
    place = places[min(int(chosen["place"] * len(places)), len(places) - 1)]
    flat, _ = camera.project(figure.points)
    around = np.concatenate([flat.min(axis=0), flat.max(axis=0)])
    hiding = occluders.occluder_of(chosen, around, camera.size, settings.occluded, seed)
    drawn = render(figure, clothes, camera, lit, place.draw(camera, rng), hiding)
    parts = figure.parts
    return Picture(
        _finished(drawn.image, chosen, rng), pose, label_box(drawn), label_points(figure, parts, camera, drawn),
        label_mask(drawn) if settings.masks else None, place.name, facts,
    )  # fmt: skip


def _camera(figure: Figure, chosen: dict[str, float], side: int) -> tuple[Camera, dict[str, Any]]:
    """Around the figure, from knee height to above the head; near with a short lens to far with a long one."""
    focal = side * (1.1 + 1.6 * chosen["focal"])
    share = 0.55 + 0.3 * chosen["share"]
    distance, height = focal * _STATURE / (share * side), 0.5 + 2.0 * chosen["camera_height"]
    target = (figure.points.min(axis=0) + figure.points.max(axis=0)) / 2
    turn = 360 * chosen["turn"]
    slack = 0.12 * side * distance / focal
    sideways = slack * (chosen["across"] - 0.5) * np.array([np.cos(np.deg2rad(turn)), 0, -np.sin(np.deg2rad(turn))])
    target = target + sideways + np.array([0, slack * (chosen["along"] - 0.5), 0])
    roll = 8 * (chosen["roll"] - 0.5)
    camera = look_at(target, turn=turn, height=height, distance=distance, focal=focal, size=(side, side), roll=roll)
    facts = {"turn_deg": round(turn, 1), "camera_height_m": round(height, 2), "distance_m": round(distance, 2)}
    return camera, facts


def _finished(image: RGB, chosen: dict[str, float], rng: np.random.Generator) -> RGB:
    """What lens and sensor add: exposure, a little blur, noise."""
    import cv2

    colours = image.astype(np.float32) * np.float32(0.82 + 0.32 * chosen["exposure"])
    width = 0.2 + 0.7 * chosen["blur"]
    colours = cv2.GaussianBlur(colours, (0, 0), width * image.shape[0] / 256)
    noise = np.float32(6 * chosen["noise"] ** 2)
    colours += noise * rng.standard_normal(image.shape, np.float32)
    return np.asarray(np.clip(colours + 0.5, 0, 255), np.uint8)

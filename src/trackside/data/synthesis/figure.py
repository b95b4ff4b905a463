"""A dressed human figure: which solids stand where.

Girths are half-widths as shares of the stature (rounded from ANSUR II, 2012), times the build; clothes lie over them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis import body as shares
from trackside.data.synthesis.body import Body
from trackside.data.synthesis.joints import SIDES
from trackside.data.synthesis.kinematics import Frame, Frames, about_x
from trackside.data.synthesis.outfit import Outfit
from trackside.data.synthesis.parts import Builder, Parts

# Half-widths over stature.
_ARM, _ELBOW, _FOREARM, _WRIST = 0.0270, 0.0210, 0.0230, 0.0148
_HIP, _THIGH, _KNEE, _CALF, _ANKLE = 0.0475, 0.0440, 0.0310, 0.0345, 0.0180
_CLOTH = 0.006
"""How far cloth stands off the skin, over stature."""


def build(frames: Frames, body: Body, outfit: Outfit) -> Parts:
    """The solids of a person.

    Args:
        frames: the pose, from `frames_of`, in any axes.
        body: whose.
        outfit: what the person wears.
    """
    builder = Builder()
    _trunk(builder, frames, body, outfit)
    _head(builder, frames["head"], body, outfit)
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        _arm(builder, frames, body, outfit, side)
        _leg(builder, frames, body, outfit, side, sign)
    return builder.parts()


def _trunk(add: Builder, frames: Frames, body: Body, outfit: Outfit) -> None:
    h, girth, trunk = body.stature, body.stature * body.build, body.trunk
    top, bottom = outfit.top_material, outfit.bottom_material
    wide = shares.HALF_SHOULDERS * h * body.shoulders
    pelvis, waist, chest = frames["pelvis"], frames["waist"], frames["chest"]
    middle = 0.075 * girth
    add.ball(
        "pelvis",
        "trunk",
        bottom,
        pelvis.moved(pelvis.rotation @ [0, 0.012 * h, 0]),
        (0.094 * girth, 0.062 * h, 0.067 * girth),
    )
    add.tube(
        "belly", "trunk", top, pelvis, -0.31 * trunk, (0.092 * girth, 0.088 * girth, middle), flat=0.70, start=-0.01 * trunk
    )
    add.tube("waist", "trunk", top, waist, -0.23 * trunk, (middle, 0.082 * girth, 0.0935 * girth), flat=0.68)
    add.ball("waist_joint", "trunk", top, waist, (middle, 0.05 * h, middle * 0.69))
    add.ball(
        "chest",
        "trunk",
        top,
        chest.moved(chest.rotation @ [0, 0.14 * trunk, 0.004 * h]),
        (0.099 * girth, 0.40 * trunk, 0.068 * girth),
    )
    add.tube("shoulders", "trunk", top, chest, -0.40 * trunk, (0.0935 * girth, 0.103 * girth, 0.055 * girth), flat=0.66)
    for side in SIDES:
        add_yoke(add, chest, frames[f"{side}_upper_arm"].origin, top, 0.036 * girth, trunk, wide)
    if outfit.loose_hem:
        add.tube(
            "hem",
            "trunk",
            top,
            pelvis,
            0.13 * trunk,
            (0.0935 * girth, 0.106 * girth, 0.112 * girth),
            flat=0.76,
            hollow=True,
            start=-0.13 * trunk,
        )


def add_yoke(
    add: Builder, chest: Frame, shoulder: NDArray[np.float64], material: str, thick: float, trunk: float, wide: float
) -> None:
    """The slope from the neck to one shoulder."""
    start = chest.at(0, 0.50 * trunk, -0.006)
    along = shoulder - start
    length = float(np.linalg.norm(along))
    down = -along / length
    ahead = chest.rotation[:, 2] - down * float(chest.rotation[:, 2] @ down)
    ahead /= np.linalg.norm(ahead)
    frame = Frame(np.column_stack([np.cross(down, ahead), down, ahead]), start)
    add.tube("yoke", "trunk", material, frame, length, (thick * 1.05, thick * 1.0, thick * 0.86), flat=1.05)


def _head(add: Builder, head: Frame, body: Body, outfit: Outfit) -> None:
    size, girth = shares.HEAD * body.stature * body.head, body.stature * body.build
    place = _placer(head, size)
    neck = 0.0335 * girth
    add.tube("neck", "head", "skin", place(0, -0.14, -0.06), -0.72 * size, (neck * 1.22, neck, neck * 1.02))
    add.ball("head", "head", "face", place(0, 0.80, 0.05), (0.365 * size, 0.50 * size, 0.43 * size))
    add.ball("jaw", "head", "face", place(0, 0.55, 0.16), (0.27 * size, 0.27 * size, 0.28 * size))
    add.ball("nose", "head", "skin", place(0, 0.69, 0.46), (0.055 * size, 0.095 * size, 0.085 * size))
    for sign in (1.0, -1.0):
        add.ball("ear", "head", "skin", place(sign * 0.365, 0.76, 0.02), (0.035 * size, 0.10 * size, 0.06 * size))
    _hair(add, place, size, outfit)


def _hair(add: Builder, place: Callable[[float, float, float], Frame], size: float, outfit: Outfit) -> None:
    def tilted(x: float, y: float, z: float, degrees: float) -> Frame:
        frame = place(x, y, z)
        return Frame(frame.rotation @ about_x(np.deg2rad(degrees)), frame.origin)

    if outfit.hair == "bald":
        return
    thick = {"short": 1.05, "cap": 1.06}.get(outfit.hair, 1.10)
    shell = (0.365 * size * thick, 0.45 * size * thick, 0.47 * size * thick)
    material = "cap" if outfit.hair == "cap" else "hair"
    add.ball("hair", "head", material, tilted(0, 0.83, 0.03, -32), shell, cut=(0.10, 1.0), hollow=True)
    if outfit.hair == "cap":
        add.ball("peak", "head", material, place(0, 1.05, 0.40), (0.27 * size, 0.045 * size, 0.33 * size))
    if outfit.hair in ("long", "bun", "tail"):
        add.ball("hair_back", "head", material, place(0, 0.72, -0.12), (0.365 * size, 0.46 * size, 0.31 * size))
    if outfit.hair == "long":
        add.ball("hair_fall", "head", material, place(0, 0.40, -0.22), (0.33 * size, 0.52 * size, 0.20 * size))
    if outfit.hair == "bun":
        add.ball("bun", "head", material, place(0, 1.12, -0.40), (0.17 * size, 0.17 * size, 0.17 * size))
    if outfit.hair == "tail":
        add.ball("tail", "head", material, tilted(0, 0.55, -0.50, 14), (0.11 * size, 0.50 * size, 0.11 * size))


def _arm(add: Builder, frames: Frames, body: Body, outfit: Outfit, side: str) -> None:
    h, girth, chain = body.stature, body.stature * body.build, f"{side}_arm"
    upper, forearm, hand = (frames[f"{side}_{limb}"] for limb in ("upper_arm", "forearm", "hand"))
    cloth = _CLOTH * h
    covered, sleeve = outfit.sleeve > 0.9, outfit.top_material
    skin, over = (sleeve, cloth) if covered else ("skin", 0.0)
    length, lower = shares.UPPER_ARM * h * body.arms, shares.FOREARM * h * body.arms
    arm, elbow, fore, wrist = (share * girth + over for share in (_ARM, _ELBOW, _FOREARM, _WRIST))
    shoulder = outfit.top_material if outfit.sleeve >= 0 else "skin"
    add.ball(
        f"{side}_shoulder", chain, shoulder, upper, (0.0285 * girth + cloth, 0.034 * girth + cloth, 0.0305 * girth + cloth)
    )
    add.tube(f"{side}_upper_arm", chain, skin, upper, length, (arm * 1.08, arm * 1.03, elbow))
    add.ball(f"{side}_elbow", chain, skin, forearm, (elbow, elbow, elbow))
    add.tube(f"{side}_forearm", chain, skin, forearm, lower, (elbow * 1.03, fore, wrist))
    if 0 < outfit.sleeve <= 0.9:
        end = arm * 1.12 + cloth * 1.3
        add.tube(
            f"{side}_sleeve",
            chain,
            sleeve,
            upper,
            outfit.sleeve * length,
            (0.0295 * girth + cloth, end * 1.03, end),
            hollow=True,
        )
    _hand(add, hand, h, body, chain, side, wrist if not covered else _WRIST * girth)


def _hand(add: Builder, hand: Frame, h: float, body: Body, chain: str, side: str, wrist: float) -> None:
    size = shares.HAND * h * body.arms
    place = _placer(hand, size)
    thumb = Frame(hand.rotation @ about_x(np.deg2rad(-38)), place(0, -0.34, 0.20).origin)
    add.ball(f"{side}_wrist", chain, "skin", hand, (wrist, wrist, wrist))
    add.ball(f"{side}_palm", chain, "skin", place(0, -0.30, 0.02), (0.125 * size, 0.33 * size, 0.215 * size))
    add.ball(f"{side}_fingers", chain, "skin", place(-0.01, -0.68, 0.02), (0.085 * size, 0.32 * size, 0.185 * size))
    add.ball(f"{side}_thumb", chain, "skin", thumb, (0.07 * size, 0.24 * size, 0.075 * size))


def _leg(add: Builder, frames: Frames, body: Body, outfit: Outfit, side: str, sign: float) -> None:
    h, girth, chain = body.stature, body.stature * body.build, f"{side}_leg"
    thigh, shank, foot = (frames[f"{side}_{limb}"] for limb in ("thigh", "shank", "foot"))
    cloth, bottom = _CLOTH * h, outfit.bottom_material
    covered = outfit.trousers > 0.9
    material, over = (bottom, cloth) if covered else ("skin", 0.0)
    length, lower = shares.THIGH * h * body.legs, shares.SHANK * h * body.legs
    hip, mid, knee, calf, ankle = (share * girth + over for share in (_HIP, _THIGH, _KNEE, _CALF, _ANKLE))
    add.ball(f"{side}_hip", chain, bottom, thigh, (hip + cloth, hip + cloth, hip + cloth))
    add.tube(f"{side}_thigh", chain, material, thigh, length, (hip, mid, knee))
    add.ball(f"{side}_knee", chain, material, shank, (knee, knee, knee * 1.04))
    add.tube(f"{side}_shank", chain, material, shank, lower, (knee, calf * 1.06, ankle))
    if 0 < outfit.trousers <= 0.9:
        wide = mid * 1.10 + cloth * 1.6
        add.tube(
            f"{side}_shorts", chain, bottom, thigh, outfit.trousers * length, (hip + cloth, wide * 1.03, wide), hollow=True
        )
    if covered:
        add.tube(
            f"{side}_leg_hem",
            chain,
            bottom,
            shank,
            0.50 * lower,
            (calf * 1.05, calf * 1.0, ankle * 1.75),
            hollow=True,
            start=0.47 * lower,
        )
    elif outfit.socks > 0:
        high = outfit.socks
        bare = knee, calf * 1.06, ankle
        radii = 1.07 * _between(bare, 1 - high), 1.07 * _between(bare, 1 - high / 2), 1.07 * ankle
        add.tube(f"{side}_sock", chain, "sock", shank, high * lower, radii, start=(1 - high) * lower)
    _foot(add, foot, body, outfit, side, chain, ankle)


def _between(radii: tuple[float, float, float], share: float) -> float:
    """The radius of a `Builder.tube` at a share of its length."""
    first, middle, last = (radius * radius for radius in radii)
    curve = 2 * (first + last - 2 * middle)
    return float(np.sqrt(first + (last - first - curve) * share + curve * share * share))


def _placer(limb: Frame, size: float) -> Callable[[float, float, float], Frame]:
    """Gives frames at places of a limb, in units of `size`."""
    return lambda x, y, z: limb.moved(limb.rotation @ np.array([x * size, y * size, z * size]))


def _foot(add: Builder, foot: Frame, body: Body, outfit: Outfit, side: str, chain: str, ankle: float) -> None:
    h = body.stature
    size, drop = shares.FOOT * h, shares.ANKLE_HEIGHT * h
    material, chain = ("shoe", f"{side}_foot") if outfit.shoes else ("skin", f"{side}_foot")
    thick = 1.0 if outfit.shoes else 0.86
    place = _placer(foot, size)
    add.ball(f"{side}_ankle", chain, "skin" if outfit.socks == 0 else "sock", foot, (ankle, ankle * 1.1, ankle * 1.1))
    add.ball(
        f"{side}_heel", chain, material, place(0, -0.42 * drop / size, -0.06), (0.027 * h * thick, 0.60 * drop, 0.21 * size)
    )
    add.ball(
        f"{side}_instep", chain, material, place(0, -0.40 * drop / size, 0.20), (0.028 * h * thick, 0.52 * drop, 0.34 * size)
    )
    add.ball(
        f"{side}_toes", chain, material, place(0, -0.62 * drop / size, 0.46), (0.030 * h * thick, 0.40 * drop, 0.26 * size)
    )
    if outfit.shoes:
        sole = Frame(foot.rotation, place(0, -1.0 * drop / size, 0.215).origin)
        add.ball(f"{side}_sole", chain, "sole", sole, (0.0315 * h, 0.36 * drop, 0.505 * size), cut=(-0.1, 1.0))

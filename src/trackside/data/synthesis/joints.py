"""The joints of the figure: what they are called, how far they go, and moving them within those limits.

A pose is one float64 vector of angles in degrees, in the order of `JOINTS`. Zero is upright, arms hanging, palms to the
thighs. Signs are those of the clinic: flexion, abduction, external rotation, dorsiflexion, and "to the left" are positive.

The limits are the normal ranges of motion of the American Academy of Orthopaedic Surgeons (1965, *Joint Motion: Method of
Measuring and Recording*), as tabulated by Norkin & White (2016, *Measurement of Joint Motion*, 5th ed., appendix).
`trunk_lean` and `trunk_roll` turn the whole body and have no joint; their limits only keep the figure off its head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.errors import nearest

Floats = NDArray[np.float64]
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Joint:
    """One degree of freedom: its name and the angles it reaches, degrees."""

    name: str
    lowest: float
    highest: float


def _both(*joints: Joint) -> tuple[Joint, ...]:
    return tuple(Joint(f"{side}_{joint.name}", joint.lowest, joint.highest) for side in SIDES for joint in joints)


JOINTS: tuple[Joint, ...] = (
    Joint("trunk_lean", -60, 110),
    Joint("trunk_roll", -45, 45),
    Joint("spine_flexion", -25, 80),
    Joint("spine_lateral", -35, 35),
    Joint("spine_rotation", -45, 45),
    Joint("neck_flexion", -45, 45),
    Joint("neck_lateral", -45, 45),
    Joint("neck_rotation", -60, 60),
    *_both(
        Joint("shoulder_flexion", -60, 180),
        Joint("shoulder_abduction", -30, 180),
        Joint("shoulder_rotation", -70, 90),
        Joint("elbow_flexion", 0, 150),
        Joint("wrist_flexion", -70, 80),
        Joint("hip_flexion", -30, 120),
        Joint("hip_abduction", -30, 45),
        Joint("hip_rotation", -45, 45),
        Joint("knee_flexion", 0, 135),
        Joint("ankle_dorsiflexion", -50, 20),
    ),
)
NAMES: tuple[str, ...] = tuple(joint.name for joint in JOINTS)
LOWEST: Floats = np.array([joint.lowest for joint in JOINTS], np.float64)
HIGHEST: Floats = np.array([joint.highest for joint in JOINTS], np.float64)
_WHOLE = ("trunk_lean", "trunk_roll")
SHARES: Floats = np.sqrt((HIGHEST - LOWEST) / 180) * np.array([1 / 3 if name in _WHOLE else 1.0 for name in NAMES])
"""How far each joint moves in a perturbed pose, as a share of the spread."""
_ROW = {name: row for row, name in enumerate(NAMES)}


def angles_of(named: Mapping[str, float]) -> Floats:
    """A pose from the angles that are not zero, degrees.

    Raises:
        InputError: an unknown joint, an angle that is no number or that no healthy joint reaches.
    """
    angles = np.zeros(len(JOINTS))
    for name, value in named.items():
        if name not in _ROW:
            raise InputError(f"there is no joint {name!r}", fix=nearest(name, NAMES))
        angles[_ROW[name]] = _number(name, value)
    outside = np.flatnonzero(~((angles >= LOWEST) & (angles <= HIGHEST)))
    if len(outside):
        joint = JOINTS[int(outside[0])]
        fix = f"give {joint.lowest:g} to {joint.highest:g} degrees"
        raise InputError(f"{angles[outside[0]]:g} degrees is beyond the joint's limit", where=joint.name, fix=fix)
    return angles


def angle(angles: Floats, name: str) -> float:
    """One joint's angle, radians. Raises KeyError for an unknown name."""
    return float(np.deg2rad(angles[_ROW[name]]))


def within_limits(angles: Floats) -> Floats:
    """The nearest pose that healthy joints reach; [..., joints] in and out."""
    return np.clip(angles, LOWEST, HIGHEST)


def perturb(angles: Floats, spread: float, rng: np.random.Generator) -> Floats:
    """A pose like this one: every angle moves by a normal deviate, and stays within its limit.

    Args:
        angles: float64 [joints], degrees.
        spread: standard deviation in degrees of a joint with a range of 180; others move in proportion to the root of
            their range, so that a neck does not swing as far as a shoulder; the turn of the whole body, which would tip a
            standing person over, moves by a third of that.
        rng: source of chance.
    """
    scale = spread * SHARES
    return within_limits(angles + scale * rng.standard_normal(len(angles)))


def mirrored(angles: Floats) -> Floats:
    """The pose as a mirror shows it: left and right exchanged, turns to the left become turns to the right."""
    return np.asarray(angles[_MIRROR] * _SIGNS)


def _number(name: str, value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"{value!r} is no angle", where=name, fix="give degrees") from None


def _other(name: str) -> str:
    side, _, rest = name.partition("_")
    return f"{SIDES[1 - SIDES.index(side)]}_{rest}" if side in SIDES else name


_MIRROR = np.array([_ROW[_other(name)] for name in NAMES])
_TURNS = ("trunk_roll", "spine_lateral", "spine_rotation", "neck_lateral", "neck_rotation")
_SIGNS = np.array([-1.0 if name in _TURNS else 1.0 for name in NAMES])

"""From joint angles to places in space: forward kinematics of the figure.

World: x to the figure's left, y up, z ahead of it, metres; the ground is y = 0. A frame is a rotation whose columns are the
limb's own axes in the world, and an origin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis import body as shares
from trackside.data.synthesis.body import Body
from trackside.data.synthesis.joints import SIDES, angle

Floats = NDArray[np.float64]
# A raised arm lifts its shoulder: two thirds of the movement are the arm's, one third the shoulder blade's (Inman,
# Saunders & Abbott 1944, scapulohumeral rhythm); the blade's third moves the joint along an arc of the collar bone's length.
_LIFT = 0.28


@dataclass(frozen=True, slots=True)
class Frame:
    """A limb's place: rotation float64 [3, 3] (columns are its axes in the world) and origin float64 [3], metres."""

    rotation: Floats
    origin: Floats

    def at(self, x: float, y: float, z: float) -> Floats:
        """The world's coordinates of a point given in the limb's."""
        return np.asarray(self.origin + self.rotation @ np.array([x, y, z]))

    def child(self, place: Floats, rotation: Floats) -> Frame:
        """A frame at a place of the world, turned relative to this one."""
        return Frame(self.rotation @ rotation, place)

    def moved(self, shift: Floats) -> Frame:
        """The same frame elsewhere."""
        return Frame(self.rotation, self.origin + shift)


Frames = dict[str, Frame]
"""Limb to its frame: pelvis, waist, chest, head, and left_/right_ upper_arm, forearm, hand, thigh, shank, foot."""


def about_x(turn: float) -> Floats:
    """Rotation about x, radians."""
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


def about_y(turn: float) -> Floats:
    """Rotation about y, radians."""
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, 0.0, s], [0, 1, 0], [-s, 0, c]])


def about_z(turn: float) -> Floats:
    """Rotation about z, radians."""
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, -s, 0.0], [s, c, 0], [0, 0, 1]])


def frames_of(angles: Floats, body: Body) -> Frames:
    """The frame of every limb, hips at the origin: the pose as such, before it is put on the ground.

    Args:
        angles: float64 [joints], degrees.
        body: whose limbs.
    """
    frames = _trunk(angles, body)
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        frames |= _arm(angles, body, frames["chest"], side, sign)
        frames |= _leg(angles, body, frames["pelvis"], side, sign)
    return frames


def _trunk(angles: Floats, body: Body) -> Frames:
    pelvis = Frame(about_x(angle(angles, "trunk_lean")) @ about_z(-angle(angles, "trunk_roll")), np.zeros(3))
    flexion, lateral, twist = (angle(angles, f"spine_{name}") / 2 for name in ("flexion", "lateral", "rotation"))
    bend = about_x(flexion) @ about_z(-lateral) @ about_y(twist)
    waist = pelvis.child(pelvis.at(0, 0.30 * body.trunk, 0), bend)
    chest = waist.child(waist.at(0, 0.22 * body.trunk, 0), bend)
    turn = about_y(angle(angles, "neck_rotation"))
    nod = about_x(angle(angles, "neck_flexion")) @ about_z(-angle(angles, "neck_lateral")) @ turn
    base = chest.at(0, 0.53 * body.trunk, 0.0)
    return {"pelvis": pelvis, "waist": waist, "chest": chest, "head": chest.child(base, nod)}


def _arm(angles: Floats, body: Body, chest: Frame, side: str, sign: float) -> Frames:
    flexion, abduction, rotation = (angle(angles, f"{side}_shoulder_{n}") for n in ("flexion", "abduction", "rotation"))
    turn = about_x(-flexion) @ about_z(sign * abduction) @ about_y(sign * rotation)
    raised = max(0.0, float(np.arccos(np.clip(turn[1, 1], -1, 1))) - np.pi / 6) / 3
    breadth = shares.HALF_SHOULDERS * body.stature * body.shoulders
    shoulder = chest.at(
        sign * breadth * (1 - 0.25 * np.sin(raised)), 0.48 * body.trunk + _LIFT * breadth * np.sin(raised), 0
    )
    upper = chest.child(shoulder, turn)
    scale = body.stature * body.arms
    elbow = upper.at(0, -shares.UPPER_ARM * scale, 0)
    forearm = upper.child(elbow, about_x(-angle(angles, f"{side}_elbow_flexion")))
    wrist = forearm.at(0, -shares.FOREARM * scale, 0)
    hand = forearm.child(wrist, about_z(-sign * angle(angles, f"{side}_wrist_flexion")))
    return {f"{side}_upper_arm": upper, f"{side}_forearm": forearm, f"{side}_hand": hand}


def _leg(angles: Floats, body: Body, pelvis: Frame, side: str, sign: float) -> Frames:
    flexion, abduction, rotation = (angle(angles, f"{side}_hip_{name}") for name in ("flexion", "abduction", "rotation"))
    hip = pelvis.at(sign * shares.HALF_HIPS * body.stature, 0, 0)
    thigh = pelvis.child(hip, about_x(-flexion) @ about_z(sign * abduction) @ about_y(sign * rotation))
    scale = body.stature * body.legs
    knee = thigh.at(0, -shares.THIGH * scale, 0)
    shank = thigh.child(knee, about_x(angle(angles, f"{side}_knee_flexion")))
    ankle = shank.at(0, -shares.SHANK * scale, 0)
    foot = shank.child(ankle, about_x(-angle(angles, f"{side}_ankle_dorsiflexion")))
    return {f"{side}_thigh": thigh, f"{side}_shank": shank, f"{side}_foot": foot}


def face_of(head: Frame, body: Body) -> dict[str, Floats]:
    """The five points of COCO's head, on the skin: nose, eyes, ears."""
    size = shares.HEAD * body.stature * body.head
    points = {"nose": head.at(0, 0.67 * size, 0.53 * size)}
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        points[f"{side}_eye"] = head.at(sign * 0.15 * size, 0.84 * size, 0.44 * size)
        points[f"{side}_ear"] = head.at(sign * 0.38 * size, 0.76 * size, 0.02 * size)
    return points


def keypoints_of(frames: Frames, body: Body) -> dict[str, Floats]:
    """The 17 points of COCO by name, world coordinates, metres."""
    points = face_of(frames["head"], body)
    origins = {
        "shoulder": "upper_arm",
        "elbow": "forearm",
        "wrist": "hand",
        "hip": "thigh",
        "knee": "shank",
        "ankle": "foot",
    }
    for point, limb in origins.items():
        for side in SIDES:
            points[f"{side}_{point}"] = frames[f"{side}_{limb}"].origin
    return points

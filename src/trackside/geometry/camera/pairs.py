"""How cameras stand to each other, from boards that two of them saw at the same moment; where a rig's adjustment starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackside.core import InputError
from trackside.geometry.camera.pose import Pose

if TYPE_CHECKING:
    from trackside.geometry.camera.sighting import Sighting

# Relative poses further from the typical one than this many times the median distance do not count in the average.
_FAR = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One sighting of a rig: by which camera, at which moment, and the pose of the board in that camera."""

    camera: int
    moment: int
    sighting: Sighting
    pose: Pose


def moments(times: Sequence[float], cameras: Sequence[int], tolerance: float) -> list[int]:
    """Number the moments at which sightings were taken.

    Args:
        times: of the sightings, seconds of one clock.
        cameras: of the sightings; a camera has one sighting a moment.
        tolerance: sightings within this many seconds of a moment's first belong to it.

    Returns:
        The moment of each sighting, from 0, in the order of time.
    """
    found, started, seen, number = [0] * len(times), -np.inf, set[int](), -1
    for row in np.argsort(times, kind="stable").tolist():
        if times[row] - started > tolerance or cameras[row] in seen:
            number, started, seen = number + 1, times[row], set()
        seen.add(cameras[row])
        found[row] = number
    return found


def chained(shots: Sequence[Shot], names: Sequence[str]) -> list[Pose]:
    """Poses of all cameras, from the frame of the first: pairwise averages along the tree of the best-known pairs (Prim).

    Raises:
        InputError: a camera shares no moment with the others; its name.
    """
    pairs = _relative(shots)
    poses: dict[int, Pose] = {0: Pose.identity()}
    while len(poses) < len(names):
        edges = [(len(ways), a, b) for (a, b), ways in pairs.items() if a in poses and b not in poses]
        if not edges:
            lost = ", ".join(name for row, name in enumerate(names) if row not in poses)
            raise InputError(
                f"{lost} never saw the board together with {names[0]} or a camera linked to it",
                where="rig",
                fix="show the board to neighbouring cameras at the same time, and check that their clocks agree",
            )
        _, a, b = max(edges)
        poses[b] = average(pairs[a, b]) @ poses[a]
    return [poses[row] for row in range(len(names))]


def average(poses: Sequence[Pose]) -> Pose:
    """A robust mean: the pose with the smallest sum of distances to all, averaged with those near it (chordal mean)."""
    turns, places = np.stack([pose.rotation for pose in poses]), np.stack([pose.translation for pose in poses])
    reach = max(float(np.median(np.linalg.norm(places, axis=1))), 1e-9)
    # Angles count as the way they move a point at the typical distance between the cameras.
    apart = np.linalg.norm(turns[:, None] - turns, axis=(2, 3)) * reach / np.sqrt(2) + np.linalg.norm(
        places[:, None] - places, axis=2
    )
    middle = int(np.argmin(apart.sum(axis=1)))
    near = apart[middle] <= _FAR * np.median(apart[middle]) + 1e-12
    u, _, v = np.linalg.svd(turns[near].sum(axis=0))
    return Pose(u @ np.diag([1.0, 1.0, np.linalg.det(u @ v)]) @ v, places[near].mean(axis=0))


def board_starts(shots: Sequence[Shot], cameras: Sequence[Pose]) -> Mapping[int, Pose]:
    """The board in the rig's frame at each moment, by the camera that saw most of it."""
    best: dict[int, Shot] = {}
    for shot in shots:
        if shot.moment not in best or len(shot.sighting.ids) > len(best[shot.moment].sighting.ids):
            best[shot.moment] = shot
    return {moment: cameras[shot.camera].inverse() @ shot.pose for moment, shot in best.items()}


def _relative(shots: Sequence[Shot]) -> dict[tuple[int, int], list[Pose]]:
    """For each ordered pair of cameras, the motions from the first's frame to the second's, one a shared moment."""
    together: dict[int, list[Shot]] = defaultdict(list)
    for shot in shots:
        together[shot.moment].append(shot)
    pairs: dict[tuple[int, int], list[Pose]] = defaultdict(list)
    for group in together.values():
        for a in group:
            for b in group:
                if a.camera != b.camera:
                    pairs[a.camera, b.camera].append(b.pose @ a.pose.inverse())
    return pairs

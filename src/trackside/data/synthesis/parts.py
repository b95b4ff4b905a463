"""The solids that a figure is made of: clipped quadrics of revolution, flattened where limbs are flat.

In its own axes a part is all points with `x^2 + g z^2 <= a + b y + c y^2` and `low <= y <= high`: cones, barrels, ellipsoids
and tubes with a waist are all of this form, and a ray meets each at the root of one quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis.kinematics import Frame

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parts:
    """The solids of one figure, p of them.

    Attributes:
        names: what each is: `left_thigh`, `head`, ...
        chains: names of the limbs over which shading runs smoothly: `left_leg`.
        materials: what each is made of: `skin`, `shirt`, ...
        rotations: float64 [p, 3, 3], columns are the part's axes.
        origins: float64 [p, 3], metres.
        profiles: float64 [p, 4], a b c g.
        clips: float64 [p, 2], lowest and highest y.
        reach: float64 [p], half-width across, metres.
        hollow: bool [p]: one sees into it from its ends, as into a sleeve.
    """

    names: tuple[str, ...]
    chains: tuple[str, ...]
    materials: tuple[str, ...]
    rotations: Floats
    origins: Floats
    profiles: Floats
    clips: Floats
    reach: Floats
    hollow: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names)

    def seen_from(self, rotation: Floats, shift: Floats) -> Parts:
        """The same parts in other axes: `x' = rotation @ x + shift`."""
        return Parts(
            self.names, self.chains, self.materials, rotation @ self.rotations, self.origins @ rotation.T + shift,
            self.profiles, self.clips, self.reach, self.hollow,
        )  # fmt: skip

    def quadrics(self) -> tuple[Floats, Floats, Floats]:
        """Each part's surface as `x Q x + 2 q x + k = 0`: float64 [p, 3, 3], [p, 3], [p]."""
        a, b, c, g = self.profiles.T
        weights = np.stack([np.ones_like(a), -c, g], axis=1)
        inward = np.transpose(self.rotations, (0, 2, 1))
        form = np.einsum("pji,pj,pjk->pik", inward, weights, inward)
        local = -np.einsum("pij,pj->pi", inward, self.origins)
        linear = weights * local
        linear[:, 1] -= b / 2
        constant = (weights * local**2).sum(axis=1) - b * local[:, 1] - a
        return form, np.einsum("pji,pj->pi", inward, linear), constant

    def axes(self) -> tuple[Floats, Floats]:
        """The part's own y of a point x is `axis @ x + offset`: float64 [p, 3], [p]."""
        axis = self.rotations[:, :, 1]
        return axis, -(axis * self.origins).sum(axis=1)

    def corners(self) -> Floats:
        """float64 [p, 8, 3]: the corners of a box around each part."""
        depth = self.reach / np.sqrt(self.profiles[:, 3])
        local = np.empty((len(self), 8, 3))
        for number in range(8):
            local[:, number, 0] = self.reach * (1 if number & 1 else -1)
            local[:, number, 1] = self.clips[:, (number >> 1) & 1]
            local[:, number, 2] = depth * (1 if number & 4 else -1)
        return np.asarray(np.einsum("pij,pnj->pni", self.rotations, local) + self.origins[:, None])


@dataclass(slots=True)
class Builder:
    """Collects parts. `chain` and `material` hold for what is added until they are changed."""

    names: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    rows: list[tuple[Frame, tuple[float, float, float, float], tuple[float, float], float, bool]] = field(
        default_factory=list
    )

    def tube(
        self, name: str, chain: str, material: str, frame: Frame, length: float, radii: tuple[float, float, float],
        *, flat: float = 1.0, hollow: bool = False, start: float = 0.0,
    ) -> None:  # fmt: skip
        """A limb that hangs from its frame's origin down its -y axis.

        Args:
            name, chain, material: see `Parts`.
            frame: of the limb.
            length: metres; negative for one that goes up.
            radii: half-width at its start, middle and end, metres.
            flat: depth over width.
            hollow: see `Parts`.
            start: how far below the origin it begins, metres.
        """
        first, middle, last = (radius * radius for radius in radii)
        # The square of the half-width is the parabola through the three given ones, in s = -y / length.
        curve = 2 * (first + last - 2 * middle)
        slope = last - first - curve
        sign = -1.0 / length
        low, high = sorted((0.0, -length))
        moved = frame.moved(frame.rotation @ np.array([0, -start, 0]))
        profile = (first, slope * sign, curve * sign * sign, 1 / flat**2)
        reach = float(np.sqrt(max(first + slope * s + curve * s * s for s in np.linspace(0, 1, 9)))) * 1.02
        self._add(name, chain, material, moved, profile, (low, high), reach, hollow)

    def ball(
        self, name: str, chain: str, material: str, frame: Frame, radii: tuple[float, float, float],
        *, cut: tuple[float, float] = (-1.0, 1.0), hollow: bool = False,
    ) -> None:  # fmt: skip
        """An ellipsoid around the frame's origin with these half-axes, metres; `cut` leaves only a part of its height."""
        x, y, z = radii
        profile = (x * x, 0.0, -((x / y) ** 2), (x / z) ** 2)
        self._add(name, chain, material, frame, profile, (cut[0] * y, cut[1] * y), x, hollow)

    def parts(self) -> Parts:
        """All that was added."""
        frames, profiles, clips, reach, hollow = zip(*self.rows, strict=True)
        return Parts(
            tuple(self.names), tuple(self.chains), tuple(self.materials),
            np.stack([frame.rotation for frame in frames]), np.stack([frame.origin for frame in frames]),
            np.array(profiles), np.array(clips), np.array(reach), np.array(hollow),
        )  # fmt: skip

    def _add(
        self, name: str, chain: str, material: str, frame: Frame, profile: tuple[float, float, float, float],
        clip: tuple[float, float], reach: float, hollow: bool,
    ) -> None:  # fmt: skip
        self.names.append(name)
        self.chains.append(chain)
        self.materials.append(material)
        self.rows.append((frame, profile, clip, reach, hollow))

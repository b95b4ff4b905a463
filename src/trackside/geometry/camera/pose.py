"""Where things are: rigid motions as rotation and translation, metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError

Floats = NDArray[np.float64]
# How far R R' may be from the identity: files carry six digits at times.
_ORTHONORMAL = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where the world (or a board) is, as the camera sees it: x_camera = rotation @ x + translation.

    Attributes:
        rotation: float64 [3, 3], orthonormal, determinant 1.
        translation: float64 [3], metres.

    Raises:
        SettingError: a wrong shape, a value that is not finite, or a matrix that is no rotation.
    """

    rotation: Floats
    translation: Floats

    def __post_init__(self) -> None:
        rotation, translation = np.array(self.rotation, np.float64), np.array(self.translation, np.float64).reshape(-1)
        if rotation.shape != (3, 3) or translation.shape != (3,):
            raise SettingError(
                f"shapes {list(rotation.shape)} and {list(translation.shape)}, not [3, 3] and [3]", where="pose"
            )
        if not (np.isfinite(rotation).all() and np.isfinite(translation).all()):
            raise SettingError("rotation or translation is not finite", where="pose")
        if np.abs(rotation @ rotation.T - np.eye(3)).max() > _ORTHONORMAL or np.linalg.det(rotation) < 0:
            raise SettingError(
                "the matrix is not a rotation", where="pose", fix="give an orthonormal matrix of determinant 1"
            )
        for name, value in (("rotation", rotation), ("translation", translation)):
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    @classmethod
    def identity(cls) -> Pose:
        """Nothing moves."""
        return cls(np.eye(3), np.zeros(3))

    @classmethod
    def from_vectors(cls, rotation_vector: ArrayLike, translation: ArrayLike) -> Pose:
        """The pose of a rotation vector [3], radians, as OpenCV writes it, and a translation [3]."""
        vector = np.asarray(rotation_vector, np.float64).reshape(-1)
        if vector.shape != (3,) or not np.isfinite(vector).all():
            raise SettingError("a rotation vector is three finite numbers", where="pose")
        return cls(rotations(vector[None])[0], np.asarray(translation, np.float64))

    @property
    def vector(self) -> Floats:
        """The rotation vector [3], radians, of length 0 to pi."""
        from scipy.spatial.transform import Rotation

        return np.asarray(Rotation.from_matrix(self.rotation).as_rotvec())

    @property
    def position(self) -> Floats:
        """Where the camera is in the world, [3], metres."""
        return np.asarray(-self.rotation.T @ self.translation)

    def __call__(self, points: ArrayLike) -> Floats:
        """Points [..., 3] in the camera frame."""
        return np.asarray(np.asarray(points, np.float64) @ self.rotation.T + self.translation)

    def inverse(self) -> Pose:
        """The way back."""
        return Pose(self.rotation.T, self.position)

    def __matmul__(self, other: Pose) -> Pose:
        """This motion after the other."""
        return Pose(self.rotation @ other.rotation, self(other.translation))


def rotations(vectors: Floats) -> Floats:
    """Rotation matrices [n, 3, 3] of rotation vectors [n, 3], radians (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=1)[:, None, None]
    cross = skew(vectors)
    # The series for tiny angles, where sin(a) / a loses its digits.
    tiny = angle < 1e-6
    safe = np.where(tiny, 1.0, angle)
    first = np.where(tiny, 1 - angle**2 / 6, np.sin(safe) / safe)
    second = np.where(tiny, 0.5 - angle**2 / 24, 2 * (np.sin(safe / 2) / safe) ** 2)
    return np.asarray(np.eye(3) + first * cross + second * (cross @ cross))


def skew(vectors: Floats) -> Floats:
    """The matrices [..., 3, 3] that take the cross product with vectors [..., 3]."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    o = np.zeros_like(x)
    return np.stack([np.stack([o, -z, y], -1), np.stack([z, o, -x], -1), np.stack([-y, x, o], -1)], -2)

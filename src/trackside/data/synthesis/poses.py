"""Poses that come with the library, and poses from files.

Each class has a few examples, as joint angles in degrees (see `joints.py`). They are read off how the movement is described:
standing and walking (Perry & Burnfield 2010, *Gait Analysis*), the squat, the overarm throw at foot contact and at the
greatest external rotation (Fleisig et al. 1995; Bartlett et al. 1996 for the javelin), the track start from the block
(Vantorre, Chollet & Seifert 2014).
"""

from __future__ import annotations

from collections.abc import Mapping

BUILTIN: dict[str, tuple[Mapping[str, float], ...]] = {
    "standing": (
        {"left_shoulder_abduction": 7, "right_shoulder_abduction": 7, "left_elbow_flexion": 8, "right_elbow_flexion": 8,
         "left_hip_abduction": 4, "right_hip_abduction": 4},
        {"left_shoulder_abduction": 26, "right_shoulder_abduction": 26, "left_elbow_flexion": 85, "right_elbow_flexion": 85,
         "left_shoulder_rotation": -45, "right_shoulder_rotation": -45, "left_hip_abduction": 8, "right_hip_abduction": 8,
         "left_shoulder_flexion": -12, "right_shoulder_flexion": -12},
        {"left_shoulder_abduction": 6, "right_shoulder_abduction": 9, "left_elbow_flexion": 12, "right_elbow_flexion": 10,
         "left_hip_abduction": 9, "right_hip_abduction": 3, "left_knee_flexion": 9, "left_hip_flexion": 8,
         "neck_rotation": 20},
    ),
    "walking": (
        {"left_hip_flexion": 27, "left_knee_flexion": 6, "left_ankle_dorsiflexion": 2, "right_hip_flexion": -12,
         "right_knee_flexion": 24, "right_ankle_dorsiflexion": -14, "right_shoulder_flexion": 26,
         "right_elbow_flexion": 28, "left_shoulder_flexion": -22, "left_elbow_flexion": 18, "spine_rotation": 6,
         "left_shoulder_abduction": 6, "right_shoulder_abduction": 6, "trunk_lean": 3},
        {"left_hip_flexion": 25, "left_knee_flexion": 58, "left_ankle_dorsiflexion": 0, "right_hip_flexion": 2,
         "right_knee_flexion": 6, "right_shoulder_flexion": 6, "right_elbow_flexion": 22, "left_shoulder_flexion": -4,
         "left_elbow_flexion": 20, "left_shoulder_abduction": 6, "right_shoulder_abduction": 6, "trunk_lean": 3},
    ),
    "running": (
        {"left_hip_flexion": 62, "left_knee_flexion": 92, "left_ankle_dorsiflexion": 4, "right_hip_flexion": -18,
         "right_knee_flexion": 18, "right_ankle_dorsiflexion": -28, "right_shoulder_flexion": 42,
         "right_elbow_flexion": 96, "left_shoulder_flexion": -46, "left_elbow_flexion": 92, "spine_rotation": 10,
         "left_shoulder_abduction": 12, "right_shoulder_abduction": 12, "trunk_lean": 9},
        {"left_hip_flexion": 38, "left_knee_flexion": 34, "left_ankle_dorsiflexion": 6, "right_hip_flexion": -6,
         "right_knee_flexion": 98, "right_ankle_dorsiflexion": -26, "right_shoulder_flexion": 36,
         "right_elbow_flexion": 92, "left_shoulder_flexion": -40, "left_elbow_flexion": 88, "spine_rotation": 8,
         "left_shoulder_abduction": 14, "right_shoulder_abduction": 12, "trunk_lean": 8},
    ),
    "squatting": (
        {"trunk_lean": 32, "left_hip_flexion": 104, "right_hip_flexion": 104, "left_knee_flexion": 112,
         "right_knee_flexion": 112, "left_ankle_dorsiflexion": 20, "right_ankle_dorsiflexion": 20,
         "left_hip_abduction": 16, "right_hip_abduction": 16, "left_hip_rotation": 4, "right_hip_rotation": 4,
         "left_shoulder_flexion": 105, "right_shoulder_flexion": 105, "left_elbow_flexion": 12, "right_elbow_flexion": 12,
         "neck_flexion": -18},
        {"trunk_lean": 34, "left_hip_flexion": 92, "right_hip_flexion": 92, "left_knee_flexion": 98,
         "right_knee_flexion": 98, "left_ankle_dorsiflexion": 20, "right_ankle_dorsiflexion": 20,
         "left_hip_abduction": 14, "right_hip_abduction": 14, "left_hip_rotation": 2, "right_hip_rotation": 2,
         "left_shoulder_flexion": 70, "right_shoulder_flexion": 70, "left_elbow_flexion": 105, "right_elbow_flexion": 105,
         "left_shoulder_rotation": -35, "right_shoulder_rotation": -35, "neck_flexion": -20},
    ),
    "throwing": (
        {"spine_rotation": -38, "spine_lateral": 10, "trunk_lean": -8, "right_shoulder_abduction": 95,
         "right_shoulder_rotation": 60, "right_elbow_flexion": 78, "left_shoulder_abduction": 80,
         "left_shoulder_flexion": 38, "left_elbow_flexion": 18, "left_hip_flexion": 42, "left_knee_flexion": 14,
         "left_hip_abduction": 14, "right_hip_flexion": -18, "right_knee_flexion": 38, "right_hip_abduction": 10,
         "right_ankle_dorsiflexion": -16, "neck_rotation": 32},
        {"spine_rotation": -10, "spine_flexion": -16, "spine_lateral": 16, "right_shoulder_abduction": 112,
         "right_shoulder_rotation": 86, "right_elbow_flexion": 88, "left_shoulder_abduction": 45,
         "left_shoulder_flexion": -10, "left_elbow_flexion": 84, "left_hip_flexion": 44, "left_knee_flexion": 10,
         "left_hip_abduction": 8, "right_hip_flexion": -24, "right_knee_flexion": 44, "right_hip_abduction": 12,
         "right_ankle_dorsiflexion": -30, "neck_rotation": 8},
    ),
    "diving_start": (
        {"trunk_lean": 88, "spine_flexion": 34, "left_hip_flexion": 114, "right_hip_flexion": 98,
         "left_knee_flexion": 50, "right_knee_flexion": 64, "left_ankle_dorsiflexion": 14,
         "right_ankle_dorsiflexion": 4, "left_shoulder_flexion": 96, "right_shoulder_flexion": 96,
         "left_elbow_flexion": 6, "right_elbow_flexion": 6, "neck_flexion": 10},
        {"trunk_lean": 92, "spine_flexion": 22, "left_hip_flexion": 110, "right_hip_flexion": 102,
         "left_knee_flexion": 42, "right_knee_flexion": 62, "left_ankle_dorsiflexion": 12,
         "right_ankle_dorsiflexion": 6, "left_shoulder_flexion": 108, "right_shoulder_flexion": 108,
         "left_elbow_flexion": 14, "right_elbow_flexion": 14, "neck_flexion": -6},
    ),
}  # fmt: skip
"""Pose class to its examples; those of throwing are right-handed, `mirrored` makes the others."""

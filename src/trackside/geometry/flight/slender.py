"""Coefficients of a javelin from its shape: slender body, cross-flow drag and skin friction. Modelled, not measured.

No public table of a javelin's coefficients could be read (Hubbard and Rust 1984, Hubbard and Alaways 1987, Best, Bartlett
and Sawyer 1995 and Chowdhury et al. 2013 measured some, and print curves), so these follow from stated physics:

- Normal force: the cross-flow drag of Allen and Perkins 1951 (NACA TR 1048), eta Cdc A sin^2(attack), at the centre of the
  side view A. Cdc = 1.2 for a cylinder across a subcritical stream (Hoerner 1965, Fluid-Dynamic Drag, chapter 3). A
  pointed tail leaves no net potential lift; what remains of it is the couple (Munk) V sin(2 attack), nose up, taken times
  `couple`.
- Axial force: turbulent skin friction (Prandtl and Schlichting: Cf = 0.455 / log10(Re)^2.58) on the wetted area, and the
  step of the grip; times cos^2(attack) as Jorgensen 1973 (NASA TN D-6996) has it.

The theory was made for bodies a tenth as slender. The formulas are standard; these reports themselves were not at hand.
"""

from __future__ import annotations

import math

import numpy as np

from trackside.geometry.flight.checks import Floats, number
from trackside.geometry.flight.coefficients import Coefficients
from trackside.geometry.flight.javelins import Javelin

CROSS_FLOW = 1.2
# Ends relieve a finite cylinder: 0.98 / 1.2 at 40 diameters (White, Fluid Mechanics, chapter 7), taken as falling with 1 /
# length.
_RELIEF, _RELIEF_AT = 0.18, 40.0
# The grip may be up to 8 mm thicker than the shaft (rules); half of that, as a step with the drag of a blunt ring.
_GRIP_STEP, _GRIP_DRAG = 0.004, 0.6
# Where friction is taken: a fast throw in standard air. It changes by 4 % from 22 to 32 m/s.
_SPEED, _KINEMATIC = 28.0, 1.46e-5
_STEP = 2.5  # degrees
SOURCE = (
    "modelled, not measured: Allen and Perkins 1951 (cross-flow), Prandtl-Schlichting (friction), Jorgensen 1973 (axial)"
)


def slender_coefficients(
    body: Javelin, *, cross_flow: float = CROSS_FLOW, couple: float = 0.0, friction: float = 1.0
) -> Coefficients:
    """The modelled table of a javelin.

    Args:
        body: its shape.
        cross_flow: drag coefficient of the shaft across the stream.
        couple: share of the potential couple that is left, 0 to 1. The full one would turn the nose up below about 7
            degrees; new-rules javelins are described as nose-down at all angles (Physics World, September 2000), so the
            default is none.
        friction: factor on the skin friction, for rough or worn shafts.

    Raises:
        SettingError: a factor out of range.
    """
    number("the cross-flow drag coefficient", cross_flow, least=0, most=3)
    number("the share of the potential couple", couple, least=0, most=1)
    number("the factor on skin friction", friction, least=0, most=10)
    angles = np.radians(np.arange(0.0, 180.0 + _STEP / 2, _STEP))
    normal = _normal_area(body, cross_flow) * np.sin(angles) ** 2
    axial = axial_area(body, friction) * np.cos(angles) * np.abs(np.cos(angles))
    moment = -normal * body.rear_centre + couple * body.volume * np.sin(2 * angles)
    moment[[0, -1]] = 0.0
    lift = normal * np.cos(angles) - axial * np.sin(angles)
    drag = normal * np.sin(angles) + axial * np.cos(angles)
    lift[[0, -1]] = 0.0
    return Coefficients(angles, drag, lift, moment, (SOURCE,) * len(angles), np.zeros(len(angles), np.bool_))


def end_relief(body: Javelin) -> float:
    """The factor eta on the cross-flow drag for the finite length."""
    return 1 - _RELIEF * _RELIEF_AT * body.diameter / body.length


def axial_area(body: Javelin, friction: float = 1.0) -> float:
    """Drag area at no angle of attack, m^2."""
    reynolds = _SPEED * body.length / _KINEMATIC
    skin = 0.455 / math.log10(reynolds) ** 2.58 * math.pi * body.planform
    ring = math.pi / 4 * ((body.diameter + _GRIP_STEP) ** 2 - body.diameter**2)
    return float(friction * skin + _GRIP_DRAG * ring)


def pitch_damping(body: Javelin, cross_flow: float = CROSS_FLOW) -> tuple[float, float]:
    """What slows a pitching javelin: strips of the shaft that move across the stream.

    Returns:
        Factors a, m^4, and b, m^5, of the moment -rho rate (a |v sin(attack)| + b |rate| / 2): the cross-flow force on
        each strip, to first order in the rate, and what is left of it without an angle of attack.
    """
    scale = end_relief(body) * cross_flow
    along, widths = body.profile
    third = float(np.trapezoid(widths * np.abs(along) ** 3, along))
    return scale * body.integral(2), scale * third


def _normal_area(body: Javelin, cross_flow: float) -> Floats:
    return np.asarray(end_relief(body) * cross_flow * body.planform)

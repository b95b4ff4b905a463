"""One degree and one knot vector for several curves, without changing their form: what lofted and ruled surfaces need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trackside.core import InputError
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Curve
from trackside.geometry.nurbs.singles import in_numpy

# Knots of two curves closer than this part of the domain are one.
_SAME = 1e-12


def merged(curves: Sequence[Curve]) -> list[Curve]:
    """The same curves, clamped, on 0 to 1, of the highest degree among them, with all knots of all of them.

    Raises:
        InputError: a batch.
    """
    from trackside.geometry.nurbs.clamping import clamp
    from trackside.geometry.nurbs.elevation import elevate_degree
    from trackside.geometry.nurbs.insertion import refine
    from trackside.geometry.nurbs.reversal import reparametrise

    if any(curve.batch for curve in curves):
        raise InputError("curves of a batch are merged one by one", where="merged")
    degree = max(curve.degrees[0] for curve in curves)
    even: list[Curve] = []
    for curve in curves:
        one = reparametrise(clamp(in_numpy(curve)))
        missing = degree - curve.degrees[0]
        even.append(elevate_degree(one, missing) if missing else one)
    breaks, wanted = _union([curve.knots[0] for curve in even])
    found = []
    for curve in even:
        own = _counts(curve.knots[0], breaks)
        added = np.repeat(breaks, np.maximum(wanted - own, 0))
        found.append(refine(curve, added) if len(added) else curve)
    # The knots agree to rounding; one of them stands for all.
    return [Curve(curve.control_points, degree, found[0].knots, curve.weights) for curve in found]


def _union(vectors: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Distinct knots of all vectors, and the highest multiplicity of each."""
    every = np.unique(np.concatenate(vectors))
    breaks = every[np.concatenate([[True], np.diff(every) > _SAME])]
    return breaks, np.max([_counts(vector, breaks) for vector in vectors], axis=0)


def _counts(knots: Floats, breaks: Floats) -> Floats:
    return np.asarray((np.abs(knots[:, None] - breaks) <= _SAME).sum(axis=0))

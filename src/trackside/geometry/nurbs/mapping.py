"""Moving, turning and scaling shapes; giving them weights. An affine map of the control points is one of the shape."""

from __future__ import annotations

from trackside.core import InputError
from trackside.geometry.nurbs.arrays import Array, as_array, namespace
from trackside.geometry.nurbs.linear import Shape


def transform(shape: Shape, matrix: Array | None = None, shift: Array | None = None) -> Shape:
    """The shape of the points `matrix @ x + shift`. Weights, knots and degrees stay.

    Args:
        shape: curve, surface or volume in d dimensions.
        matrix: [e, d], or None for no turning and scaling; e may differ from d (a projection, or an embedding).
        shift: [e], or None for none.

    Raises:
        InputError: the matrix or the shift does not fit the dimension.
    """
    control, dim = shape.control_points, shape.dimension
    if matrix is not None:
        matrix = as_array(matrix, control)
        if matrix.ndim != 2 or matrix.shape[1] != dim or matrix.shape[0] < 1:
            raise InputError(
                f"points of {dim} dimensions need a matrix [e, {dim}], got {list(matrix.shape)}", where="matrix"
            )
        control = control @ namespace(matrix).permute_dims(matrix, (1, 0))
    if shift is not None:
        shift = as_array(shift, control)
        if tuple(shift.shape) != (control.shape[-1],):
            raise InputError(
                f"points of {control.shape[-1]} dimensions need a shift of as many, got {list(shift.shape)}", where="shift"
            )
        control = control + shift
    return shape.with_control(control, shape.weights)


def make_rational(shape: Shape) -> Shape:
    """The same shape with weights of 1, if it has none."""
    if shape.weights is not None:
        return shape
    return shape.with_control(shape.control_points, namespace(shape.control_points).ones_like(shape.control_points[..., 0]))

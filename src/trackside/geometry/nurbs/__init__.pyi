from .basis import (
    basis_functions as basis_functions,
    basis_matrix as basis_matrix,
    find_spans as find_spans,
)
from .evaluation import (
    derivatives as derivatives,
    derivatives_grid as derivatives_grid,
    evaluate as evaluate,
    evaluate_grid as evaluate_grid,
)
from .knots import (
    clamped_uniform as clamped_uniform,
    multiplicities as multiplicities,
    uniform as uniform,
)
from .shapes import (
    Curve as Curve,
    Nurbs as Nurbs,
    Surface as Surface,
    Volume as Volume,
)

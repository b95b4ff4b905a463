from .arc_length import (
    area as area,
    equally_spaced as equally_spaced,
    length as length,
    lengths_at as lengths_at,
    parameters_at as parameters_at,
)
from .basis import (
    basis_functions as basis_functions,
    basis_matrix as basis_matrix,
    find_spans as find_spans,
)
from .bounding import (
    bounds as bounds,
    control_bounds as control_bounds,
)
from .clamping import (
    clamp as clamp,
    unclamp as unclamp,
)
from .differential import (
    SurfaceCurvature as SurfaceCurvature,
    binormals as binormals,
    curvature as curvature,
    fundamental_forms as fundamental_forms,
    normals as normals,
    surface_curvature as surface_curvature,
    tangents as tangents,
)
from .elevation import elevate_degree as elevate_degree
from .evaluation import (
    derivatives as derivatives,
    derivatives_grid as derivatives_grid,
    evaluate as evaluate,
    evaluate_grid as evaluate_grid,
)
from .export import (
    to_json as to_json,
    write_obj as write_obj,
    write_shapes as write_shapes,
    write_stl as write_stl,
)
from .fitting import (
    fit as fit,
    fit_within as fit_within,
)
from .insertion import (
    insert_knot as insert_knot,
    refine as refine,
)
from .interpolation import (
    drawn_curve as drawn_curve,
    interpolate as interpolate,
    interpolate_closed as interpolate_closed,
    interpolate_surface as interpolate_surface,
)
from .joining import join as join
from .knots import (
    clamped_uniform as clamped_uniform,
    multiplicities as multiplicities,
    uniform as uniform,
)
from .mapping import (
    make_rational as make_rational,
    transform as transform,
)
from .paths import (
    MotionPath as MotionPath,
    fit_path as fit_path,
)
from .plots import plot as plot
from .primitives import (
    arc as arc,
    circle as circle,
    ellipse as ellipse,
    elliptic_arc as elliptic_arc,
    line as line,
    periodic_curve as periodic_curve,
    polyline as polyline,
)
from .projection import (
    Closest as Closest,
    closest as closest,
    invert as invert,
    signed_distance as signed_distance,
)
from .reading import (
    from_json as from_json,
    read_shapes as read_shapes,
)
from .reduction import reduce_degree as reduce_degree
from .removal import remove_knot as remove_knot
from .reversal import (
    reparametrise as reparametrise,
    reverse as reverse,
    swap as swap,
)
from .shapes import (
    Curve as Curve,
    Nurbs as Nurbs,
    Surface as Surface,
    Volume as Volume,
)
from .simplification import simplify as simplify
from .splitting import (
    decompose as decompose,
    restrict as restrict,
    split as split,
)
from .surface_fitting import (
    fit_scattered as fit_scattered,
    fit_surface as fit_surface,
)
from .sweeps import (
    bilinear as bilinear,
    cone as cone,
    cylinder as cylinder,
    extrude as extrude,
    loft as loft,
    plane as plane,
    revolve as revolve,
    ruled as ruled,
    sphere as sphere,
    torus as torus,
)
from .tessellation import (
    Mesh as Mesh,
    chords as chords,
    tessellate as tessellate,
)

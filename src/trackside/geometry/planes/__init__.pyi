from .athletics import (
    javelin_sector as javelin_sector,
    runway as runway,
)
from .camera import (
    PlanarCamera as PlanarCamera,
    pose_of as pose_of,
)
from .drift import Drift as Drift
from .fields import (
    Field as Field,
    FieldLine as FieldLine,
)
from .fit import fit_homography as fit_homography
from .focal import (
    Focal as Focal,
    focal_of as focal_of,
)
from .homography import (
    Homography as Homography,
    Residuals as Residuals,
)
from .picks import PickedLine as PickedLine
from .pools import pool as pool
from .refinement import (
    Refinement as Refinement,
    refine as refine,
)

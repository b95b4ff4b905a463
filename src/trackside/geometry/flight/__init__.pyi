from .atmosphere import (
    Air as Air,
    air as air,
)
from .coefficients import Coefficients as Coefficients
from .drag_free import (
    Vacuum as Vacuum,
    VacuumFlight as VacuumFlight,
    vacuum as vacuum,
)
from .interval import (
    RangeInterval as RangeInterval,
    range_interval as range_interval,
)
from .javelins import (
    MEN as MEN,
    WOMEN as WOMEN,
    Javelin as Javelin,
    javelin as javelin,
)
from .landing import (
    Flight as Flight,
    Landings as Landings,
    Model as Model,
)
from .optimum import (
    Optimum as Optimum,
    best_angle as best_angle,
    best_release as best_release,
)
from .plot import figure as figure
from .point_mass import PointMass as PointMass
from .projectile import (
    Projectile as Projectile,
    shot as shot,
    sphere_drag as sphere_drag,
)
from .release import (
    FIELDS as FIELDS,
    Release as Release,
)
from .release_fit import (
    ReleaseEstimate as ReleaseEstimate,
    estimate_release as estimate_release,
)
from .rigid import RigidJavelin as RigidJavelin
from .sensitivity import (
    Sensitivity as Sensitivity,
    sensitivities as sensitivities,
)
from .slender import slender_coefficients as slender_coefficients
from .wind import Wind as Wind

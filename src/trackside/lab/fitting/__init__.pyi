from .distributed import fit_processes as fit_processes
from .history import (
    Epoch as Epoch,
    History as History,
)
from .loop import fit as fit
from .on_ray import fit_on_ray as fit_on_ray
from .outlook import (
    Forecast as Forecast,
    Range as Range,
    forecast as forecast,
)
from .result import (
    Best as Best,
    Ended as Ended,
    Fitted as Fitted,
)
from .schedules import (
    Constant as Constant,
    Cosine as Cosine,
    OneCycle as OneCycle,
    Schedule as Schedule,
    Steps as Steps,
)
from .stopping import (
    Aim as Aim,
    DiminishingReturns as DiminishingReturns,
    Patience as Patience,
    Stop as Stop,
)

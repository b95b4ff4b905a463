from . import (
    diagnosis as diagnosis,
    errors as errors,
    fitting as fitting,
    landscape as landscape,
    networks as networks,
    preflight as preflight,
    recipes as recipes,
    records as records,
    tasks as tasks,
    variance as variance,
)
from .diagnosis.watch import Watch as Watch, watch as watch
from .fitting.loop import fit as fit
from .fitting.result import Fitted as Fitted
from .metric import Metric as Metric
from .recipes import RECIPES as RECIPES, Recipe as Recipe, known_results as known_results
from .tasks import TASKS as TASKS, Prepared as Prepared, prepare as prepare
from .training import Training as Training

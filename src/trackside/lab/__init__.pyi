from . import diagnosis as diagnosis, errors as errors, fitting as fitting, preflight as preflight
from .diagnosis.watch import Watch as Watch, watch as watch
from .metric import Metric as Metric
from .training import Training as Training

from .inflation import Inflation as Inflation, metric_inflation as metric_inflation
from .probes import PROBES as PROBES, logistic_probe as logistic_probe, neighbour_probe as neighbour_probe
from .sharing import Leak as Leak, evaluation_splits as evaluation_splits, leaked as leaked, training_split as training_split

from .decomposition import decompose as decompose
from .gaps import Gap as Gap, gaps as gaps
from .splits import Measured as Measured

from .embedding import Embedder as Embedder, central_square as central_square, embedder as embedder
from .layout import lay_out as lay_out
from .outliers import Outliers as Outliers, find_outliers as find_outliers
from .plain import PlainFeatures as PlainFeatures, describe as describe
from .reading import read_features as read_features
from .reducing import Reduction as Reduction, principal as principal

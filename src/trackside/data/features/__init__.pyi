from .embedding import Embedder as Embedder, central_square as central_square, embedder as embedder
from .layout import lay_out as lay_out
from .plain import PlainFeatures as PlainFeatures, describe as describe
from .reading import read_features as read_features
from .reducing import Reduction as Reduction, principal as principal

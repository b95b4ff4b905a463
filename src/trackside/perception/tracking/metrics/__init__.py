"""How well a result tracks: HOTA, CLEAR, identity, and identity recall against gap length."""

from trackside.perception.tracking.metrics.clear import Clear, clear
from trackside.perception.tracking.metrics.comparison import Comparison, Side, compare
from trackside.perception.tracking.metrics.gaps import EDGES, GapBin, Gaps, gaps, wilson
from trackside.perception.tracking.metrics.hota import ALPHAS, Hota, hota
from trackside.perception.tracking.metrics.identity import Identity, identity
from trackside.perception.tracking.metrics.matching import Matches, match_frames
from trackside.perception.tracking.metrics.report import gaps_figure, hota_figure, scores_report
from trackside.perception.tracking.metrics.score import Scores, combine, mean_numbers, score

__all__ = [
    "ALPHAS",
    "EDGES",
    "Clear",
    "Comparison",
    "GapBin",
    "Gaps",
    "Hota",
    "Identity",
    "Matches",
    "Scores",
    "Side",
    "clear",
    "combine",
    "compare",
    "gaps",
    "gaps_figure",
    "hota",
    "hota_figure",
    "identity",
    "match_frames",
    "mean_numbers",
    "score",
    "scores_report",
    "wilson",
]

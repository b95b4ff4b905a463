from .cut import (
    Cut as Cut,
    cut_pipeline as cut_pipeline,
)
from .footage import Footage as Footage
from .labels import (
    Label as Label,
    Labels as Labels,
    read_labels as read_labels,
    write_labels as write_labels,
)
from .matching import (
    Matched as Matched,
    match as match,
)
from .rates import (
    Rate as Rate,
    Share as Share,
    garwood as garwood,
)
from .recording import record as record
from .replay import (
    Replay as Replay,
    Run as Run,
)
from .report import rules_report as rules_report
from .rule import Rule as Rule
from .score import (
    Score as Score,
    Tally as Tally,
    tally as tally,
)
from .search import (
    Candidate as Candidate,
    Found as Found,
    search as search,
)
from .sweep import (
    Curve as Curve,
    Sweep as Sweep,
    read_sweep as read_sweep,
    sweep as sweep,
)
from .target import (
    Target as Target,
    read_target as read_target,
)

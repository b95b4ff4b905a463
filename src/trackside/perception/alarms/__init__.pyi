from .groups import Groups as Groups
from .history import (
    Histories as Histories,
    History as History,
)
from .ladder import (
    Decided as Decided,
    Ladder as Ladder,
)
from .settings import LadderSettings as LadderSettings
from .steps import (
    Case as Case,
    Outcome as Outcome,
    ask as ask,
)

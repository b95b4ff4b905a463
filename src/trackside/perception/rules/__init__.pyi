from .area import Area as Area
from .body import (
    PARTS as PARTS,
    Body as Body,
)
from .compliance import (
    STATES as STATES,
    Compliance as Compliance,
    Verdicts as Verdicts,
)
from .counting import Counting as Counting
from .crossing import Crossing as Crossing
from .dwell import Dwell as Dwell
from .left_object import LeftObject as LeftObject
from .loitering import Loitering as Loitering
from .order import Order as Order
from .presence import Presence as Presence
from .schedule import Schedule as Schedule
from .speed import Speed as Speed
from .spells import (
    Hysteresis as Hysteresis,
    Spells as Spells,
    Turns as Turns,
)
from .stays import Stays as Stays
from .telling import Rule as Rule

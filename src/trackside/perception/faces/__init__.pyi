from .align import (
    aligned as aligned,
    similarity as similarity,
)
from .describe import (
    FaceDescriber as FaceDescriber,
    load_describer as load_describer,
)
from .enrolment import (
    Enrolment as Enrolment,
    examine as examine,
)
from .finder import (
    FaceFinder as FaceFinder,
    load_finder as load_finder,
)
from .found import (
    FACE5 as FACE5,
    Faces as Faces,
)
from .hide import (
    hide as hide,
    merged as merged,
    widened as widened,
)
from .quality import (
    Limits as Limits,
    Quality as Quality,
    measure as measure,
    refusals as refusals,
)
from .rates import (
    Calibration as Calibration,
    Pairs as Pairs,
    Rate as Rate,
    choose_threshold as choose_threshold,
    identification_rate as identification_rate,
    pairs_of as pairs_of,
    rates_at as rates_at,
)
from .switch import (
    is_on as is_on,
    require_on as require_on,
)
from .vote import Votes as Votes

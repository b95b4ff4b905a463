from .address import (
    Address as Address,
    parse_address as parse_address,
    without_password as without_password,
)
from .reader import (
    LiveReader as LiveReader,
    open_live as open_live,
)
from .sampling import (
    Sampler as Sampler,
)
from .settings import (
    Effort as Effort,
    LiveCounts as LiveCounts,
    LiveInfo as LiveInfo,
    LiveSettings as LiveSettings,
)

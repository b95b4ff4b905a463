from .files import (
    read_covariance as read_covariance,
    read_lens as read_lens,
    read_rig as read_rig,
    write_lens as write_lens,
    write_rig as write_rig,
)
from .timestamps import (
    Timestamps as Timestamps,
    read_timestamps as read_timestamps,
)

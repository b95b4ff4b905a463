from .engine import RayEngine as RayEngine
from .files import (
    FileShare as FileShare,
    run_files_on_ray as run_files_on_ray,
)
from .options import (
    RayOptions as RayOptions,
    Share as Share,
)
from .summing import HostHealth as HostHealth

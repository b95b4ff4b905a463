from .camera import Camera as Camera
from .health import (
    CameraHealth as CameraHealth,
    EngineHealth as EngineHealth,
    Latency as Latency,
    StageHealth as StageHealth,
)

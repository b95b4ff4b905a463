from .camera import Camera as Camera
from .engine import (
    EngineOptions as EngineOptions,
    LiveEngine as LiveEngine,
)
from .evidence import CameraAlarm as CameraAlarm
from .health import (
    CameraHealth as CameraHealth,
    EngineHealth as EngineHealth,
    Latency as Latency,
    StageHealth as StageHealth,
)

from .camera import Camera as Camera
from .cameras_file import (
    CamerasFile as CamerasFile,
    read_cameras as read_cameras,
)
from .capacity import (
    Capacity as Capacity,
    Trial as Trial,
    measure_capacity as measure_capacity,
)
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

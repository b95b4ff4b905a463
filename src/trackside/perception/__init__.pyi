from .angles import (
    angle_names as angle_names,
    joint_angles as joint_angles,
)
from .detector import (
    Detector as Detector,
    load_detector as load_detector,
)
from .follow import PoseFollower as PoseFollower
from .letterbox import Placement as Placement
from .lines import LineCounter as LineCounter
from .nms import (
    iou_matrix as iou_matrix,
    weighted_nms as weighted_nms,
)
from .pose import PoseEstimator as PoseEstimator
from .smoothing import (
    KeypointSmoother as KeypointSmoother,
    OneEuroFilter as OneEuroFilter,
)
from .tracking import ByteTracker as ByteTracker
from .zones import (
    Polygons as Polygons,
    PolygonZone as PolygonZone,
    ZoneCounter as ZoneCounter,
)

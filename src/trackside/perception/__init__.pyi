from .angles import (
    angle_names as angle_names,
    joint_angles as joint_angles,
)
from .classifier import (
    Classifier as Classifier,
    load_classifier as load_classifier,
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
from .reid import (
    Embedder as Embedder,
    load_embedder as load_embedder,
)
from .smoothing import (
    KeypointSmoother as KeypointSmoother,
    OneEuroFilter as OneEuroFilter,
)
from .tracking import Tracker as Tracker
from .tracking.camera import CameraMotion as CameraMotion
from .tracking.cues import (
    JerseyNumber as JerseyNumber,
    UsualPlace as UsualPlace,
)
from .tracking.gallery import Gallery as Gallery
from .zones import (
    Polygons as Polygons,
    PolygonZone as PolygonZone,
    ZoneCounter as ZoneCounter,
)

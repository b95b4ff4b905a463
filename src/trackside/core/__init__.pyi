from .affine import Affine as Affine
from .alarms import (
    Alarm as Alarm,
    Alarms as Alarms,
    Look as Look,
    Reason as Reason,
)
from .detections import (
    Detections as Detections,
    Tracks as Tracks,
)
from .embeddings import Embeddings as Embeddings
from .errors import (
    Cancelled as Cancelled,
    InputError as InputError,
    ModelError as ModelError,
    OutputError as OutputError,
    PipelineError as PipelineError,
    Problem as Problem,
    SettingError as SettingError,
    TracksideError as TracksideError,
    nearest as nearest,
)
from .findings import (
    Cause as Cause,
    Finding as Finding,
    Measurement as Measurement,
    Number as Number,
    Plot as Plot,
    Threshold as Threshold,
    Verdict as Verdict,
    judge as judge,
)
from .images import (
    RGB as RGB,
    Image as Image,
    Picture as Picture,
    as_rgb as as_rgb,
    resized as resized,
    size_of as size_of,
)
from .keypoints import (
    BLAZEPOSE33 as BLAZEPOSE33,
    COCO17 as COCO17,
    SKELETONS as SKELETONS,
    Keypoints as Keypoints,
    Skeleton as Skeleton,
)
from .record import Record as Record
from .registry import (
    Registry as Registry,
    UnknownName as UnknownName,
)
from .report import Report as Report
from .shapes import (
    Shape as Shape,
    Shapes as Shapes,
)
from .tables import (
    Events as Events,
    Table as Table,
)

from .advice import (
    Advice as Advice,
    advise as advise,
)
from .boards import (
    Board as Board,
    Charuco as Charuco,
    Chessboard as Chessboard,
    CircleGrid as CircleGrid,
    board_of as board_of,
    specification_of as specification_of,
)
from .centres import disc_centres as disc_centres
from .collecting import (
    Collector as Collector,
    Shot as Shot,
)
from .coverage import Coverage as Coverage
from .exchange import (
    Timestamps as Timestamps,
    read_covariance as read_covariance,
    read_lens as read_lens,
    read_rig as read_rig,
    read_timestamps as read_timestamps,
    write_lens as write_lens,
    write_rig as write_rig,
)
from .held_out import (
    lens_residuals as lens_residuals,
    locate as locate,
)
from .lens import Lens as Lens
from .pose import Pose as Pose
from .report import (
    calibration_report as calibration_report,
    rig_report as rig_report,
    save_calibration as save_calibration,
)
from .rig import (
    Rig as Rig,
    calibrate_rig as calibrate_rig,
)
from .selection import (
    Selection as Selection,
    select as select,
)
from .session import (
    Session as Session,
    State as State,
)
from .sighting import (
    Refusal as Refusal,
    Sighting as Sighting,
)
from .solve import (
    Calibration as Calibration,
    calibrate as calibrate,
)
from .uncertainty import (
    PointDeviation as PointDeviation,
    point_deviation as point_deviation,
    projection_deviation as projection_deviation,
    residual_structure as residual_structure,
)

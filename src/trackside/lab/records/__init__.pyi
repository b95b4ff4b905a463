from .code import (
    Code as Code,
    code_state as code_state,
)
from .comparing import (
    Compared as Compared,
    code_difference as code_difference,
    compare as compare,
)
from .mlflow_recorder import (
    MlflowRecorder as MlflowRecorder,
)
from .one import (
    Curve as Curve,
    Run as Run,
    curves as curves,
    find_run as find_run,
)
from .parallel import (
    View as View,
    parallel_coordinates as parallel_coordinates,
    save_parallel_coordinates as save_parallel_coordinates,
)
from .reading import (
    Experiment as Experiment,
    experiments as experiments,
    runs as runs,
)
from .recorder import (
    Recorder as Recorder,
    Setting as Setting,
    Status as Status,
)
from .several import (
    Recorders as Recorders,
)
from .store import (
    Store as Store,
)
from .table import (
    Choice as Choice,
    Column as Column,
    RunsTable as RunsTable,
    Summary as Summary,
    lower_is_better as lower_is_better,
)
from .tensorboard_recorder import (
    TensorBoardRecorder as TensorBoardRecorder,
)
from .wandb_recorder import (
    WandbRecorder as WandbRecorder,
)

from .api import (
    StreamRecord as StreamRecord,
    run as run,
    stream as stream,
)
from .block import (
    BLOCKS as BLOCKS,
    block as block,
    find_block as find_block,
)
from .catalogue import (
    find_pipeline as find_pipeline,
    template_names as template_names,
)
from .compiler import compile_pipeline as compile_pipeline
from .graph import Pipeline as Pipeline
from .kinds import (
    Batch as Batch,
    MediaTime as MediaTime,
    Recording as Recording,
)
from .results import (
    FileResult as FileResult,
    RunResult as RunResult,
)
from .runs import (
    RunOptions as RunOptions,
    run_files as run_files,
)

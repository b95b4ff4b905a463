"""Fitting in several processes of one machine: the same global batches, and so the same loss curve, as in one.

Each process works through its share of every batch, and gradients are averaged with the weight of the shares
(PyTorch's DistributedDataParallel, over gloo on CPUs and NCCL on GPUs). The processes are new ones: they import the
function that makes the training, and leave the result in the folder, where this process finds it as a finished run.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed
import torch.multiprocessing as processes_of_torch
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from trackside.core import InputError, TracksideError
from trackside.lab.fitting.loop import fit
from trackside.lab.fitting.result import Fitted
from trackside.lab.training import Training

MakeTraining = Callable[[], Training]


def fit_processes(
    make_training: MakeTraining, *, processes: int = 2, folder: str | Path | None = None, **settings: Any
) -> Fitted:
    """Fit in several processes of this machine, on a GPU each if there are enough, else on CPUs.

    The loss curve is that of one process but for rounding, unless the model or the data draw random numbers (dropout,
    augmentation: each process draws its own) or normalise batches (each process its share).

    Args:
        make_training: makes the training; a function at the top of an importable module, because each process calls it.
            It must give every process the same weights: seed it.
        processes: how many.
        folder: as in `fit`; without one, a temporary folder is used.
        settings: of `fit`, all but `device`. Recorders, metrics and rules are sent to the processes: they must be picklable.

    Raises:
        InputError: as `fit`, or a function that cannot be imported, or a process that was killed.
    """
    if processes < 1:
        raise InputError(f"{processes} processes", where="processes", fix="give at least 1")
    _check_sendable(make_training, settings)
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trackside-fit-")))
        where = scratch / "run" if folder is None else Path(folder)
        job = (processes, str(scratch), make_training, str(where), settings)
        try:
            processes_of_torch.start_processes(_work, job, nprocs=processes, start_method="spawn")
        except (ProcessRaisedException, ProcessExitedException) as error:
            raise _told(error, scratch) from None
        return finished(make_training, where, settings)


def finished(make_training: MakeTraining, folder: Path, settings: dict[str, Any]) -> Fitted:
    """The result that other processes left in a folder, with the weights in a model of this process.

    A run that broke leaves no final checkpoint: going on from its last good one ends the same.
    """
    here = {**settings, "recorders": (), "resume": True, "progress": False}
    return fit(make_training(), folder=folder, **here)


def _work(
    rank: int, processes: int, scratch: str, make_training: MakeTraining, folder: str, settings: dict[str, Any]
) -> None:
    """What one process does."""
    on_gpus = torch.cuda.device_count() >= processes
    words = {
        "RANK": rank,
        "LOCAL_RANK": rank,
        "WORLD_SIZE": processes,
        "LOCAL_WORLD_SIZE": processes,
        "MASTER_ADDR": "127.0.0.1",
    }
    threads = max(1, (os.cpu_count() or 1) // processes)
    os.environ.update({name: str(value) for name, value in words.items()})
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    if sys.platform.startswith("linux"):
        # They all are on this machine: nothing listens on the network, and no host name needs to be resolved.
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    # Meeting at a file leaves no port that somebody else could take in between.
    meeting = f"file://{scratch}/meeting"
    backend = "nccl" if on_gpus else "gloo"
    torch.distributed.init_process_group(backend, init_method=meeting, rank=rank, world_size=processes)
    try:
        fit(make_training(), folder=folder, **settings, device=None if on_gpus else "cpu")
    except TracksideError as error:
        told = {"kind": type(error).__name__, "what": error.what, "where": error.where, "fix": error.fix}
        Path(scratch, f"error-{rank}.json").write_text(json.dumps(told))
        raise
    torch.distributed.destroy_process_group()


def _check_sendable(make_training: MakeTraining, settings: dict[str, Any]) -> None:
    for name, thing in {"make_training": make_training, **settings}.items():
        try:
            pickle.dumps(thing)
        except Exception as error:
            fix = "give a function at the top of a module, or objects made of such"
            raise InputError(f"it cannot be sent to another process ({type(error).__name__})", where=name, fix=fix) from None


def _told(error: Exception, scratch: Path) -> InputError:
    """The error of a process as its user would have met it in one."""
    for path in sorted(scratch.glob("error-*.json")):
        told = json.loads(path.read_text())
        return InputError(told["what"], where=told["where"], fix=told["fix"])
    if isinstance(error, ProcessExitedException):
        reason = f"signal {error.signal_name}" if error.signal_name else f"code {error.exit_code}"
        fix = "run it again to go on from the newest checkpoint; if memory was short, use smaller batches"
        return InputError(f"a process ended by itself ({reason})", where=f"process {error.error_index}", fix=fix)
    last = str(error).strip().splitlines()[-1]
    return InputError(f"a process broke ({last})", fix="fit in one process to see where")

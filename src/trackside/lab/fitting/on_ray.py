"""Fitting on several machines with Ray Train: the same loop, the same checkpoints, a folder that all machines see."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trackside.core import InputError, TracksideError
from trackside.lab.fitting.distributed import MakeTraining, finished
from trackside.lab.fitting.loop import fit
from trackside.lab.fitting.result import Fitted


def fit_on_ray(make_training: MakeTraining, *, workers: int = 2, folder: str | Path | None = None, gpu: bool = False,
               cpus: float = 1.0, **settings: Any) -> Fitted:  # fmt: skip
    """Fit with workers of a Ray cluster (Ray Train's `TorchTrainer`). A worker that dies fails the run: run it again.

    Args:
        make_training: makes the training, the same in every worker: seed it.
        workers: how many.
        folder: as in `fit`; must be seen by all machines (a network drive). None serves a Ray on this machine alone.
        gpu: a GPU for each worker.
        cpus: cores for each worker.
        settings: of `fit`, all but `device`.

    Raises:
        InputError: as `fit`, or Ray is not installed, or has not the workers.
    """
    try:
        from ray.train import RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer
    except ImportError:
        raise InputError("Ray Train is not installed", fix="pip install 'trackside[ray]'") from None
    with tempfile.TemporaryDirectory(prefix="trackside-ray-") as scratch:
        where = Path(scratch) / "run" if folder is None else Path(folder).resolve()
        trainer = TorchTrainer(
            _worker(make_training, where, settings, gpu),
            torch_config=TorchConfig(backend="nccl" if gpu else "gloo"),
            scaling_config=ScalingConfig(
                num_workers=workers, use_gpu=gpu, resources_per_worker={"CPU": cpus, **({"GPU": 1} if gpu else {})}
            ),
            run_config=RunConfig(storage_path=str(Path(scratch) / "ray")),
        )
        try:
            trainer.fit()
        except Exception as error:
            raise _told(error) from error
        return finished(make_training, where, settings)


def _worker(make_training: MakeTraining, folder: Path, settings: dict[str, Any], gpu: bool) -> Callable[[], None]:
    def work() -> None:
        fit(make_training(), folder=folder, **settings, device=None if gpu else "cpu")

    return work


def _told(error: BaseException) -> InputError:
    """The first user error in the chain of causes, or the last line of what Ray says."""
    found: BaseException | None = error
    while found is not None:
        inner = getattr(found, "worker_failures", None)
        for one in (inner or {}).values():
            if isinstance(getattr(one, "cause", one), TracksideError):
                return InputError(str(getattr(one, "cause", one)))
        if isinstance(found, TracksideError):
            return InputError(str(found))
        found = found.__cause__
    return InputError(f"Ray could not fit ({str(error).strip().splitlines()[-1]})", fix="fit in one process to see where")

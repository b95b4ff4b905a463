"""Runs written as Weights & Biases keeps them, offline: nothing leaves this machine until its user runs `wandb sync`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from trackside.core import InputError, OutputError
from trackside.core.files import cannot_write
from trackside.lab.records.attempt import identity
from trackside.lab.records.marks import Mark, Marks
from trackside.lab.records.names import allowed_path
from trackside.lab.records.recorder import Setting, Status

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp")


class WandbRecorder:
    """Writes a run folder `wandb/offline-run-...` that `wandb sync` sends when its user wants that.

    Needs no login and no network. A run that goes on after it was killed has the same id in a second folder, and
    `wandb sync --append` joins both.

    Args:
        folder: where the folder `wandb` goes.
        project: what the runs belong to.
        mode: `offline`, or `online` for those who have logged in.
    """

    def __init__(
        self, folder: Path | str = "runs", project: str = "trackside", *, mode: Literal["offline", "online"] = "offline"
    ) -> None:
        self.folder, self.project, self.mode = Path(folder), project, mode
        self.run_folder: Path | None = None
        self._mark: Mark | None = None
        self._run: Any = None
        self._step = 0

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """A run begins, or goes on after it was killed.

        Raises:
            InputError: Weights & Biases is not installed.
            OutputError: the folder cannot be written, or its service does not start.
        """
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # Read when it is imported: nothing is sent to its makers.
        try:
            import wandb
        except ImportError:
            raise InputError("Weights & Biases is not installed", fix="pip install 'trackside[wandb]'") from None
        kept = self.folder / "wandb"
        try:
            kept.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(kept, error) from None
        self._mark = Marks(kept).begin(identity(name, settings))
        quiet = wandb.Settings(
            silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True, disable_job_creation=True,
            x_disable_machine_info=True,
        )  # fmt: skip
        try:
            self._run = wandb.init(
                dir=str(self.folder), project=self.project, name=name, id=self._mark.id, mode=self.mode,
                config=dict(settings), settings=quiet, reinit="create_new",
                resume="allow" if self.mode == "online" else None,
            )  # fmt: skip
        except wandb.errors.Error as error:
            Marks(kept).end(self._mark, killed=False)
            raise OutputError(f"Weights & Biases does not start ({error})", where=str(kept)) from None
        self.run_folder = Path(self._run.dir).parent

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step. Two calls for one step are joined; a step before the newest is not kept by this format."""
        if self._run is not None:
            self._step = max(self._step, int(step))
            self._run.log({name: float(value) for name, value in numbers.items()}, step=int(step))

    def file(self, path: Path, name: str) -> None:
        """A picture is shown at its step; other files are copied into the run's folder."""
        if self._run is None:
            return
        import wandb

        if path.suffix.lower() in _PICTURES:
            self._run.log({allowed_path(name): wandb.Image(str(path))}, step=self._step)
            return
        copy = Path(self._run.dir) / allowed_path(name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, copy, dirs_exist_ok=True)
        else:
            shutil.copy(path, copy)

    def finish(self, status: Status) -> None:
        """The run has ended."""
        if self._run is None or self._mark is None:
            return
        self._run.summary["status"] = status
        self._run.finish(exit_code=0 if status == "finished" else 1)
        Marks(self.folder / "wandb").end(self._mark, killed=status == "killed")
        self._run = self._mark = None

"""Runs written as TensorBoard reads them: one folder a run, under the folder that `tensorboard --logdir` is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.core.files import cannot_write
from trackside.lab.records.attempt import identity
from trackside.lab.records.marks import Mark, Marks
from trackside.lab.records.names import allowed_path
from trackside.lab.records.recorder import Setting, Status

_FLUSH_SECONDS = 1
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp")
_TEXTS = (".txt", ".md", ".json", ".csv", ".yaml", ".diff")
_MOST = 100_000


class TensorBoardRecorder:
    """Writes event files: numbers, the settings as a text, pictures and short texts. Other files are named only.

    A run that goes on after it was killed continues its folder, and what the killed attempt wrote beyond the first new
    step is hidden (TensorBoard's `purge_step`).

    Args:
        folder: of all runs.
    """

    def __init__(self, folder: Path | str = "runs/tensorboard") -> None:
        self.folder = Path(folder)
        self.run_folder: Path | None = None
        self._mark: Mark | None = None
        self._writer: Any = None
        self._settings: Mapping[str, Setting] = {}
        self._step = 0

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """A run begins, or goes on after it was killed.

        Raises:
            InputError: TensorBoard is not installed.
            OutputError: the folder cannot be written.
        """
        self._mark = Marks(self.folder).begin(identity(name, settings))
        plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "run"
        self.run_folder = self.folder / f"{plain}-{self._mark.id}"
        self._settings = dict(settings)
        try:
            self.run_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.run_folder, error) from None
        if not self._mark.goes_on:
            self._open(None).add_text("settings", _table(self._settings), 0)

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step."""
        if self.run_folder is None:
            return
        self._step = int(step)
        target = self._writer or self._open(self._step)
        for name, value in numbers.items():
            target.add_scalar(name, float(value), self._step)

    def file(self, path: Path, name: str) -> None:
        """A picture or a short text is shown; of other files the place is."""
        if self.run_folder is None:
            return
        target, tag = self._writer or self._open(self._step), allowed_path(name)
        if path.suffix.lower() in _PICTURES:
            target.add_image(tag, _pixels(path), self._step, dataformats="HWC")
        elif path.suffix.lower() in _TEXTS and path.stat().st_size <= _MOST:
            text = path.read_text(encoding="utf-8", errors="replace")
            target.add_text(tag, "".join(f"    {line}\n" for line in text.splitlines()), self._step)
        else:
            target.add_text(tag, f"`{path}`", self._step)

    def finish(self, status: Status) -> None:
        """The run has ended."""
        if self._mark is None:
            return
        (self._writer or self._open(None)).add_text("ended", status, self._step)
        self._writer.close()
        Marks(self.folder).end(self._mark, killed=status == "killed")
        self._writer = self._mark = self.run_folder = None

    def _open(self, purge: int | None) -> Any:
        """The event file; opened late where a run goes on, because only the first step says what must be hidden."""
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise InputError("TensorBoard is not installed", fix="pip install 'trackside[train]'") from None
        self._writer = SummaryWriter(str(self.run_folder), purge_step=purge, flush_secs=_FLUSH_SECONDS)
        return self._writer


def _table(settings: Mapping[str, Setting]) -> str:
    """Settings as a Markdown table."""
    rows = (f"| {_cell(name)} | {_cell(str(value))} |\n" for name, value in sorted(settings.items()))
    return "| setting | value |\n| --- | --- |\n" + "".join(rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _pixels(path: Path) -> Any:
    """A picture, uint8 [h, w, 3] RGB."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))

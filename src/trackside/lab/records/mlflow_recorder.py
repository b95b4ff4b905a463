"""Runs kept in MLflow's store: settings, numbers, files, the code and the machine, and how it ended."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from trackside.core import InputError, TracksideError
from trackside.lab.records.attempt import identity, may_live, writer
from trackside.lab.records.buffer import Buffer, Entry
from trackside.lab.records.circumstances import circumstances
from trackside.lab.records.code import Code, code_state, program
from trackside.lab.records.names import LONGEST, allowed, allowed_path
from trackside.lab.records.recorder import Setting, Status
from trackside.lab.records.store import Store, quietly

_STATUS: dict[Status, str] = {"finished": "FINISHED", "failed": "FAILED", "killed": "KILLED"}
_GOES_ON = ("RUNNING", "KILLED")
_PARAMS = 100
T = TypeVar("T")


class MlflowRecorder:
    """Keeps runs in a folder, a database or on an MLflow server.

    A run of the same program, experiment, name and settings as one that was killed goes on under the same id, if the process
    that wrote it no longer lives; numbers of the same step that are told again replace the ones before when they are read.
    Nothing that goes wrong after `start` stops the loop: it is told by a `RuntimeWarning`, and numbers wait in memory.

    Args:
        store: a folder (made if absent), a SQLite file, or an address as `Store.at` takes it.
        experiment: what the runs belong to.
        run_id: go on with this run, whatever the machine and process it was begun by.
        code: the folder of the code to record; where the running program lies, if None.
    """

    def __init__(
        self, store: Path | str = "runs", experiment: str = "default", *, run_id: str | None = None, code: Path | None = None
    ) -> None:
        self.store = Store.at(store)
        self.experiment = experiment
        self.run_id = run_id or ""
        self._asked_id, self._code = run_id, code
        self._client: Any = None
        self._buffer: Buffer | None = None

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """A run begins, or goes on after it was killed.

        Raises:
            InputError: the store is another program's, or of another MLflow; no run has the id that was asked for.
            OutputError: the store cannot be written, or stays locked.
        """
        self.store.check_writable()
        self._client = self.store.client()
        told = identity(name, settings)
        self._asked(lambda: self._begin(name, told, settings))
        self._buffer = Buffer(self._write, self._warn)

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step; NaN and infinity are kept as such. Returns at once."""
        if self._buffer is None:
            return
        now, entries = int(1000 * time.time()), []
        for name, value in numbers.items():
            try:
                entries.append(Entry(allowed(name), float(value), int(step), now))
            except (TypeError, ValueError, OverflowError):
                self._warn(f"{name!r} of step {step} is no number and was not recorded")
        self._buffer.add(entries)

    def file(self, path: Path, name: str) -> None:
        """A file or folder that belongs to the run; copied now, under a name that may hold folders.

        A report may come after `finish`: what was found out about a run is known when it has ended.
        """
        if self._client is None or not self.run_id:
            return
        try:
            self._asked(lambda: self._copy(path, allowed_path(name)))
        except TracksideError as error:
            self._warn(f"{name!r} was not recorded: {error}")

    def finish(self, status: Status) -> None:
        """The run has ended; waits up to a minute for a busy store."""
        if self._buffer is None:
            return
        lost, self._buffer = self._buffer.close(), None
        if lost:
            self._warn(f"{lost:,} numbers of run {self.run_id} could not be written to {self.store}")
        try:
            self._asked(lambda: self._client.set_terminated(self.run_id, _STATUS[status]))
        except TracksideError as error:
            self._warn(f"how run {self.run_id} ended could not be written: {error}")
        self.run_id = self._asked_id or self.run_id

    def _begin(self, name: str, told: str, settings: Mapping[str, Setting]) -> None:
        experiment = self._experiment_id()
        found = self._to_go_on(experiment, told)
        starts = int(found.data.tags.get("trackside.starts", "1")) + 1 if found is not None else 1
        code = code_state(self._code)
        tags = _tags(told, starts, code)
        if found is None:
            found = self._client.create_run(experiment, run_name=name[:LONGEST], tags=tags)
            self.run_id = found.info.run_id
            self._params(settings)
        else:
            self.run_id = found.info.run_id
            self._client.update_run(self.run_id, status="RUNNING")
            self._tag(tags)
        if code.diff:
            with tempfile.TemporaryDirectory() as folder:
                changes = Path(folder) / f"changes-{starts}.diff"
                changes.write_text(code.diff, encoding="utf-8", errors="replace")
                self._client.log_artifact(self.run_id, str(changes), "code")

    def _experiment_id(self) -> str:
        """The experiment, made if it is new; another process may make it at the same time."""
        from mlflow.exceptions import MlflowException

        found = self._client.get_experiment_by_name(self.experiment)
        if found is None:
            files = (self.store.folder / "artifacts").as_uri() if self.store.folder is not None else None
            try:
                return str(self._client.create_experiment(self.experiment, artifact_location=files))
            except MlflowException:
                found = self._client.get_experiment_by_name(self.experiment)
                if found is None:
                    raise
        if found.lifecycle_stage != "active":
            fix = "restore it in MLflow, or name another experiment"
            raise InputError(f"the experiment {self.experiment!r} was deleted", where=str(self.store), fix=fix)
        return str(found.experiment_id)

    def _to_go_on(self, experiment: str, told: str) -> Any:
        """The run to go on with, or None."""
        if self._asked_id:
            return self._client.get_run(self._asked_id)
        wanted = f"tags.`trackside.identity` = '{told}' and attributes.status != 'FINISHED'"
        for run in self._client.search_runs([experiment], wanted, max_results=20):
            if run.info.status in _GOES_ON and (
                run.info.status == "KILLED" or not may_live(run.data.tags.get("trackside.writer", ""))
            ):
                return run
        return None

    def _params(self, settings: Mapping[str, Setting]) -> None:
        from mlflow.entities import Param

        params = [Param(allowed(name), str(value)) for name, value in settings.items()]
        for part in _parts(params, _PARAMS):
            self._client.log_batch(self.run_id, params=part)

    def _tag(self, tags: Mapping[str, str]) -> None:
        from mlflow.entities import RunTag

        self._client.log_batch(self.run_id, tags=[RunTag(name, value) for name, value in tags.items()])

    def _write(self, entries: Sequence[Entry]) -> None:
        from mlflow.entities import Metric

        metrics = [Metric(one.name, one.value, one.time, one.step) for one in entries]
        self._asked(lambda: self._client.log_batch(self.run_id, metrics=metrics, synchronous=True))

    def _copy(self, path: Path, name: str) -> None:
        """Hand a file over under another name: MLflow keeps the name that it finds."""
        if path.is_dir():
            self._client.log_artifacts(self.run_id, str(path), name)
            return
        folder, _, last = name.rpartition("/")
        with tempfile.TemporaryDirectory() as temporary:
            link = Path(temporary) / last
            link.symlink_to(path.resolve(strict=True))
            self._client.log_artifact(self.run_id, str(link), folder or None)

    def _asked(self, call: Callable[[], T]) -> T:
        """Ask MLflow something; what goes wrong is told in the user's words."""
        from mlflow.exceptions import MlflowException

        with quietly():
            try:
                return call()
            except TracksideError:
                raise
            except MlflowException as error:
                if getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST":
                    raise InputError("there is no such run", where=self.run_id, fix="give no run id to begin one") from None
                raise self.store.trouble(error) from None
            except Exception as error:
                raise self.store.trouble(error) from None

    def _warn(self, text: str) -> None:
        warnings.warn(f"records: {text}", RuntimeWarning, stacklevel=2)


def _tags(told: str, starts: int, code: Code) -> dict[str, str]:
    """What is known of a run beside its settings. Names that begin with `mlflow.` are those that MLflow's pages show."""
    around = circumstances()
    tags = {
        "mlflow.source.name": program(),
        "mlflow.source.type": "LOCAL",
        "mlflow.user": around["user"],
        "mlflow.source.git.commit": code.commit,
        "trackside.identity": told,
        "trackside.writer": writer(),
        "trackside.starts": str(starts),
        "trackside.code.folder": str(code.folder),
        "trackside.code.changed": str(bool(code.diff)),
        "trackside.code.note": code.note,
        **{f"trackside.{name}": text for name, text in around.items() if name != "user"},
    }
    return {name: text for name, text in tags.items() if text}


def _parts(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))

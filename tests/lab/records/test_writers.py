"""TensorBoard, Weights & Biases, and several recorders as one."""

from __future__ import annotations

import os
import signal
import struct
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import OutputError
from trackside.lab.records import Recorders, Setting, Status, TensorBoardRecorder, WandbRecorder


def _events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder))
    read.Reload()
    return {tag: [(event.step, event.value) for event in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from PIL import Image

    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "a.png")
    recorder = TensorBoardRecorder(tmp_path / "tb")
    recorder.start("poses/one", {"rate": 0.1, "odd|<b>": None})
    folder = recorder.run_folder
    for step in range(3):
        recorder.log(step, {"train/loss": 1.0 / (step + 1)})
    recorder.file(tmp_path / "a.png", "pictures/a.png")
    recorder.finish("finished")
    assert folder is not None and folder.parent == tmp_path / "tb" and folder.name.startswith("poses-one-")
    assert _events(folder)["train/loss"] == [(0, 1.0), (1, 0.5), (2, pytest.approx(1 / 3))]
    assert not list((tmp_path / "tb" / ".open").iterdir()), "no run is open"


def test_a_killed_run_goes_on_in_its_tensorboard_folder(tmp_path: Path) -> None:
    pytest.importorskip("torch.utils.tensorboard")
    child = os.fork()
    if child == 0:
        recorder = TensorBoardRecorder(tmp_path)
        recorder.start("long", {"seed": 1})
        for step in range(6):
            recorder.log(step, {"loss": 100.0 + step})
        recorder._writer.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    time.sleep(1.05)  # TensorBoard orders files of a run by the second they were begun in.
    recorder = TensorBoardRecorder(tmp_path)
    recorder.start("long", {"seed": 1})
    folder = recorder.run_folder
    for step in range(3, 8):
        recorder.log(step, {"loss": float(step)})
    recorder.finish("finished")
    assert [one.name for one in tmp_path.iterdir() if one.name != ".open"] == [folder.name if folder else ""]
    assert folder is not None
    steps = _events(folder)["loss"]
    assert steps == [(0, 100.0), (1, 101.0), (2, 102.0), *((step, float(step)) for step in range(3, 8))]


def test_weights_and_biases_writes_a_readable_run_offline(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb")
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # Whoever asks the network is refused.
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    (tmp_path / "a.txt").write_text("hello")
    recorder = WandbRecorder(tmp_path / "runs", "poses")
    recorder.start("one", {"rate": 0.1, "none": None})
    for step in range(5):
        recorder.log(step, {"train/loss": 1.0 / (step + 1), "odd": float("nan")})
    recorder.file(tmp_path / "a.txt", "notes/a.txt")
    folder = recorder.run_folder
    recorder.finish("finished")
    assert folder is not None and (folder / "files" / "notes" / "a.txt").read_text() == "hello"
    assert capfd.readouterr() == ("", "")
    records = _records(next(folder.glob("*.wandb")))
    history = [{item.nested_key[0] if item.nested_key else item.key: item.value_json for item in record.history.item}
               for record in records if record.WhichOneof("record_type") == "history"]  # fmt: skip
    assert [float(row["train/loss"]) for row in history] == [1.0, 0.5, pytest.approx(1 / 3), 0.25, 0.2]
    started = next(record.run for record in records if record.WhichOneof("record_type") == "run")
    assert started.project == "poses" and started.display_name == "one"
    assert {item.key: item.value_json for item in started.config.update}["rate"] == "0.1"


def _records(path: Path) -> list[Any]:
    """The records of a run's file: LevelDB's log format (blocks of 32 KiB) after a head of 7 bytes."""
    from wandb.proto import wandb_internal_pb2

    data, at, found, part = path.read_bytes(), 7, [], b""
    assert data[:4] == b":W&B"
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
            continue
        length, kind = struct.unpack("<HB", data[at + 4 : at + 7])
        part += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(part)
            found.append(record)
            part = b""
    return found


class _Told:
    """A recorder that writes down what it is told, and breaks where it should."""

    def __init__(self, breaks: str = "") -> None:
        self.told: list[str] = []
        self._breaks = breaks

    def _tell(self, word: str) -> None:
        if word == self._breaks:
            raise OutputError("no space is left", where="there")
        self.told.append(word)

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        self._tell("start")

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        self._tell("log")

    def file(self, path: Path, name: str) -> None:
        self._tell("file")

    def finish(self, status: Status) -> None:
        self._tell("finish")


def _whole_run(recorders: Recorders) -> None:
    recorders.start("x", {})
    recorders.log(0, {})
    recorders.log(1, {})
    recorders.file(Path("x"), "x")
    recorders.finish("finished")


def test_one_recorder_that_breaks_costs_the_others_nothing() -> None:
    well, broken, deaf = _Told(), _Told("log"), _Told("start")
    with pytest.warns(RuntimeWarning, match="no space is left; the run goes on without it") as warned:
        _whole_run(Recorders(broken, well, deaf))
    assert well.told == ["start", "log", "log", "file", "finish"] and broken.told == ["start"] and deaf.told == []
    assert len(warned) == 2, "each is warned of once"


def test_recorders_that_work_are_told_all_and_nothing_is_warned_of() -> None:
    first, second = _Told(), _Told()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _whole_run(Recorders(first, second))
    assert first.told == second.told == ["start", "log", "log", "file", "finish"]


def test_folders_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for recorder in (TensorBoardRecorder(tmp_path / "file" / "x"), WandbRecorder(tmp_path / "file" / "x")):
        with pytest.raises(OutputError, match="cannot write"):
            recorder.start("x", {})

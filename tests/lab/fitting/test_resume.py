"""A run that was killed and one that was not are the same run, bit for bit."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, Sampler

from tests.lab.fitting.parts import ACCURACY, drawing, plain, table
from trackside.core import InputError
from trackside.lab.fitting import Fitted, fit
from trackside.lab.training import Training

SETTINGS: dict[str, Any] = {
    "epochs": 4, "schedule": "cosine", "metrics": [ACCURACY], "ema": 0.9, "clip": 1.0, "accumulate": 2, "progress": False,
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def alike(one: Fitted, other: Fitted) -> bool:
    weights, others = one.model.state_dict(), other.model.state_dict()
    same = all(torch.equal(weights[name], others[name]) for name in weights)
    return same and one.history == other.history and one.best == other.best and one.why == other.why


def killed_at(training: Training, step: int, folder: Path, *, while_writing: bool = False) -> None:
    """In a process of its own: run until a step, or until the first file is to be renamed after it, and kill."""
    count = [0]
    optimizer = training.optimizer
    assert optimizer is not None
    step_of_optimizer = optimizer.step

    def counted(*args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        if count[0] > step and not while_writing:
            os.kill(os.getpid(), signal.SIGKILL)
        return step_of_optimizer(*args, **kwargs)

    optimizer.step = counted  # type: ignore[method-assign]
    replace = Path.replace

    def replaced(self: Path, target: Any) -> Any:
        if while_writing and count[0] >= step:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(self, target)

    Path.replace = replaced  # type: ignore[method-assign,assignment]
    fit(training, folder=folder, save_steps=2, **SETTINGS)


def kill(make: Any, step: int, folder: Path, **how: Any) -> None:
    child = multiprocessing.get_context("fork").Process(target=lambda: killed_at(make(), step, folder, **how))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("make", [plain, drawing], ids=["plain", "drawing"])
def test_a_run_killed_at_any_step_ends_like_one_never_killed(make: Any, tmp_path: Path) -> None:
    never = fit(make(), **SETTINGS)
    # In the first epoch before and after a checkpoint, in the middle of later ones, and just after an epoch's end.
    for step in (1, 3, 2, 4, 3):
        kill(make, step, tmp_path)
    assert alike(fit(make(), folder=tmp_path, save_steps=2, **SETTINGS), never)


def test_a_run_killed_while_it_writes_a_checkpoint_ends_like_one_never_killed(tmp_path: Path) -> None:
    never = fit(drawing(), **SETTINGS)
    for step in (2, 4, 6):
        kill(drawing, step, tmp_path, while_writing=True)
    assert alike(fit(drawing(), folder=tmp_path, save_steps=2, **SETTINGS), never)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")], "temporary files are swept away"


class Halt(Exception):
    pass


def halted(training: Training, step: int, folder: Path, **settings: Any) -> None:
    """The same without a process of its own, which does for all that lies in the run and not in the process."""
    assert training.optimizer is not None
    count = [0]

    def counted(*_: Any) -> None:
        count[0] += 1
        if count[0] > step:
            raise Halt

    training.optimizer.register_step_pre_hook(counted)
    with pytest.raises(Halt):
        fit(training, folder=folder, save_steps=2, **{**SETTINGS, **settings})


@pytest.mark.slow
def test_workers_draw_the_same_however_many_they_are_and_wherever_the_run_was_killed(tmp_path: Path) -> None:
    never = fit(drawing(workers=2), **SETTINGS)
    halted(drawing(workers=2), 9, tmp_path)
    assert alike(fit(drawing(workers=2), folder=tmp_path, save_steps=2, **SETTINGS), never)
    assert alike(fit(drawing(workers=1), **SETTINGS), never)


def with_foreign_batches() -> Training:
    """Batches from a plain iterable that shuffles by the global generator and draws for each batch."""
    training = plain()
    data = table()

    class Foreign:
        def __len__(self) -> int:
            return 5

        def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
            for picked in torch.randperm(90).split(18):
                inputs, targets = data[picked]
                yield inputs + 0.1 * torch.randn_like(inputs), targets

    training.train = Foreign()
    return training


class Stream(IterableDataset[tuple[Tensor, Tensor]]):
    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        data = table()
        yield from (data[index] for index in random.sample(range(90), 90))

    def __len__(self) -> int:
        return 90


def with_stream() -> Training:
    training = plain()
    training.train = DataLoader(Stream(), 18)
    return training


def with_own_generator() -> Training:
    training = plain()
    training.train = DataLoader(table(), 18, shuffle=True, generator=torch.Generator().manual_seed(99))
    return training


@pytest.mark.parametrize("make", [with_foreign_batches, with_stream, with_own_generator])
def test_other_sources_of_batches_go_on_exactly_too(make: Any, tmp_path: Path) -> None:
    never = fit(make(), **SETTINGS)
    halted(make(), 7, tmp_path)
    again = fit(make(), folder=tmp_path, save_steps=2, **SETTINGS)
    assert alike(again, never)
    assert not again.notes


def test_a_sampler_that_remembers_is_noticed(tmp_path: Path) -> None:
    class Remembers(Sampler[int]):
        draws = random.Random(0)

        def __len__(self) -> int:
            return 90

        def __iter__(self) -> Iterator[int]:
            return iter(self.draws.sample(range(90), 90))

    def make() -> Training:
        training = plain()
        training.train = DataLoader(table(), 18, sampler=Remembers())
        return training

    halted(make(), 8, tmp_path)
    assert any("another order" in note for note in fit(make(), folder=tmp_path, save_steps=2, **SETTINGS).notes)


def test_shuffling_differs_from_epoch_to_epoch_and_from_seed_to_seed() -> None:
    seen: list[list[float]] = []
    for seed in (0, 0, 1):
        training = plain()
        first: list[float] = []
        training.model.register_forward_pre_hook(lambda _, inputs, first=first: first.append(float(inputs[0][0, 0])))
        fit(training, epochs=2, seed=seed, progress=False)
        seen.append(first)
    assert seen[0] == seen[1] != seen[2]
    assert seen[0][0] != seen[0][len(seen[0]) // 2]


def test_fitting_leaves_the_callers_random_numbers_alone() -> None:
    training = with_own_generator()
    own = training.train.generator.get_state()  # type: ignore[attr-defined]
    torch.manual_seed(5)
    before = torch.get_rng_state()
    fit(training, epochs=1, progress=False)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(training.train.generator.get_state(), own)  # type: ignore[attr-defined]


def test_a_finished_run_is_read_and_not_run_again(tmp_path: Path) -> None:
    done = fit(plain(), folder=tmp_path, **SETTINGS)
    training = plain()
    assert training.optimizer is not None
    training.optimizer.register_step_pre_hook(lambda *_: pytest.fail("a step was taken"))
    assert alike(fit(training, folder=tmp_path, **SETTINGS), done)


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path: Path) -> None:
    never = fit(drawing(), **SETTINGS)
    halted(drawing(), 13, tmp_path)
    names = [
        next(name for name in one["files"] if name.startswith("checkpoint")) for one in manifest(tmp_path)["checkpoints"]
    ]
    newest = tmp_path / names[-1]
    newest.write_bytes(newest.read_bytes()[:-100])
    again = fit(drawing(), folder=tmp_path, save_steps=2, **SETTINGS)
    assert alike(again, never)
    assert "damaged" in again.notes[0]
    for path in tmp_path.glob("checkpoint-*.pt"):
        path.write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match="no other checkpoint is left"):
        fit(drawing(), folder=tmp_path, **SETTINGS)


def test_a_folder_with_another_run_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    fit(plain(), folder=tmp_path, epochs=1, progress=False)
    with pytest.raises(InputError, match=r"epochs was 1, is 2.*learning rates was \[0.1\], is \[0.2\]"):
        fit(plain(rate=0.2), folder=tmp_path, epochs=2, progress=False)
    with pytest.raises(InputError, match=r"model was .*batches an epoch was 6, is 12"):
        fit(drawing(), folder=tmp_path, epochs=1, progress=False)
    assert len(fit(plain(rate=0.2), folder=tmp_path, epochs=2, resume=False, progress=False).history.epochs) == 2


def test_beginning_anew_removes_nothing_but_the_run(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    fit(plain(), folder=tmp_path, epochs=1, progress=False)
    fit(plain(), folder=tmp_path, epochs=2, resume=False, progress=False)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len(list(tmp_path.glob("checkpoint-*.pt"))) == 1


def test_a_foreign_run_json_is_refused(tmp_path: Path) -> None:
    for text in ("{}", "[]", "no json", '{"format": 99, "settings": {}, "checkpoints": []}'):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(InputError, match=r"run\.json"):
            fit(plain(), folder=tmp_path, epochs=1, progress=False)


def test_a_checkpoint_that_would_execute_something_is_not_loaded(tmp_path: Path) -> None:
    fit(plain(), folder=tmp_path, epochs=1, progress=False)

    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "harm"),)

    found = manifest(tmp_path)
    for entry in found["checkpoints"]:
        for name in entry["files"]:
            torch.save({"step": 1, "model": Evil()}, tmp_path / name)
            from trackside.core.files import sha256_of

            entry["files"][name] = sha256_of(tmp_path / name)
    (tmp_path / "run.json").write_text(json.dumps(found))
    with pytest.raises(InputError, match="cannot be read"):
        fit(plain(), folder=tmp_path, epochs=1, progress=False)
    assert not (tmp_path / "harm").exists()


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "run.json").read_text()))


PROGRAM = """
import sys, torch
from pathlib import Path
torch.set_num_threads(1)
from tests.lab.fitting.parts import ACCURACY, drawing
from trackside.lab.fitting import fit
fitted = fit(drawing(), epochs=120, schedule="one-cycle", metrics=[ACCURACY], ema=0.99, folder=sys.argv[1],
             save_seconds=0.05, progress=False)
torch.save([list(fitted.model.state_dict().values()), fitted.history.to_state()["train_loss"],
            [(e.validation_loss, dict(e.metrics)) for e in fitted.history.epochs]], sys.argv[2])
"""


@pytest.mark.slow
def test_a_process_killed_again_and_again_at_random_moments_ends_like_one_never_killed(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]

    def start(folder: Path, result: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, folder, result], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
        )

    assert start(tmp_path / "never", tmp_path / "never.pt").wait(300) == 0
    moments, kills = random.Random(20261122), 0
    while kills < 8:
        process = start(tmp_path / "killed", tmp_path / "killed.pt")
        known = (tmp_path / "killed" / "run.json").stat().st_mtime_ns if kills else 0
        while process.poll() is None and not _newer(tmp_path / "killed" / "run.json", known):
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        if process.wait() == 0:
            break
        kills += 1
    assert kills >= 3, "the run is too short to be killed"
    assert start(tmp_path / "killed", tmp_path / "killed.pt").wait(300) == 0
    one, other = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("never", "killed"))
    assert all(torch.equal(a, b) for a, b in zip(one[0], other[0], strict=True))
    assert torch.equal(one[1], other[1])
    assert one[2] == other[2]


def _newer(path: Path, than: int) -> bool:
    return path.exists() and path.stat().st_mtime_ns > than

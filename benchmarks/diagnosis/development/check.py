"""Run programs as they are, or mended, and print how they end.

`python -m benchmarks.diagnosis.development.check [--mended] [NAME ...]`; a part of a name is enough.

`--mended` takes each program's fault out first, as `mends.py` tells, so that one can see that the fault costs something.
"""

from __future__ import annotations

import argparse
import inspect
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.diagnosis.development import PROGRAMS
from benchmarks.diagnosis.development.mends import MENDS
from benchmarks.diagnosis.development.odd_scores import SCORES
from benchmarks.diagnosis.program import Program, Watch
from trackside.lab.training import Training, no_loss, take_apart

_REGISTRY = "from benchmarks.diagnosis.development.registry import PROGRAMS"
_FRESH = "from benchmarks.diagnosis.program import Programs\nPROGRAMS = Programs()"


class Ending:
    """What a program had in hand, measured when its loop was over."""

    def __init__(self, training: Training) -> None:
        """Keep what was given to `watch`."""
        self.training = training
        self.lines: dict[str, tuple[float, float]] = {}

    def measure(self) -> None:
        """Loss and score of both splits, in evaluation mode."""
        was, model = self.training.model.training, self.training.model
        model.eval()
        for name in ("train", "validation"):
            batches = getattr(self.training, name)
            if batches is not None:
                self.lines[name] = _loss_and_score(self.training, batches)
        model.train(was)


def _loss_and_score(training: Training, batches: Any) -> tuple[float, float]:
    outputs, targets, losses = [], [], []
    with torch.no_grad():
        for batch in batches:
            inputs, wanted = (training.take or take_apart)(batch)
            given = training.model(*inputs) if isinstance(inputs, tuple) else _call(training.model, inputs)
            losses.append(float(training.loss_fn(given, wanted)))
            outputs.append(given)
            targets.append(wanted)
    return sum(losses) / len(losses), _score(torch.cat(outputs), torch.cat(targets))


def _call(model: nn.Module, inputs: Any) -> Tensor:
    return model(**inputs) if isinstance(inputs, dict) else model(inputs)


def _score(outputs: Tensor, targets: Tensor) -> float:
    """Accuracy of classes or of yes and no; the share of variance explained for a regression."""
    if not torch.isfinite(outputs).all():
        return math.nan
    if outputs.ndim == 2 and targets.ndim == 1 and not targets.is_floating_point():
        return (
            float((outputs.argmax(1) == targets).float().mean()) if outputs.shape[1] > 1 else _yes_no(outputs[:, 0], targets)
        )
    if targets.ndim == 1 and outputs.ndim == 2:  # a second output says how sure the first is
        outputs = outputs[:, 0]
    outputs, targets = outputs.reshape(len(targets), -1), targets.reshape(len(targets), -1).float()
    if bool(((targets == 0) | (targets == 1)).all()):
        return _yes_no(outputs, targets)
    return float(1 - (outputs - targets).square().sum() / (targets - targets.mean(0)).square().sum())


def _yes_no(outputs: Tensor, targets: Tensor) -> float:
    middle = 0.5 if outputs.min() >= 0 and outputs.max() <= 1 else 0.0
    return float(((outputs > middle) == (targets > 0.5)).float().mean())


@contextmanager
def stand_in(model: nn.Module, **parts: Any) -> Iterator[Ending]:
    """Take what `watch` takes, and let the loop run."""
    loss_fn = parts.get("loss_fn") or no_loss
    ending = Ending(Training(model, loss_fn, parts["train"], parts.get("validation"), take=parts.get("take")))
    SCORES.clear()
    yield ending


def mended(program: Program) -> Any:
    """The program's function without its fault: its module compiled anew with the text of `MENDS` replaced."""
    module = inspect.getmodule(program.run)
    assert module is not None
    source, own = inspect.getsource(module), inspect.getsource(program.run)
    for old, new in MENDS[program.name]:
        where = own if own.count(old) == 1 else source
        if where.count(old) != 1:
            raise ValueError(f"{program.name}: {old!r} stands there {where.count(old)} times")
        changed = where.replace(old, new)
        source, own = source.replace(where, changed), changed if where is own else own
    names: dict[str, Any] = {"__name__": f"{module.__name__}_mended"}
    exec(compile(source.replace(_REGISTRY, _FRESH), str(module.__file__), "exec"), names)
    return names[program.run.__name__]


def report(program: Program, run: Any) -> str:
    """One line: how long it took, and loss and score of both splits."""
    watch: Watch = stand_in
    started = time.perf_counter()
    ending = run(watch)
    seconds = time.perf_counter() - started
    if not SCORES:  # Odd programs measure themselves.
        ending.measure()
    ends = "  ".join(f"{name} {loss:8.4f} {score:6.3f}" for name, (loss, score) in ending.lines.items())
    ends += "  ".join(f"{name} {score:6.3f}" for name, score in SCORES.items())
    return f"{program.name:44s} {program.fault or 'healthy':26s} {seconds:5.1f} s  {ends}"


def main() -> None:
    """Print a line a program; with `--mended` another for it without its fault."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--mended", action="store_true")
    settings = arguments.parse_args()
    torch.set_num_threads(1)
    chosen = [p for p in PROGRAMS if not settings.names or any(name in p.name for name in settings.names)]
    for program in chosen:
        print(report(program, program.run), flush=True)
        if settings.mended and program.name in MENDS:
            print(report(replace(program, name="   without it"), mended(program)), flush=True)
    print(len(chosen), "programs", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Run programs without any watching: what each reaches, beside the same program mended.

`python -m benchmarks.diagnosis.programs.check NAME ... [--mended] [--record FILE]`; names may be patterns (`mnist-*`).
`--evidence FILE` makes EVIDENCE.md of what was recorded.
"""

from __future__ import annotations

import argparse
import fnmatch
import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from benchmarks.diagnosis.program import Program, Programs
from benchmarks.diagnosis.programs import PROGRAMS
from benchmarks.diagnosis.programs.mends import MENDS
from trackside.lab.training import call, take_apart


@contextmanager
def stand_in(model: Any, **parts: Any) -> Iterator[SimpleNamespace]:
    """Takes what `trackside.lab.watch` takes, and watches nothing."""
    yield SimpleNamespace(model=model, **parts)


def mended(program: Program) -> Callable[[Any], Any]:
    """The program with its fault taken out, by replacing pieces of its text."""
    space = dict(vars(sys.modules[program.run.__module__]))
    space["PROGRAMS"] = Programs()
    source = inspect.getsource(program.run)
    for old, new in MENDS[program.name]:
        if old in source:
            source = source.replace(old, new)
        else:
            _mend_helper(space, old, new)
    exec(compile(source, f"<mended {program.name}>", "exec"), space)
    once: Program = next(iter(space["PROGRAMS"]))
    return once.run


def _mend_helper(space: dict[str, Any], old: str, new: str) -> None:
    """Replace a piece of a class or function that stands beside the program in its module."""
    name = space["__name__"]
    beside = [value for value in space.values() if inspect.isclass(value) or inspect.isfunction(value)]
    texts = [inspect.getsource(value) for value in beside if value.__module__ == name]
    holders = [text for text in texts if old in text]
    if len(holders) != 1:
        raise LookupError(f"{old!r} stands in {len(holders)} places")
    exec(compile(holders[0].replace(old, new), "<mended helper>", "exec"), space)


def measure(run: Any, loader: Any) -> tuple[float, float, str, int]:
    """Mean loss, score, what the score is, and the number of items, in evaluation mode."""
    run.model.eval()
    total, count, outputs, targets = 0.0, 0, [], []
    with torch.no_grad():
        for batch in loader:
            inputs, target = take_apart(batch)
            output = call(run.model, inputs)
            size = len(target) if isinstance(target, Tensor) else len(target[0])
            total += float(run.loss_fn(output, target)) * size
            count += size
            outputs.append(output)
            targets.append(target)
    value, name = score(outputs, targets)
    return total / max(count, 1), value, name, count


def score(outputs: list[Any], targets: list[Any]) -> tuple[float, str]:
    """Accuracy for classes, R² for numbers, nothing for the rest."""
    if not (outputs and isinstance(outputs[0], Tensor) and isinstance(targets[0], Tensor)):
        return float("nan"), "-"
    out, want = torch.cat(outputs), torch.cat(targets)
    if not want.is_floating_point() and out.ndim == want.ndim + 1:
        return (out.argmax(1 if out.ndim == 2 else -1) == want).float().mean().item(), "accuracy"
    if out.ndim == 2 and out.shape[1] == 2 and want.ndim == 1 and bool((want == 1).all()):
        return (out[:, 0] < out[:, 1]).float().mean().item(), "right order"
    if want.ndim == 2 and want.shape[1] > 2 and bool((want.sum(1) - 1).abs().max() < 1e-4):
        return (out.argmax(1) == want.argmax(1)).float().mean().item(), "agreement"
    if out.numel() != want.numel():
        return float("nan"), "-"
    out, want = out.reshape(-1).float(), want.reshape(-1).float()
    if bool(((want == 0) | (want == 1)).all()):
        threshold = 0.5 if bool(((out >= 0) & (out <= 1)).all()) else 0.0
        return ((out > threshold).float() == want).float().mean().item(), "accuracy"
    return 1 - float((out - want).square().mean() / want.var(correction=0)), "R²"


def reached(program: Program, mend: bool) -> dict[str, Any]:
    """What a program reaches: losses and scores of both splits, and the seconds it took."""
    started = time.perf_counter()
    run = (mended(program) if mend else program.run)(stand_in)
    seconds = time.perf_counter() - started
    train, train_score, _, _ = measure(run, run.train)
    loss, value, kind, count = measure(run, run.validation)
    return {
        "name": program.name, "mended": mend, "fault": program.fault, "seconds": round(seconds, 1), "train loss": train,
        "loss": loss, "train score": train_score, "score": value, "kind": kind, "items": count,
    }  # fmt: skip


def line(row: dict[str, Any]) -> str:
    """A row for people."""
    parts = [f"{row[key]:8.3f}" for key in ("train loss", "loss", "train score", "score")]
    kind = f"{row['kind']} ({row['items']})"
    return f"{row['name']:28s}{'mended' if row['mended'] else '':7s}{row['seconds']:5.1f} s {' '.join(parts)} {kind}"


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--mended", action="store_true", help="run each faulty program mended, too")
    parser.add_argument("--record", type=Path, help="add the results to this file, a JSON object a line")
    parser.add_argument("--evidence", type=Path, help="write EVIDENCE.md from this file")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for program in PROGRAMS:
        if any(fnmatch.fnmatch(program.name, pattern) for pattern in asked.names):
            for mend in (False, True) if asked.mended and program.fault else (False,):
                try:
                    row = reached(program, mend)
                except Exception as error:  # the next program may run
                    print(program.name, type(error).__name__, error, flush=True)
                    continue
                print(line(row), flush=True)
                if asked.record:
                    with asked.record.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(row) + "\n")
    if asked.evidence:
        from benchmarks.diagnosis.programs.evidence import write

        write(asked.evidence)
    return 0


if __name__ == "__main__":
    sys.exit(main())

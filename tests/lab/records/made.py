"""SYNTHETIC tables of runs, and runs written to a store."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from trackside.lab.records import Column, MlflowRecorder, RunsTable, Setting, Store, Summary


@functools.cache
def _empty() -> bytes:
    """MLflow's empty tables: making them takes seconds, a copy of the file none."""
    with tempfile.TemporaryDirectory() as folder:
        Store.at(folder).client()
        return (Path(folder) / "mlflow.db").read_bytes()


def empty_store(folder: Path) -> Path:
    """A folder with a store that has no runs yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mlflow.db").write_bytes(_empty())
    return folder


def kept(
    store: Path, name: str, settings: Mapping[str, Setting], curves: Mapping[str, Sequence[float]], **more: object
) -> str:
    """Write a run and give its id."""
    recorder = MlflowRecorder(store, **more)  # type: ignore[arg-type]
    recorder.start(name, settings)
    run = recorder.run_id
    for step in range(max((len(values) for values in curves.values()), default=0)):
        recorder.log(step, {key: values[step] for key, values in curves.items() if step < len(values)})
    recorder.finish("finished")
    return run


def table(count: int, seed: int = 0) -> RunsTable:
    """Runs with a number, a category, a constant and a gap, and two metrics of which some runs have none."""
    random = np.random.default_rng(seed)
    rate = 10 ** random.uniform(-5, -1, count)
    accuracy = 1 / (1 + np.abs(np.log10(rate) + 3)) + random.normal(0, 0.01, count)
    accuracy[::10] = np.nan
    kinds = random.choice(["sgd", "adamw"], count)
    settings = {
        "rate": Column.of([repr(value) for value in rate.tolist()]),
        "optimizer": Column.of(list(map(str, kinds))),
        "momentum": Column.of(["0.9" if kind == "sgd" else None for kind in kinds]),
        "seed": Column.of(["0"] * count),
    }
    metrics = {
        "validation/accuracy": Summary(accuracy, accuracy - 0.1, accuracy + 0.1),
        "validation/loss": Summary(1 - accuracy, 0.9 - accuracy, 1.1 - accuracy),
    }
    ids = tuple(f"{number:032x}" for number in range(count))
    names = tuple(f"run {number}" for number in range(count))
    return RunsTable("made", ids, names, ("finished",) * count, np.arange(count) * 1.0, np.ones(count), settings, metrics)

"""`trackside train`: a data set in, a model package out, with the result beside trivial baselines and published results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.screen import print_table
from trackside.core import InputError, OutputError

if TYPE_CHECKING:
    from trackside.core.report import Report
    from trackside.data.dataset import Dataset
    from trackside.lab.fitting import Fitted
    from trackside.lab.records import Recorder, Setting, Status
    from trackside.lab.tasks.preparing import Prepared

_STOPPED = 3


def train(
    data: Annotated[Path | None, typer.Argument(metavar="DATA", help="The data set: a folder or a file.")] = None,
    task: Annotated[str, typer.Option("--task", help="What to train for; --list shows all.")] = "image-classification",
    recipe: Annotated[str, typer.Option("--recipe", help="Settings by name; the first that suits, if not given.")] = "",
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="Passes over the data, instead of the recipe's.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A folder for the model package, the report and checkpoints.")
    ] = Path("trained"),
    validation: Annotated[
        str, typer.Option("--validation", help="The split to measure on, or a share to split off (0.2).")
    ] = "",
    image_size: Annotated[int | None, typer.Option("--image-size", min=8, help="Pixels of the square that is seen.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Items a step, instead of the recipe's.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all that is random.")] = 0,
    form: Annotated[str, typer.Option("--format", help="The data set's format, if it is not found out by looking.")] = "",
    no_preflight: Annotated[bool, typer.Option("--no-preflight", help="Train without asking first what is wrong.")] = False,
    store: Annotated[
        str, typer.Option("--store", help="Keep the run in this MLflow store: a folder, a SQLite file, an address.")
    ] = "",
    diagnose: Annotated[
        bool, typer.Option("--diagnose", help="Ask afterwards what is wrong; a failed run is asked anyway.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List tasks and recipes and stop.")] = False,
) -> None:
    """Train a model from a known-good recipe: pre-flight first, then the loop, then a package with its report."""
    if listed:
        _list()
        return
    if data is None:
        raise InputError("no data set is named", where="train", fix="give its folder or file, or --list for the recipes")
    ready = _prepared(data, form, out, task, recipe, validation, image_size, batch, seed)
    rounds = epochs or ready.recipe.epochs
    _tell(ready, rounds)
    if not no_preflight:
        _preflight(ready, rounds, seed, out)
    recorder = _recorder(store, ready.dataset, None if no_preflight else out / "preflight")
    fitted = _fitted(ready, rounds, seed, out, diagnose, recorder)
    report = _report(ready, fitted, rounds, seed)
    results = dict(_results(fitted))
    exported = ready.export(out / "model", name=_name(ready), measured=results)
    _save(report, out / "training")
    _keep(recorder, out / "training")
    report.show()
    typer.echo(f"\nmodel: {exported.folder}\nreport: {out / 'training.html'}")


def _list() -> None:
    from trackside.lab.recipes.recipe import RECIPES

    rows = [
        (one.task, one.name, one.backbone, one.mode, one.result) for one in sorted(RECIPES.values(), key=lambda r: r.task)
    ]
    print_table(("task", "recipe", "backbone", "mode", "result"), rows)


def _prepared(
    data: Path,
    form: str,
    out: Path,
    task: str,
    recipe: str,
    validation: str,
    image_size: int | None,
    batch: int | None,
    seed: int,
) -> Prepared:
    from trackside.lab.tasks.preparing import prepare

    dataset = _read(data, form, out)
    part = _part(validation)
    return prepare(dataset, task=task, recipe=recipe or None, seed=seed, validation=part, image_size=image_size, batch=batch)


def _read(data: Path, form: str, out: Path) -> Dataset:
    """The data set; packed pictures are unpacked beside the results."""
    from trackside.data.reading import read_dataset, recognise

    packed = form == "idx" or (not form and data.exists() and recognise(data).name == "idx")
    try:
        return read_dataset(data, form, unpack=out / "pictures" if packed else None)
    except OSError as error:
        raise OutputError(
            f"cannot be written ({error.strerror or error})", where=str(out), fix="name another folder"
        ) from None


def _part(validation: str) -> str | float | None:
    """A split's name or a share."""
    try:
        return float(validation) if validation else None
    except ValueError:
        return validation


def _tell(ready: Prepared, epochs: int) -> None:
    recipe = ready.recipe
    typer.echo(f"{ready.dataset}: {ready.counts[0]:,} to train on, {ready.counts[1]:,} to measure on ({ready.validation})")
    typer.echo(f"recipe {recipe.name}: {recipe.backbone}, {recipe.mode}, {epochs} epochs; {recipe.source}")
    for note in ready.notes:
        typer.secho(f"note: {note}", fg="yellow", err=True)


def _preflight(ready: Prepared, epochs: int, seed: int, out: Path) -> None:
    """Ask first; stop where training would be stopped or spoilt."""
    from trackside.lab.preflight import preflight

    metrics = ready.metrics
    found = preflight(ready.training, metrics=metrics, task=ready.task, expected=ready.expected, epochs=epochs, seed=seed)
    _save(found, out / "preflight")
    found.show(brief=True)
    if found.verdict.value == "fail":
        typer.secho("pre-flight failed: nothing was trained. Mend it, or give --no-preflight.", fg="red", err=True)
        raise typer.Exit(_STOPPED)


class _Preflight:
    """Keeps what pre-flight found with a run, as soon as that has begun.

    Args:
        recorder: of the run.
        report: as `_save` was given it.
    """

    def __init__(self, recorder: Recorder, report: Path) -> None:
        self._recorder, self._report = recorder, report

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """Keep it."""
        _keep(self._recorder, self._report)

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Nothing."""

    def file(self, path: Path, name: str) -> None:
        """Nothing."""

    def finish(self, status: Status) -> None:
        """Nothing."""


def _recorder(store: str, experiment: str, preflight: Path | None) -> Recorder | None:
    """Who keeps the run, if a store is named."""
    if not store:
        return None
    from trackside.lab.records import MlflowRecorder, Recorders

    kept = MlflowRecorder(store, experiment)
    return Recorders(kept, *([_Preflight(kept, preflight)] if preflight else []))


def _fitted(ready: Prepared, epochs: int, seed: int, out: Path, diagnose: bool, recorder: Recorder | None) -> Fitted:
    from trackside.lab import fit, watch

    one = ready.training
    watched = watch(
        one.model, optimizer=one.optimizer, loss_fn=one.loss_fn, train=one.train, validation=one.validation, take=one.take
    )
    with watched as run:
        fitted = fit(
            one,
            epochs=epochs,
            folder=out / "run",
            schedule=ready.schedule,
            metrics=ready.metrics,
            seed=seed,
            name=f"{ready.recipe.name}, seed {seed}",
            recorders=[recorder] if recorder else [],
        )
    if diagnose or fitted.failed:
        found = run.diagnose()
        _save(found, out / "diagnosis")
        _keep(recorder, out / "diagnosis")
        found.show(brief=True)
    for note in fitted.notes:
        typer.secho(f"note: {note}", fg="yellow", err=True)
    if fitted.failed:
        raise InputError(fitted.why, where=ready.dataset, fix="see the diagnosis above")
    return fitted


def _results(fitted: Fitted) -> Mapping[str, float]:
    """The metrics of the epoch whose weights are kept."""
    epochs = fitted.history.epochs
    return epochs[fitted.best.epoch - 1].metrics if fitted.best is not None else epochs[-1].metrics


def _report(ready: Prepared, fitted: Fitted, epochs: int, seed: int) -> Report:
    from trackside import __version__
    from trackside.lab.tasks.telling import training_report

    facts = {"epochs": str(epochs), "seed": str(seed), "seconds": f"{fitted.seconds:.1f}", "ended": fitted.why}
    facts["best epoch"] = str(fitted.best.epoch) if fitted.best is not None else "the last"
    return training_report(ready, _results(fitted), {**facts, "Trackside": __version__})


def _save(report: Report, path: Path) -> None:
    report.save(path.with_suffix(".html"))
    report.save(path.with_suffix(".json"))


def _keep(recorder: Recorder | None, path: Path) -> None:
    """Keep a saved report with the run: its page and its JSON."""
    if recorder is not None:
        for suffix in (".html", ".json"):
            recorder.file(path.with_suffix(suffix), f"reports/{path.name}{suffix}")


def _name(ready: Prepared) -> str:
    """A package's name from the data set's."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in ready.dataset).strip("-")
    return f"{plain or 'model'}-{ready.recipe.name}"

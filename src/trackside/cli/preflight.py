"""`trackside preflight`: what can be known about a training before it is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.core import InputError

if TYPE_CHECKING:
    from trackside.core import Report
    from trackside.lab.preflight.ladder import Progress


def preflight(
    path: Annotated[Path, typer.Argument(metavar="DATA", help="The data set: a folder or a file.")],
    task: Annotated[str, typer.Option("--task", help="What to train for.")] = "image-classification",
    recipe: Annotated[str, typer.Option("--recipe", help="The settings; the first that suits if not given.")] = "",
    form: Annotated[str, typer.Option("--format", help="The data set's format, if it is not found out by looking.")] = "",
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="The budget; what does not fit is said.")] = 60,
    epochs: Annotated[int, typer.Option("--epochs", min=0, help="Length of the run; 0 for the recipe's.")] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all that is random.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A file for the report: .html or .json.", dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what was measured where all is fine, too.")] = False,
) -> None:
    """Climb the pre-flight ladder: data, loss, gradients, one batch by heart, learning rate, baselines, time and memory.

    Ends with 1 if a rung fails.
    """
    if out is not None and out.suffix not in (".html", ".json"):
        raise InputError(f"{out.name} is no name for a report", where="--out", fix="end it in .html or .json")
    report = _climb(path, form, task, recipe, seconds, epochs, seed)
    if out is not None:
        report.save(out)
    if as_json:
        typer.echo(report.to_json())
    else:
        report.show(brief=not verbose)
        if out is not None:
            typer.echo(f"\nreport: {out}")
    if report.verdict.value == "fail":
        raise typer.Exit(1)


def _climb(path: Path, form: str, task: str, recipe: str, seconds: float, epochs: int, seed: int) -> Report:
    from trackside.data.reading import read_dataset
    from trackside.lab.preflight import preflight as climb
    from trackside.lab.tasks.preparing import prepare

    prepared = prepare(read_dataset(path, form), task=task, recipe=recipe or None, seed=seed)
    for note in prepared.notes:
        typer.secho(f"note: {note}", fg="yellow", err=True)
    with _bar() as progress:
        return climb(
            prepared.training,
            metrics=prepared.metrics,
            task=f"{path.name}, {prepared.task.name}, recipe {prepared.recipe.name}",
            expected=expected_of(prepared),
            epochs=epochs or prepared.recipe.epochs,
            seconds=seconds,
            seed=seed,
            progress=progress,
        )


def expected_of(prepared: Any) -> dict[str, Any] | None:
    """What the recipe's weights expect of pixels; None without pretrained weights, or where a head sees features."""
    recipe, scaling = prepared.recipe, prepared.facts.scaling
    if not (prepared.task.sees and recipe.transfers) or recipe.mode == "frozen":
        return None
    return {"mean": tuple(scaling.mean), "std": tuple(scaling.std), "range": (0.0, 255.0)}


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on stderr, a step a rung."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def told(rung: str, done: int, total: int) -> None:
            bars.update(task, description=rung, completed=done, total=total)

        yield told

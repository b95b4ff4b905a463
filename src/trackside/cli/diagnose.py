"""`trackside diagnose`: run somebody's training script under watch, as it is, and say why it does not learn."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import InputError

if TYPE_CHECKING:
    from trackside.lab.diagnosis.discover import Discovery
    from trackside.lab.diagnosis.watch import Watch


def diagnose(
    script: Annotated[Path, typer.Argument(help="A Python script that trains with PyTorch; nothing in it needs a change.")],
    arguments: Annotated[list[str] | None, typer.Argument(help="Its own arguments, after --.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the report here: .html or .json.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long experiments may take, about.")] = 45.0,
) -> None:
    """Run a training script under watch and find out why it does not learn.

    The model, the optimiser, the loss and the loaders are found while the script runs. Then copies of the model are trained
    again with one thing changed, and the causes are ranked. The exit code is 1 where something is wrong.
    """
    if not script.is_file():
        raise InputError("there is no such file", where=str(script), fix="give the path of a training script")
    from trackside.lab.diagnosis.discover import discover

    with discover() as found:
        _run(script, arguments or [])
    report = _watched(found, script).diagnose(seconds=seconds)
    report.show(brief=True)
    if output is not None:
        report.save(output)
    raise typer.Exit(0 if report.healthy else 1)


def _run(script: Path, arguments: list[str]) -> None:
    """Run a script as Python would; its exit does not end us, its error does not keep us from looking at what it did."""
    kept, path = sys.argv, list(sys.path)
    sys.argv, sys.path = [str(script), *arguments], [str(script.resolve().parent), *path]
    try:
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit as stopped:
        if stopped.code not in (None, 0):
            typer.secho(f"the script ended with {stopped.code}", fg="yellow", err=True)
    except Exception as error:
        typer.secho(f"the script broke: {type(error).__name__}: {error}", fg="yellow", err=True)
    finally:
        sys.argv, sys.path = kept, path


def _watched(found: Discovery, script: Path) -> Watch:
    if found.run is None:
        what = "the script called no backward() on what a torch.nn.Module gave"
        raise InputError(what, where=str(script), fix="diagnose a script that trains a PyTorch model")
    return found.run

"""Entry point of the `trackside` command: the table of commands, and how errors are shown.

Every command's work is imported when it runs, so that `trackside --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import trackside
from trackside.cli import (
    blocks,
    calibrate,
    capacity,
    data,
    demo,
    diagnose,
    errors,
    faces,
    models,
    pipelines,
    preflight,
    rules,
    run,
    runs,
    serve,
    tracks,
    train,
    watch,
)
from trackside.core.errors import Cancelled, TracksideError
from trackside.core.printing import printable

app = typer.Typer(
    name="trackside",
    help="Deep learning in practice: run pipelines on video, and trust what comes out.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("watch")(watch.watch)
app.command("capacity")(capacity.capacity)
app.command("train")(train.train)
app.command("preflight")(preflight.preflight)
app.command("diagnose")(diagnose.diagnose)
app.add_typer(pipelines.app, name="pipelines", help="The pipelines there are: list, show, check, new, schema.")
app.add_typer(blocks.app, name="blocks", help="The blocks that pipelines are made of: list, show.")
app.add_typer(models.app, name="models", help="Model packages: list, show, pull, add, check, quantise, free-batch.")
app.add_typer(tracks.app, name="tracks", help="Tracks: run, score.")
app.add_typer(rules.app, name="rules", help="Rules on labelled footage: score.")
app.add_typer(
    faces.app,
    name="faces",
    help="People who agreed to be recognised: key, calibrate, enrol, list, search, delete, ...",
)
app.add_typer(data.app, name="data", help="Data sets: check, look, convert, split, augment, synthesize, agree, queue, ...")
app.add_typer(
    errors.app, name="errors", help="A model's mistakes: draw, tag, suggest, ideas, slices, compare, export, import."
)
app.add_typer(runs.app, name="runs", help="Runs that were recorded: list, show, compare, plot.")
app.add_typer(
    calibrate.app, name="calibrate", help="A camera's lens from a waved board: run (videos, pictures), live, board."
)


_EXTRAS = {
    **dict.fromkeys(("torch", "torchvision", "timm", "accelerate", "mlflow", "tensorboard"), "train"),
    "wandb": "wandb",
    "onnx": "quantise",
    "ray": "ray",
    "sklearn": "data",
    "cryptography": "faces",
}
"""Which extra brings a module that a command may find absent."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trackside {trackside.__version__}")
        raise typer.Exit


@app.callback()
def common(
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; errors meant for users are one sentence on stderr."""
    debug = "--debug" in sys.argv[1:]
    sys.argv[1:] = (["--debug"] if debug else []) + [word for word in sys.argv[1:] if word != "--debug"]
    try:
        app()
    except TracksideError as error:
        if debug:
            raise
        typer.secho("\n".join(map(printable, f"error: {error}".split("\n"))), fg="red", err=True)
        sys.exit(130 if isinstance(error, Cancelled) else 1)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if debug or extra is None:
            raise
        typer.secho(f"error: this needs {error.name}; pip install 'trackside[{extra}]'", fg="red", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.secho("stopped", fg="yellow", err=True)
        sys.exit(130)
    except BrokenPipeError:  # The reader of our output (head, less) has left.
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()

"""`trackside models`: the zoo, the store, and packages of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from trackside.cli import models_quantise
from trackside.cli.screen import print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("quantise")(models_quantise.quantise)


@app.command("list")
def list_models() -> None:
    """List the models of the zoo and those added on this machine."""
    from trackside.models import ZOO, Store
    from trackside.models.reporting import megabytes

    installed = set(Store().names())
    rows = [
        (name, entry.task, megabytes(entry.bytes), entry.licence, "installed" if name in installed else "")
        for name, entry in ZOO.items()
        if not entry.is_sample
    ]
    for package in Store().packages():
        if package.card.name not in ZOO:
            size = megabytes(sum(file.bytes for file in package.card.files))
            rows.append((package.card.name, package.card.task, size, package.card.licence, "added here"))
    print_table(("model", "task", "size", "licence", "state"), rows)


@app.command("show")
def show_model(name: Annotated[str, typer.Argument(help="A model's name or a package folder.")]) -> None:
    """Print a model's card: what it does, how it wants its input, where it comes from, under which licence."""
    from trackside.models import ZOO, resolve
    from trackside.models.card import Card

    known = name in ZOO and not ZOO[name].is_sample and not is_installed(name)
    card: Card = ZOO[name].card if known else resolve(name).card
    typer.echo(json.dumps(card.model_dump(mode="json", exclude_defaults=True), indent=2))


@app.command("pull")
def pull_model(names: Annotated[list[str], typer.Argument(help="Models of the zoo.")]) -> None:
    """Bring models here: from the mirror that TRACKSIDE_MODEL_MIRROR names, else from where they are published."""
    for name in names:
        package = pull_with_bar(name)
        typer.echo(f"{name}: {package}")


@app.command("free-batch")
def free_batch_of_model(
    model: Annotated[str, typer.Argument(help="A model's name or a package folder, exported for one picture at a time.")],
    name: Annotated[str, typer.Option(help="Name of the new package; the model's with -batch if not given.")] = "",
) -> None:
    """Make a package that takes any number of pictures at a time, so that cameras share its calls; or say why it cannot."""
    from trackside.models.batching import free_batch

    made = free_batch(model, name)
    typer.echo(f"{made.card.name}: {made.folder}")


@app.command("add")
def add_model(
    path: Annotated[Path, typer.Argument(help="A package folder, or an .onnx or .tflite file.")],
    card: Annotated[Path | None, typer.Option(help="The card.json of a network file.")] = None,
) -> None:
    """Add a package of your own: it is checked, and installed under the name on its card.

    A network file needs a card that says how it wants its input and what it gives. `trackside models show yolox-nano`
    prints one to start from.
    """
    from trackside.models import add_package

    package = add_package(path, card)
    typer.echo(f"added {package.card.name}; use it in a pipeline as `model: {package.card.name}`")


@app.command("check")
def check_model(name: Annotated[str, typer.Argument(help="A model's name or a package folder.")]) -> None:
    """Check a model: its files' hashes, that it opens, that its inputs and outputs are as its card says."""
    from trackside.core import Verdict
    from trackside.models import check_package

    report = check_package(name)
    report.show()
    if report.verdict in (Verdict.FAIL, Verdict.ERROR):
        raise typer.Exit(1)


def is_installed(name: str) -> bool:
    """Whether a model is on this machine, by name or as a package folder."""
    from trackside.models import Store
    from trackside.models.card import CARD_FILE

    return name in Store() or (Path(name).expanduser() / CARD_FILE).is_file()


def pull_with_bar(name: str) -> Path:
    """Install a model of the zoo, showing name, size, licence and progress. Returns its folder."""
    from trackside.models import pull

    return pull(name).folder


def sample_with_bar(name: str) -> Path:
    """Bring sample footage, showing name, size, licence and progress."""
    from trackside.models import fetch_sample

    return fetch_sample(name)

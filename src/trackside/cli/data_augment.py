"""`trackside data augment`: what a recipe does to a data set, what it breaks, and augmented copies on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import SettingError
from trackside.data.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackside.core import RGB
    from trackside.data.augment import LabelWarning, Recipe
    from trackside.data.dataset import Dataset


def augment(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A data set: a folder or a label file.")],
    recipe: Annotated[Path, typer.Option("--recipe", "-r", help="YAML or JSON: a list of {use: NAME, chance: 0.5, ...}.")],
    sheet: Annotated[Path | None, typer.Option("--preview", help="A PNG to draw: one item and copies of it.")] = None,
    item: Annotated[
        str, typer.Option("--item", help="The name of the item to preview; the first readable one if empty.")
    ] = "",
    count: Annotated[int, typer.Option("--count", help="Copies in the preview.")] = 11,
    out: Annotated[Path | None, typer.Option("--write", help="A new folder for an augmented data set.")] = None,
    copies: Annotated[int, typer.Option("--copies", help="Copies of each training item that --write makes.")] = 1,
    to: Annotated[str, typer.Option("--to", help="The format that --write writes.")] = "coco",
    measure: Annotated[
        str,
        typer.Option("--measure", metavar="FEATURES", help="Ask a probe on features (plain, or a network)."),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same pictures.")] = 0,
    format: Annotated[str, typer.Option("--format", help="The data set's format, if looking does not tell.")] = "",
) -> None:
    """Try an augmentation recipe on a data set, and hear what it breaks."""
    from trackside.data.augment import read_recipe, warnings_of, write_copies
    from trackside.data.reading import read_dataset

    steps = read_recipe(recipe)
    if not len(steps):
        raise SettingError("the recipe has no steps", where=str(recipe), fix="write at least one, as - {use: flip}")
    dataset = read_dataset(path, format)
    warnings = list(warnings_of(dataset, steps, seed=seed))
    if measure:
        warnings += _measured(dataset, steps, measure, seed)
    for warning in warnings:
        typer.secho(f"warning: {warning}", fg="yellow", err=True)
    if not warnings:
        typer.echo(f"{counted(len(steps), 'steps')}: nothing that breaks labels was found")
    if sheet is not None:
        _draw(dataset, steps, item, count, seed, sheet)
    if out is not None:
        with typer.progressbar(length=_jobs(dataset, copies), label="writing", file=typer.get_text_stream("stderr")) as bar:
            made = write_copies(
                dataset, steps, out, copies=copies, seed=seed, format=to, progress=lambda _done, _all: bar.update(1)
            )
        for trouble in made.troubles[:5]:
            typer.secho(f"note: left out: {trouble}", fg="yellow", err=True)
        typer.echo(f"{out}: {counted(len(made), 'pictures')} augmented")


def _jobs(dataset: Dataset, copies: int) -> int:
    return copies * sum(name in ("", "train", "training") for name in dataset.items.splits)


def _measured(dataset: Dataset, recipe: Recipe, features: str, seed: int) -> tuple[LabelWarning, ...]:
    """What a probe on frozen features says."""
    from trackside.data.augment import label_risk

    return label_risk(dataset, recipe, _features(features), seed=seed).warnings(dataset.classes)


def _features(name: str) -> Callable[[Sequence[RGB]], NDArray[np.float32]]:
    from trackside.data.features.embedding import PLAIN, Embedder, embed_all, embedder
    from trackside.data.features.plain import describe

    network = None if name == PLAIN else embedder(name)
    look = network.embed if isinstance(network, Embedder) else describe
    return lambda pictures: embed_all(list(pictures), look)


def _draw(dataset: Dataset, recipe: Recipe, item: str, count: int, seed: int, sheet: Path) -> None:
    from trackside.core import InputError
    from trackside.core.files import atomic_open
    from trackside.data.augment import preview
    from trackside.data.evidence import contact_sheet

    if sheet.suffix.lower() != ".png":
        raise SettingError("a preview is written as .png", where=str(sheet), fix="name a file such as preview.png")
    for row in [dataset.row_of(item)] if item else range(len(dataset)):
        try:
            drawn = preview(dataset, recipe, row, count, seed)
        except InputError:
            if item:
                raise
            continue
        with atomic_open(sheet, "wb") as file:
            file.write(contact_sheet(drawn.pictures, drawn.captions, columns=6))
        typer.echo(f"{sheet}: {dataset.items.names[row]} and {counted(count, 'copies')}")
        return
    raise InputError("no picture of it can be read", where=str(dataset.root), fix="look at its files")

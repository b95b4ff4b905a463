"""`trackside data convert` and `trackside data show`: data sets of any format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from trackside.cli.screen import print_table
from trackside.core import SettingError
from trackside.data.wording import counted

if TYPE_CHECKING:
    from trackside.data.dataset import Dataset

Images = Literal["link", "copy", "none"]
_MOST_CLASSES, _MOST_TROUBLES = 30, 20

From = Annotated[str, typer.Option("--from", help="The format; found by looking if not given.")]
Pictures = Annotated[Path | None, typer.Option("--images", help="The folder of the pictures, if it is not found.")]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="ROLE=NAME", help="A table's column: path, label, split, x1, ... and its name."),
]


def convert(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A folder or a label file.")],
    target: Annotated[Path, typer.Argument(metavar="DST", help="A folder, or a file with the format's suffix.")],
    to: Annotated[str, typer.Option("--to", help="The format to write: coco, yolo, csv, parquet, cvat, ...")],
    format: From = "",
    images: Pictures = None,
    column: Column = None,
    pictures: Annotated[Images, typer.Option("--pictures", help="What becomes of the pictures.")] = "link",
    unpack: Annotated[Path | None, typer.Option("--unpack", help="A folder for pictures that are packed (MNIST).")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if the format cannot hold all of it.")] = False,
) -> None:
    """Convert a data set, and tell what the new format cannot hold."""
    from trackside.data.formats.format import FORMATS
    from trackside.data.formats.losing import losses_of
    from trackside.data.writing import check_apart, write_dataset

    chosen = FORMATS[to]
    for place in (source, images):
        if place is not None:
            check_apart(place, target)
    dataset = load(source, format, images, column, unpack)
    lost = list(losses_of(dataset, chosen)) if strict else []
    if lost:
        raise SettingError(f"{chosen.title} cannot hold {'; '.join(lost)}", where="--strict", fix="choose another format")
    losses = write_dataset(dataset, target, to, images=pictures)
    placed, absent = losses.pictures
    typer.echo(
        f"{target}: {counted(len(dataset), 'items')}, {counted(len(dataset.annotations), 'annotations')}, "
        f"{counted(placed, 'pictures')}, as {losses.format}"
    )
    if absent:
        typer.secho(f"note: not there: {counted(absent, 'pictures')}", fg="yellow", err=True)
    for one in (*losses.lost, *([losses.about_unread] if losses.unread else [])):
        typer.secho(f"lost: {one}", fg="yellow", err=True)
    _show_troubles(dataset)


def show(
    source: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or a label file.")],
    format: From = "",
    images: Pictures = None,
    column: Column = None,
    unpack: Annotated[Path | None, typer.Option("--unpack", help="A folder for pictures that are packed (MNIST).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what is in a data set: items, classes, splits, annotations, and what could not be read."""
    dataset = load(source, format, images, column, unpack)
    told = describe(dataset)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    from trackside.data.formats.format import FORMATS

    typer.echo(
        f"{FORMATS[dataset.format].title}: {counted(told['items'], 'items')}, "
        f"{counted(told['annotations'], 'annotations')}, in {dataset.root}"
    )
    for name in ("splits", "keypoints"):
        if told[name]:
            typer.echo(f"{name}: {_counted(told[name])}")
    if told["groups"]:
        typer.echo(f"groups: {told['groups']}")
    _show_classes(told["classes"])
    _show_troubles(dataset)


def load(
    path: Path, format: str = "", images: Path | None = None, column: Sequence[str] | None = None, unpack: Path | None = None
) -> Dataset:
    """Read a data set with the options of the command line.

    Raises:
        InputError: it cannot be read.
        SettingError: an option is malformed.
    """
    from trackside.data.reading import read_dataset

    columns = dict(_assignment(one) for one in column or ())
    return read_dataset(path, format, images=images, columns=columns or None, unpack=unpack)


def _assignment(text: str) -> tuple[str, str]:
    role, equals, name = text.partition("=")
    if not equals:
        raise SettingError(f"{text!r} names no column", where="--column", fix="write --column path=NAME")
    return role.strip(), name


def describe(dataset: Dataset) -> dict[str, Any]:
    """What is in a data set, in numbers, as JSON data."""
    import numpy as np

    items, kept, count = dataset.items, dataset.annotations, len(dataset.classes)
    labels = np.bincount(items.labels[items.labels >= 0], minlength=count).tolist()
    kinds = np.bincount(kept.classes[kept.classes >= 0], minlength=count).tolist()
    splits, sizes = np.unique(items.splits[items.splits != ""].astype(str), return_counts=True)
    return {
        "format": dataset.format,
        "root": str(dataset.root),
        "items": len(dataset),
        "unlabelled": int((items.labels < 0).sum()),
        "classes": [
            {"name": name, "items": label, "annotations": kind}
            for name, label, kind in zip(dataset.classes, labels, kinds, strict=True)
        ],
        "splits": dict(zip(splits.tolist(), sizes.tolist(), strict=True)),
        "groups": len(set(items.groups.tolist()) - {""}),
        "annotations": len(kept),
        "boxes": int(kept.has_box.sum()),
        "keypoints": list(dataset.keypoints),
        "troubles": [str(trouble) for trouble in dataset.troubles],
    }


def _counted(named: dict[str, int] | list[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in named.items()) if isinstance(named, dict) else ", ".join(named)


def _show_classes(classes: Sequence[dict[str, Any]]) -> None:
    from rich.markup import escape

    rows = [(escape(one["name"]), str(one["items"]), str(one["annotations"])) for one in classes[:_MOST_CLASSES]]
    if rows:
        print_table(("class", "items", "annotations"), rows)
    if len(classes) > _MOST_CLASSES:
        typer.echo(f"and {len(classes) - _MOST_CLASSES} more classes")


def _show_troubles(dataset: Dataset) -> None:
    for trouble in dataset.troubles[:_MOST_TROUBLES]:
        typer.secho(f"trouble: {trouble}", fg="yellow", err=True)
    if len(dataset.troubles) > _MOST_TROUBLES:
        typer.secho(f"and {len(dataset.troubles) - _MOST_TROUBLES} more troubles", fg="yellow", err=True)

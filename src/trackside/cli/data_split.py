"""`trackside data split`: parts and folds that nothing leaks between, frozen by hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.cli.screen import print_table
from trackside.core import InputError, SettingError

_WRITE = "write train=0.7,val=0.15,test=0.15"

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackside.data.dataset import Dataset
    from trackside.data.splits import Splits


def split(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The data set: a folder or a file.")],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", help="group, time or class; may be given several times. Groups and classes, where there are any."
        ),
    ] = None,
    shares: Annotated[str, typer.Option("--shares", help="Parts: train=0.7,val=0.15,test=0.15 (the default).")] = "",
    folds: Annotated[int | None, typer.Option("--folds", help="Instead of shares: every item is tested once.")] = None,
    nested: Annotated[int | None, typer.Option("--nested", help="Inner folds of each fold, for choosing settings.")] = None,
    gap: Annotated[float, typer.Option("--gap", help="With --by time: seconds left out between parts.")] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the order of equal groups.")] = 0,
    stable: Annotated[bool, typer.Option("--stable", help="By hash alone: other items never move an item.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")] = Path("splits.json"),
    joined: Annotated[
        bool, typer.Option("--join", help="Let new items join the split in --out; old ones stay where they are.")
    ] = False,
    checked: Annotated[bool, typer.Option("--check", help="Ask whether the split in --out keeps its promises.")] = False,
    pairs: Annotated[
        Path | None, typer.Option("--copies", help="CSV of copies, two columns of names: item, partner. They stay together.")
    ] = None,
    written: Annotated[
        Path | None,
        typer.Option("--write", metavar="OUT", help="Also write the data set with these splits (one round only)."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="The data set's format, if it is not found out by looking.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Split a data set. Groups, copies and files of equal content are never torn apart."""
    from trackside.data.reading import read_dataset
    from trackside.data.splits import Splits, check_split, content_hashes, join, make_splits
    from trackside.data.writing import check_apart

    wanted = _shares(shares) if shares else None
    if written is not None:
        check_apart(path, written)
    dataset = read_dataset(path, form)
    copies = None if pairs is None else _pairs(pairs, dataset)
    hashes = content_hashes(dataset)
    if checked:
        report = check_split(Splits.load(out), dataset, pairs=copies, hashes=hashes)
        typer.echo(report.to_json()) if as_json else report.show()
        raise typer.Exit(3 if report.verdict.value in ("fail", "error") else 0)
    if joined:
        splits = join(Splits.load(out), dataset, pairs=copies, hashes=hashes, dataset_version=_version(dataset, hashes))
    else:
        splits = make_splits(
            dataset,
            shares=wanted,
            by=by or None,
            folds=folds,
            nested=nested,
            gap=gap,
            seed=seed,
            stable=stable,
            pairs=copies,
            hashes=hashes,
            dataset_version=_version(dataset, hashes),
        )
    splits.save(out)
    _show(splits, dataset, out, as_json)
    if written is not None:
        _write(splits, dataset, written, form, hashes)


def _shares(text: str) -> dict[str, float]:
    """`train=0.7,test=0.3`, or in per cent, as a mapping. Raises SettingError."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name.strip() in shares:
            raise SettingError(f"{name.strip()!r} is there twice", where="--shares", fix="give every part one share")
        try:
            shares[name.strip()] = float(number)
        except ValueError:
            raise SettingError(f"{part!r} is no share", where="--shares", fix=_WRITE) from None
    total = sum(shares.values())
    # Thirds as 0.33 are meant to be all of it.
    if not any(abs(total / whole - 1) <= 0.02 for whole in (1, 100)):
        raise SettingError(f"the shares add up to {total:g}, not to 1 or 100", where="--shares", fix=_WRITE)
    return shares


def _version(dataset: Dataset, hashes: Sequence[str]) -> str:
    """The data set's version, from the hashes of its files; those of texts and names (`text:...`) are of no file."""
    from trackside.data.manifest import Manifest

    return Manifest.of(dataset, contents=["" if ":" in one else one for one in hashes]).version


def _pairs(path: Path, dataset: Dataset) -> NDArray[np.int64]:
    import numpy as np

    from trackside.data.queue.cells import read_table

    table = read_table(path, needs=("item", "partner"))
    rows = {str(name): row for row, name in enumerate(dataset.items.names)}
    absent = [name for name in (*table["item"], *table["partner"]) if name not in rows]
    if absent:
        raise InputError(f"the data set has no item {absent[0]!r}", where=str(path), fix="name items as the data set does")
    pairs = [(rows[a], rows[b]) for a, b in zip(table["item"], table["partner"], strict=True)]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _write(splits: Splits, dataset: Dataset, out: Path, form: str, hashes: list[str]) -> None:
    from trackside.data.writing import write_dataset

    if len(splits.rounds) != 1:
        raise InputError(f"a data set holds one round, not {len(splits.rounds)}", where=str(out), fix="split by shares")
    losses = write_dataset(splits.apply(dataset, hashes=hashes), out, form or dataset.format)
    if losses:
        typer.secho(f"note: {losses}", fg="yellow", err=True)


def _show(splits: Splits, dataset: Dataset, out: Path, as_json: bool) -> None:
    from rich.markup import escape

    from trackside.data.splits import achieved

    place = {name: row for row, name in enumerate(splits.names)}
    own = splits.table[:, [place[str(name)] for name in dataset.items.names]]
    counted = [achieved(part, dataset.items.labels, splits.parts, len(dataset.classes)) for part in own]
    if as_json:
        sizes = {name or "split": one.sizes.tolist() for name, one in zip(splits.rounds, counted, strict=True)}
        data: dict[str, Any] = {
            "file": str(out),
            "sha256": splits.digest,
            "parts": splits.parts,
            "sizes": sizes,
            "notes": splits.notes,
        }
        data["furthest_class_share_points"] = max((one.furthest for one in counted), default=0.0)
        typer.echo(json.dumps(data, indent=2))
        return
    rows = []
    for name, one in zip(splits.rounds, counted, strict=True):
        shown = [f"{size} ({share:.1%})" for size, share in zip(one.sizes, one.shares, strict=True)]
        rows.append((escape(name or "split"), *shown, f"{one.furthest:.1f}"))
    print_table(("", *map(escape, splits.parts), "class shares differ by at most, points"), rows)
    for note in splits.notes:
        typer.secho(f"note: {note}", fg="yellow", err=True)
    typer.echo(f"\nfrozen: {out} (sha256 {splits.digest[:12]}) of data set version {splits.dataset_version[:12]}")

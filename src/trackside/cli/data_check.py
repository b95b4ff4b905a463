"""`trackside data check`: the health of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.screen import print_table
from trackside.core import Cancelled, InputError
from trackside.data.wording import counted

if TYPE_CHECKING:
    from trackside.data.dataset import Dataset
    from trackside.data.health import Health
    from trackside.data.scan import Progress

_EXIT = {"never": (), "fail": ("fail",), "warn": ("fail", "warn")}


def check(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The data set: a folder or a file.")],
    form: Annotated[str, typer.Option("--format", help="Its format, if it is not found out by looking.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for health.html, health.json, suspects.csv.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Ask only this; may be given several times.")] = None,
    skip: Annotated[list[str] | None, typer.Option("--skip", help="Do not ask this; may be given several times.")] = None,
    features: Annotated[
        str,
        typer.Option(
            "--features",
            help="Network whose frozen features are used, or a .npy or .parquet file; `plain` needs none, `none` is none.",
        ),
    ] = "efficientnet-lite0",
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="CSV of your model's classes (item, prediction): its metric inflation."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all that is random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="Exit with 3 from this verdict on: never, warn, fail.")
    ] = "never",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what was measured where all is fine, too.")] = False,
    checks: Annotated[bool, typer.Option("--list", help="List the checks and stop.")] = False,
) -> None:
    """Ask a data set how healthy it is: duplicates, leakage, label errors, shortcuts, blur, balance and more.

    What somebody should look at goes into the relabel queue: `trackside data queue PATH`, or `trackside data look PATH`
    in the browser.
    """
    if checks:
        _list_checks()
        return
    if fail_on not in _EXIT:
        raise InputError(f"{fail_on!r} is no such choice", where="--fail-on", fix="give never, warn or fail")
    dataset = _read(path, form)
    health = _checked(dataset, path, only or (), skip or (), features, predictions, seed)
    page = _keep(health, dataset, path, out)
    if as_json:
        typer.echo(health.report.to_json())
    else:
        health.report.show(brief=not verbose)
        typer.echo(f"\nreport: {page}\nto look at: {len(health.suspects):,} (trackside data look {path})")
    if health.report.verdict.value in _EXIT[fail_on]:
        raise typer.Exit(3)


def look_up_features(name: str) -> str:
    """The network whose features are used, fetched if it is named and not here; `plain` where it cannot be had.

    Nothing is fetched silently: name, size and licence are shown.
    """
    from trackside.core import TracksideError
    from trackside.models import ZOO, TerminalReporter, pull, resolve

    if name in ("plain", "none") or name not in ZOO:
        return name
    try:
        resolve(name)
    except TracksideError:
        try:
            pull(name, reporter=TerminalReporter())
        except TracksideError as error:
            typer.secho(f"note: plain features are used, since {error}", fg="yellow", err=True)
            return "plain"
    return name


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar a stage on stderr. Gives the function that a check reports to."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def told(stage: str, done: int, total: int) -> None:
            bars.update(task, description=stage, completed=done, total=total)

        yield told


def _list_checks() -> None:
    from trackside.data.checking import CHECKS

    print_table(("check", "asks", "costs"), [(name, one.check.asks, one.check.costs) for name, one in CHECKS.items()])


def _read(path: Path, form: str) -> Dataset:
    from trackside.data.reading import read_dataset

    dataset = read_dataset(path, form)
    if not len(dataset):
        raise no_items(dataset, path)
    return dataset


def no_items(dataset: Dataset, path: Path) -> InputError:
    """What to say of a data set without items: the first trouble and how many there are, if any row was there."""
    if not dataset.troubles:
        return InputError("the data set has no items", where=str(path), fix="give a folder or file with at least one")
    count = counted(len(dataset.troubles), "troubles")
    what = f"the data set has no items that can be used: {count}, the first: {dataset.troubles[0]}"
    return InputError(what, where=str(path), fix=f"mend them; `trackside data show {path}` lists them")


def _checked(
    dataset: Dataset,
    path: Path,
    only: Sequence[str],
    skip: Sequence[str],
    features: str,
    predictions: Path | None,
    seed: int,
) -> Health:
    from trackside.data.health import check_dataset, choose_checks, needs_features
    from trackside.data.workbench import Workbench

    checks = choose_checks(only, skip)
    told = None if predictions is None else _predictions(predictions)
    network = look_up_features(features) if needs_features(checks) else features
    try:
        with progress_bar() as progress:
            return check_dataset(
                dataset,
                only=only,
                skip=skip,
                work=Workbench.of(path).scan_folder,
                features=network,
                predictions=told,
                seed=seed,
                progress=progress,
            )
    except KeyboardInterrupt:
        fix = "run the same command again: it goes on with the pictures where it stopped"
        raise Cancelled("stopped; what was found is kept", fix=fix) from None


def _predictions(path: Path) -> dict[str, str]:
    """Item to class, of a CSV file with the columns `item` and `prediction`."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read ({error})", where=str(path), fix="give a CSV file in UTF-8") from None
    if not rows or not {"item", "prediction"} <= set(rows[0]):
        raise InputError("has no columns `item` and `prediction`", where=str(path), fix="name them in the first line")
    return {row["item"]: row["prediction"] or "" for row in rows}


def _keep(health: Health, dataset: Dataset, path: Path, out: Path | None) -> Path:
    """Write the report and feed the queue. Gives the page's path."""
    from trackside.data.keeping import keep_health, write_suspects
    from trackside.data.workbench import Workbench

    bench = Workbench.of(path)
    keep_health(health, dataset, bench)
    if out is None:
        return bench.page_path
    health.report.save(out / "health.json")
    health.report.save(out / "health.html")
    write_suspects(health, out / "suspects.csv")
    return out / "health.html"

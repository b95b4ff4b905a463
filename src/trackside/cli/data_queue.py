"""`trackside data queue`: what the checks point to, in the terminal, as a spreadsheet, in Label Studio, and carried out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from trackside.cli.screen import print_table
from trackside.core import InputError, SettingError, nearest
from trackside.data.formats.there import is_file
from trackside.data.wording import counted

if TYPE_CHECKING:
    from trackside.data.dataset import Dataset
    from trackside.data.queue import Queue

_TARGETS = ("csv", "label-studio")


def queue(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The data set that was checked.")],
    listed: Annotated[bool, typer.Option("--list", help="Show the entries, worst first, instead of counts.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Entries to show.")] = 20,
    check: Annotated[str | None, typer.Option("--check", help="Only what this check names.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only label, image, box, keypoint or pair.")] = None,
    state: Annotated[str, typer.Option("--state", help="open, decided, skipped, gone or all.")] = "open",
    export: Annotated[Path | None, typer.Option("--export", metavar="FILE", help="Write entries and decisions.")] = None,
    to: Annotated[str, typer.Option("--to", help="For --export: csv or label-studio.")] = "csv",
    address: Annotated[
        str, typer.Option("--address", help="What Label Studio puts before an item's name to find its picture.")
    ] = "/data/local-files/?d=",
    imported: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Take decisions from Label Studio's JSON export.")
    ] = None,
    applied: Annotated[
        Path | None, typer.Option("--apply", metavar="OUT", help="Write the corrected data set there.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="The data set's format, if it is not found out by looking.")] = "",
    book: Annotated[Path | None, typer.Option("--queue", help="Another queue file than the data set's own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The relabel queue of a data set: counts, entries, ways out and back.

    `trackside data check PATH` fills it; `trackside data look PATH` works through it in the browser.
    """
    from trackside.data.queue import Queue
    from trackside.data.workbench import Workbench
    from trackside.data.writing import check_apart

    if sum(wish is not None for wish in (export, imported, applied)) > 1:
        raise InputError("--export, --import and --apply exclude each other", fix="run one after the other")
    found = Queue(book or Workbench.of(path).queue_path)
    if not is_file(found.path):
        raise InputError("has no relabel queue yet", where=str(path), fix=f"run `trackside data check {path}` first")
    _check_choices(found, check, kind, state)
    if export is not None:
        _export(found, path, form, export, to, address, state if state != "open" or to != "csv" else "all")
    elif imported is not None:
        _import(found, _dataset(path, form), imported)
    elif applied is not None:
        check_apart(path, applied)
        _apply(found, _dataset(path, form), applied, form)
    elif listed:
        _list(found, limit, check, kind, state, as_json)
    else:
        _count(found, as_json)


def _check_choices(queue: Queue, check: str | None, kind: str | None, state: str) -> None:
    """Refuse what could only ever name nothing."""
    from trackside.data.checking import CHECKS
    from trackside.data.queue.entries import STATES
    from trackside.data.suspects import Kind

    for option, given, known in (("--kind", kind, get_args(Kind)), ("--state", state, (*STATES, "all"))):
        if given is not None and given not in known:
            raise SettingError(f"{given!r} is no such choice", where=option, fix=f"give one of {', '.join(known)}")
    named = queue.counts().checks if check is not None else {}
    if check is not None and check not in named and check not in CHECKS:
        raise SettingError(f"there is no check {check!r}", where="--check", fix=nearest(check, named or CHECKS))


def _dataset(path: Path, form: str) -> Dataset:
    from trackside.data.reading import read_dataset

    return read_dataset(path, form)


def _export(queue: Queue, path: Path, form: str, file: Path, to: str, address: str, state: str) -> None:
    from trackside.data.queue import export_csv, export_tasks

    if to not in _TARGETS:
        raise InputError(f"cannot export to {to!r}", fix=f"choose one of {', '.join(_TARGETS)}")
    if to == "csv":
        typer.echo(f"{counted(export_csv(queue, file, state=state), 'entries')}: {file}")
        return
    count = export_tasks(queue, _dataset(path, form), file, address=address, state=state)
    typer.echo(f"{counted(count, 'tasks')}: {file}\nlabelling interface: {file.with_suffix('.config.xml')}")


def _import(queue: Queue, dataset: Dataset, file: Path) -> None:
    from trackside.data.queue import import_tasks

    taken = import_tasks(queue, dataset, file)
    for trouble in taken.troubles[:10]:
        typer.secho(f"note: {trouble}", fg="yellow", err=True)
    typer.echo(f"{counted(taken.new, 'decisions')} taken, {taken.known} known already; not used: {len(taken.troubles):,}")


def _apply(queue: Queue, dataset: Dataset, out: Path, form: str) -> None:
    from trackside.data.queue import apply_decisions, decisions_of
    from trackside.data.writing import write_dataset

    done = apply_decisions(dataset, decisions_of(queue))
    losses = write_dataset(done.dataset, out, form or dataset.format)
    said = f"{done.relabelled} relabelled, {done.removed} removed, {done.edited} redrawn"
    typer.echo(f"{said}; {counted(len(done.dataset), 'items')}: {out}")
    if done.absent:
        typer.secho(f"note: about items that are gone: {counted(len(done.absent), 'decisions')}", fg="yellow", err=True)
    if losses:
        typer.secho(f"note: {losses}", fg="yellow", err=True)


def _list(queue: Queue, limit: int, check: str | None, kind: str | None, state: str, as_json: bool) -> None:
    from rich.markup import escape

    page = queue.next(limit=limit, check=check, kind=kind, state=state)
    if as_json:
        typer.echo(json.dumps(page.to_json(), indent=2))
        return
    rows = []
    for row in range(len(page)):
        reasons = "; ".join(f"{suspect.check}: {suspect.reason}" for suspect in page.suspects[row])
        suggestion = next((suspect.suggestion for suspect in page.suspects[row] if suspect.suggestion), "")
        texts = (page.items[row], page.labels[row], suggestion, reasons)
        rows.append((str(page.ids[row]), f"{page.ranks[row]:.2f}", *(escape(text) for text in texts)))
    print_table(("id", "rank", "item", "label", "suggested", "why"), rows)


def _count(queue: Queue, as_json: bool) -> None:
    from rich.markup import escape

    counts, people = queue.counts(), queue.workers()
    if as_json:
        data: dict[str, Any] = {**asdict(counts), "workers": [_plain(asdict(worker)) for worker in people]}
        typer.echo(json.dumps(data, indent=2))
        return
    rows = [(escape(name), *(str(part[state]) for state in counts.states)) for name, part in counts.checks.items()]
    print_table(("check", *counts.states), [*rows, ("all", *map(str, counts.states.values()))])
    if people:
        typer.echo("")
        speeds = ["-" if worker.per_hour != worker.per_hour else f"{worker.per_hour:,.0f}" for worker in people]
        named = zip(people, speeds, strict=True)
        print_table(
            ("who", "decided", "images an hour"), [(escape(one.name), str(one.decided), rate) for one, rate in named]
        )


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in data.items()}

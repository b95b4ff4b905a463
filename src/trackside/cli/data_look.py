"""`trackside data look`: a data set in the browser, in the application that opens for it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import InputError
from trackside.data.formats.there import is_folder, is_there

if TYPE_CHECKING:
    from trackside.server.settings import ServerSettings


# Folders of label files, beside those of the pictures.
_LABELS = ("annotations", "labels")


def look(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The data set: a folder or a file.")],
    form: Annotated[str, typer.Option("--format", help="Its format, if it is not found out by looking.")] = "",
    data: Annotated[Path | None, typer.Option(help="Folder of the application's data.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 8765 if it is free, 0 for any that is.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page where there is a display.")] = True,
) -> None:
    """Look at a data set in the browser: its pictures, its health, the relabel queue.

    The queue, the report and tagged mistakes are the same that `trackside data check` and `trackside data queue` work on.
    The data set itself is never changed. Ctrl-C ends it; what was decided stays.
    """
    from trackside.cli.demo_app import application
    from trackside.cli.screen import open_in_browser
    from trackside.cli.serve import check_installed, read_settings

    check_installed()
    whole = path.expanduser().resolve()
    if not is_there(whole):
        raise InputError("there is no such file or folder", where=str(path), fix="give the data set's folder or label file")
    given = {"data": data, "port": port, "data_sets": (_place(whole),)}
    settings = read_settings(None, {name: value for name, value in given.items() if value is not None})
    with application(settings) as address:
        page = f"{address}/datasets/{_dataset(address, settings, whole, form)}"
        if open_page:
            open_in_browser(page)
        stay_open(page)


def _place(path: Path) -> Path:
    """The folder that the application may look into: the data set's own; of a file of labels the one with the pictures."""
    if is_folder(path):
        return path
    return path.parent.parent if path.parent.name.lower() in _LABELS else path.parent


def stay_open(page: str) -> None:
    """Wait until Ctrl-C; without a terminal only as long as standard input is open."""
    typer.echo(f"the data set is at {page} (Ctrl-C ends it)", err=True)
    try:
        if sys.stdin is None or sys.stdin.isatty():
            threading.Event().wait()
        else:
            sys.stdin.read()
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)


def _dataset(address: str, settings: ServerSettings, path: Path, form: str) -> str:
    """The id of the data set at a path: as the application knows it, or taken in and checked now."""
    from trackside.client.connection import Connection
    from trackside.server.database import Database
    from trackside.server.datasets.control import dataset_at

    database = Database(settings.database_url)
    known = dataset_at(database, path)
    database.close()
    server = Connection(address, None)
    try:
        if known is None:
            [place] = server.ask("GET", "/api/datasets/places")
            body = {"place": place["place"], "folder": _below(path), "format": form}
            return str(server.ask("POST", "/api/datasets", json=body)["id"])
        if known.state == "failed":
            server.ask("POST", f"/api/datasets/{known.id}/check", json={})
        return known.id
    finally:
        server.close()


def _below(path: Path) -> str:
    """The path as its place names it; an empty text for the place itself."""
    place = _place(path)
    return "" if path == place else path.relative_to(place).as_posix()

"""`trackside serve`: the web application, for this machine or, with accounts, for a team."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.core import InputError, SettingError

if TYPE_CHECKING:
    from trackside.server.context import Site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

_NEEDED = (
    "alembic",
    "argon2",
    "fastapi",
    "filelock",
    "fsspec",
    "joserfc",
    "multipart",
    "paho",
    "prometheus_client",
    "segno",
    "sqlalchemy",
    "uvicorn",
)
_DEFAULT_PORT = 8765


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; any but loopback needs --accounts.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 8765 if it is free, 0 for any that is.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for the database, videos and results.")] = None,
    database: Annotated[str | None, typer.Option(help="postgresql://user@host/name instead of SQLite.")] = None,
    files: Annotated[str | None, typer.Option(help="Where videos and results lie, such as s3://bucket/prefix.")] = None,
    experiments: Annotated[
        str | None, typer.Option(help="The experiment records to show: what `trackside train --store` was given.")
    ] = None,
    accounts: Annotated[bool | None, typer.Option("--accounts/--no-accounts", help="People sign in.")] = None,
    data_sets: Annotated[
        list[Path] | None,
        typer.Option(help="Folder below which people may choose data sets; may be given several times."),
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="A YAML file with these and all other settings.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Serve the web application: draw pipelines, upload video, run, look, download. Ctrl-C stops it."""
    check_installed()
    given = {"host": host, "port": port, "data": data, "database": database, "files": files, "accounts": accounts}
    given |= {"experiments": experiments}
    chosen = read_settings(
        settings, {name: value for name, value in given.items() if value is not None} | _places(data_sets)
    )
    serve_site(chosen, fixed_port=port is not None, open_page=open_page)


def _places(folders: list[Path] | None) -> dict[str, Any]:
    """Folders of data sets as a setting; none leaves those of the settings file.

    Raises:
        InputError: one of them is not there.
    """
    for folder in folders or ():
        if not folder.exists():
            raise InputError("there is no such folder", where=str(folder), fix="check --data-sets")
    return {"data_sets": tuple(folder.resolve() for folder in folders)} if folders else {}


def check_installed() -> None:
    """Raises InputError if what a server needs is not installed."""
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        raise InputError(f"{', '.join(absent)} not installed", fix="run pip install 'trackside[serve]'")


def read_settings(path: Path | None, given: dict[str, Any]) -> ServerSettings:
    """The settings of a file, with those of the command line over them.

    Raises:
        InputError: the file cannot be read.
        SettingError: a setting is unknown or out of range.
    """
    import yaml
    from pydantic import ValidationError

    from trackside.pipelines.block import plain_words
    from trackside.server.settings import ServerSettings

    try:
        written = yaml.safe_load(path.read_text("utf-8")) or {} if path else {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"cannot be read ({reason})", where=str(path), fix="give a YAML file of settings") from None
    if not isinstance(written, dict):
        raise InputError("is no mapping of settings", where=str(path), fix="write lines such as `port: 8765`")
    try:
        return ServerSettings(**{**written, **given}).checked()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingError(plain_words(first), where=place, fix="see docs/server.md") from None


def serve_site(settings: ServerSettings, *, fixed_port: bool = False, open_page: bool = True) -> None:
    """Serve until Ctrl-C.

    Args:
        settings: of the server.
        fixed_port: whether another port will not do.
        open_page: show it in the browser.
    """
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.locking import alone

    with alone(settings.data):
        server = listen(settings, fixed_port=fixed_port)
        site = open_site(settings)
        try:
            app = create_app(site)
            _tell(server, site)
            if open_page:
                typer.launch(server.address)
            server.serve(app, lambda: False, site.services["events"].stop)
        finally:
            site.database.close()


def listen(settings: ServerSettings, *, fixed_port: bool) -> LocalServer:
    """Take the address of the settings; another port if the usual one is taken and `fixed_port` does not forbid it."""
    from trackside.server.local import LocalServer

    try:
        return LocalServer(settings.port, settings.host, lifespan="on")
    except InputError:
        if fixed_port or settings.port != _DEFAULT_PORT:
            raise
        return LocalServer(0, settings.host, lifespan="on")


def _tell(server: LocalServer, site: Site) -> None:
    typer.echo(f"Trackside is at {server.address} (Ctrl-C stops it)", err=True)
    typer.echo(f"its data lies in {site.settings.data}", err=True)
    if site.settings.accounts:
        from trackside.server.access.first import setup_code

        code = setup_code(site)
        if code:
            typer.echo(f"nobody has an account yet: the first administrator signs up with the code {code}", err=True)

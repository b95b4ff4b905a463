"""What every endpoint may need: the settings, the database, the files, the models."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from trackside.models import Store
from trackside.server.database import Database
from trackside.server.files import Files
from trackside.server.settings import ServerSettings
from trackside.server.turns import Turns


@dataclass(frozen=True)
class Site:
    """One server's belongings.

    Attributes:
        settings: what it was told at its start.
        database: its tables.
        files: videos and results.
        store: models of this machine.
        secret: signs addresses that hold for a while; another one after each start.
        heavy: turns at work that takes cores and memory.
        services: long-lived helpers by name (the supervisor of workers, the previews, ...), started with the application.
    """

    settings: ServerSettings
    database: Database
    files: Files
    store: Store
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    heavy: Turns = field(default_factory=Turns)
    services: dict[str, Any] = field(default_factory=dict)


def open_site(settings: ServerSettings, *, store: Store | None = None) -> Site:
    """Open what the settings name; the database is brought up to date.

    Raises:
        TracksideError: the database or the files cannot be used.
    """
    database = Database(settings.checked().database_url)
    database.upgrade()
    return Site(settings, database, Files(settings.files or str(settings.data / "files"), settings.data), store or Store())


def site_of(request: Request) -> Site:
    """The site of a request."""
    found: Site = request.app.state.site
    return found


SiteHere = Annotated[Site, Depends(site_of)]

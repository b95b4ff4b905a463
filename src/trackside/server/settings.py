"""What a server is told when it starts: where its data lies, who may reach it, how much it may take."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from trackside.core import SettingError
from trackside.models.store import HOME
from trackside.server.guard import LOOPBACK
from trackside.server.shapes import Role

GIB = 2**30
Bytes = Annotated[int, Field(gt=0)]


def default_data() -> Path:
    """`server` in `TRACKSIDE_HOME`, else in the platform's folder for a program's data."""
    if os.environ.get(HOME):
        return Path(os.environ[HOME]).expanduser() / "server"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "trackside" / "server"


class OidcSettings(BaseModel):
    """An OpenID Connect provider that may sign people in (authorization code flow with PKCE)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    client_secret: str
    name: str = "your organisation"
    new_people: Role = "viewer"


class ServerSettings(BaseModel):
    """How one server runs.

    Attributes:
        data: folder of the database, incoming uploads, live pictures and, unless `files` says otherwise, all files.
        database: SQLAlchemy address; SQLite in `data` if empty.
        files: fsspec address of videos and results, such as `s3://bucket/prefix`; a folder in `data` if empty.
        experiments: the store of experiment records that is shown: a folder, a SQLite file or a database's address, as
            `trackside train --store` takes it; the folder `experiments` in `data` if empty.
        host: address to listen on; any other than loopback demands accounts.
        port: to listen on, 0 for any that is free.
        hosts: names under which the server may be addressed, besides loopback and `host`.
        accounts: whether people sign in.
        oidc: a provider that may sign them in.
        quota: bytes that all videos, results and uploaded data sets may take together.
        most_upload: bytes of one upload.
        most_uploads: unfinished uploads at a time.
        cpu_slots: videos worked on at the same time.
        gpu_slots: the same, for runs that ask for the GPU.
        address: of this server as other programs reach it, such as `https://trackside.example.org`: messages of alarms link
            to it, and to nothing if it is empty.
        most_alarms: that are kept; the oldest go.
        most_waiting_alarms: that may wait on the disk while the database is away.
        data_sets: folders below which people may choose data sets. Nothing else of this machine can be reached.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=default_data)
    database: str = ""
    files: str = ""
    experiments: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    hosts: tuple[str, ...] = ()
    accounts: bool = False
    oidc: OidcSettings | None = None
    quota: Bytes = 200 * GIB
    most_upload: Bytes = 50 * GIB
    most_uploads: Annotated[int, Field(gt=0)] = 500
    cpu_slots: Annotated[int, Field(ge=0, le=256)] = 1
    gpu_slots: Annotated[int, Field(ge=0, le=64)] = 0
    address: Annotated[str, Field(max_length=500, pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$")] = ""
    most_alarms: Annotated[int, Field(gt=0)] = 100_000
    most_waiting_alarms: Annotated[int, Field(gt=0)] = 10_000
    data_sets: tuple[Path, ...] = ()

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in (*LOOPBACK, "::1")

    @property
    def names(self) -> tuple[str, ...]:
        """All names under which it may be addressed, as a `Host` header has them."""
        return (*LOOPBACK, self.host, *self.hosts)

    @property
    def database_url(self) -> str:
        """The database's address, with the default filled in."""
        return self.database or f"sqlite:///{self.data / 'trackside.db'}"

    @property
    def experiments_place(self) -> str:
        """Where experiment records are kept, with the default filled in."""
        return self.experiments or str(self.data / "experiments")

    def checked(self) -> ServerSettings:
        """The same settings.

        Raises:
            SettingError: an address that others can reach, without accounts.
        """
        if not self.on_loopback and not self.accounts:
            raise SettingError(f"{self.host} can be reached by others", where="--host", fix="add --accounts")
        return self

"""Videos and runs on a server, as Python sees them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from trackside.client.connection import Connection, ServerError
from trackside.core import InputError
from trackside.core.files import atomic_open

# Seconds between two questions how far a run is.
_POLL = 0.5
_ENDED = ("done", "failed", "cancelled")


@dataclass
class RemoteVideo:
    """A video on a server.

    Attributes:
        facts: what the server tells: id, name, state, seconds, width, height, fps, codec, ...
    """

    facts: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.facts["id"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.facts["name"])


@dataclass
class RemoteRun:
    """A run on a server.

    Attributes:
        facts: what the server told last: id, name, state, fraction, items (one a video), ...
    """

    _connection: Connection = field(repr=False)
    facts: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.facts["id"])

    @property
    def state(self) -> str:
        """queued, running, done, failed or cancelled; as of the last `refresh`."""
        return str(self.facts["state"])

    @property
    def address(self) -> str:
        """Its page."""
        return f"{self._connection.address}/runs/{self.id}"

    def refresh(self) -> RemoteRun:
        """Ask the server again."""
        self.facts = self._connection.ask("GET", f"/api/runs/{self.id}")
        return self

    def wait(self, progress: Callable[[float], None] | None = None, *, timeout: float | None = None) -> RemoteRun:
        """Wait until it has ended.

        Args:
            progress: called with 0 to 1 now and then.
            timeout: seconds after which to give up; None waits for ever.

        Raises:
            ServerError: a video failed (what the others made can be downloaded), it was cancelled, or time is up.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self.refresh().state not in _ENDED:
            if progress is not None:
                progress(float(self.facts["fraction"]))
            if until is not None and time.monotonic() > until:
                raise ServerError(f"not ended after {timeout:g} s", where=self.address, fix="wait longer")
            time.sleep(_POLL)
        if self.state != "done":
            raise ServerError(self._why(), where=self.address, fix="mend that and call retry()")
        return self

    def cancel(self) -> RemoteRun:
        """Stop it; finished videos keep their results."""
        self.facts = self._connection.ask("POST", f"/api/runs/{self.id}/cancel")
        return self

    def retry(self) -> RemoteRun:
        """Do failed and cancelled videos again."""
        self.facts = self._connection.ask("POST", f"/api/runs/{self.id}/retry")
        return self

    def files(self) -> list[dict[str, Any]]:
        """What can be downloaded: name, bytes, kind, address, and the video it belongs to."""
        found = []
        for item in self.facts["items"]:
            if item["state"] == "done":
                result = self._connection.ask("GET", f"/api/results/{item['id']}")
                found += [{**file, "video": item["video_name"], "result": item["id"]} for file in result["files"]]
        return found

    def download(self, folder: str | Path = "trackside-results") -> list[Path]:
        """Download all results, a folder for each video.

        Args:
            folder: made if absent; files of the same name are replaced.

        Returns:
            The files, in the order of the videos.
        """
        paths: list[Path] = []
        taken: dict[str, str] = {}
        for file in self.files():
            place = Path(folder) / _folder_of(file, taken) / _plain(file["name"])
            with self._connection.stream(file["address"]) as chunks, atomic_open(place, "wb") as target:
                for chunk in chunks:
                    target.write(chunk)
            paths.append(place)
        return paths

    def _why(self) -> str:
        for item in self.facts["items"]:
            for problem in item["problems"]:
                return f"{item['video_name']}: {problem['what']}"
        return f"the run is {self.state}"


def _folder_of(file: dict[str, Any], taken: dict[str, str]) -> str:
    """The video's name without suffix; with a number where two videos share it."""
    stem = _plain(PurePosixPath(file["video"].replace("/", "_")).stem)
    name, number = stem, 2
    while taken.setdefault(name, file["result"]) != file["result"]:
        name, number = f"{stem}-{number}", number + 1
    return name


def _plain(name: str) -> str:
    """A server's file name; one that would leave the folder is refused."""
    if name in ("", ".", "..") or "/" in name or "\\" in name or "\x00" in name:
        raise InputError(f"the server sent a file name that cannot be used, {name!r}", fix="update the server")
    return name

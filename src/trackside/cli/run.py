"""`trackside run`: a pipeline over files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.options import parse_settings

if TYPE_CHECKING:
    from trackside.pipelines.graph import Pipeline


def run(
    pipeline: Annotated[str, typer.Argument(help="A template's name or a pipeline file.")],
    inputs: Annotated[list[Path], typer.Argument(help="Videos, images, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The results folder.")] = Path("trackside-results"),
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="Change a setting: block.setting=value. May be repeated.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do files again that are already finished.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Inference threads; one a core if not given.")] = None,
    side_by_side: Annotated[int | None, typer.Option(min=1, help="Files at once; one a core if not given.")] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Most frames in one inference call; derived if not given.")
    ] = None,
    device: Annotated[
        str,
        typer.Option(help="cpu, cuda, tensorrt, coreml or openvino, with a precision where there is one: tensorrt:fp16."),
    ] = "",
) -> None:
    """Run a pipeline over videos or images: annotated video, tables and a summary for each.

    Files that an earlier run has finished are not done again, so a run that was stopped goes on where it was.
    """
    from trackside.cli.screen import progress_bars, show_result
    from trackside.models.runtimes.opening import DEVICE
    from trackside.pipelines.catalogue import find_pipeline
    from trackside.pipelines.compiler import compile_pipeline
    from trackside.pipelines.inputs import expand_inputs
    from trackside.pipelines.runs import RunOptions, run_files

    if device:
        os.environ[DEVICE] = device
    graph = find_pipeline(pipeline).with_settings(parse_settings(settings or []))
    compile_pipeline(graph)
    expand_inputs(inputs)  # What is missing is told before megabytes are fetched.
    fetch_models(graph)
    with progress_bars() as listener:
        options = RunOptions(workers=workers, files_at_once=side_by_side, batch=batch, fresh=fresh, listener=listener)
        result = run_files(graph, inputs, out, options)
    show_result(result)
    if not result.ok:
        raise typer.Exit(1)


def fetch_models(graph: Pipeline) -> None:
    """Bring the models of a pipeline that are not installed, showing name, size, licence and progress."""
    from trackside.cli.models import is_installed, pull_with_bar
    from trackside.pipelines.compiler import compile_pipeline

    for name in compile_pipeline(graph).models:
        if not is_installed(name):
            pull_with_bar(name)

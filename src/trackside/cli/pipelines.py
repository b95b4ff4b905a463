"""`trackside pipelines`: templates and pipeline files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from trackside.cli.screen import print_table
from trackside.core import OutputError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_pipelines() -> None:
    """List the templates."""
    from trackside.pipelines.catalogue import find_pipeline, template_names

    print_table(("template", "what it does"), [(name, find_pipeline(name).about) for name in template_names()])


@app.command("show")
def show_pipeline(name: Annotated[str, typer.Argument(help="A template's name or a pipeline file.")]) -> None:
    """Print a pipeline as a file."""
    from trackside.pipelines.catalogue import find_pipeline

    typer.echo(find_pipeline(name).to_yaml(), nl=False)


@app.command("check")
def check_pipeline(name: Annotated[str, typer.Argument(help="A template's name or a pipeline file.")]) -> None:
    """Check a pipeline without running it: every mistake at once, and which models it needs."""
    from trackside.cli.models import is_installed
    from trackside.pipelines.catalogue import find_pipeline
    from trackside.pipelines.compiler import compile_pipeline
    from trackside.pipelines.migration import migrate

    plan = compile_pipeline(find_pipeline(name))
    typer.echo(f"{plan.pipeline.pipeline}: {len(plan.nodes)} blocks, nothing wrong")
    for model in plan.models:
        state = "installed" if is_installed(model) else f"not installed: trackside models pull {model}"
        typer.echo(f"  model {model}: {state}")
    for note in migrate(plan.pipeline)[1]:
        typer.echo(f"  there is a newer version ({note}): trackside pipelines migrate {name}")


@app.command("migrate")
def migrate_pipeline(name: Annotated[str, typer.Argument(help="A pipeline file.")]) -> None:
    """Print a pipeline with its blocks brought to their newest versions; what was changed is told on stderr."""
    from trackside.pipelines.catalogue import find_pipeline
    from trackside.pipelines.migration import migrate

    pipeline, notes = migrate(find_pipeline(name))
    for note in notes:
        typer.echo(str(note), err=True)
    typer.echo(pipeline.to_yaml(), nl=False)


@app.command("new")
def new_pipeline(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    template: Annotated[str, typer.Option("--from", help="The template to start from.")] = "count-people",
) -> None:
    """Write a pipeline file to change and run."""
    from trackside.core.files import write_text
    from trackside.pipelines.catalogue import find_pipeline

    if path.exists():
        raise OutputError("exists already", where=str(path), fix="give another name")
    write_text(path, find_pipeline(template).to_yaml())
    typer.echo(f"wrote {path}; run it with: trackside run {path} VIDEO")


@app.command("schema")
def show_schema() -> None:
    """Print the JSON Schema of pipeline files, for editors that complete and check YAML."""
    from trackside.pipelines.schema import pipeline_schema

    typer.echo(json.dumps(pipeline_schema(), indent=2))

"""`trackside blocks`: what pipelines are made of."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from trackside.cli.screen import print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_blocks(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all blocks with what enters and leaves them."""
    from trackside.pipelines.block import BLOCKS

    if as_json:
        from trackside.pipelines.reference import block_facts

        typer.echo(json.dumps([block_facts(spec) for spec in BLOCKS.values()], indent=2))
        return
    rows = []
    for spec in BLOCKS.values():
        takes = ", ".join(f"{port.name}: {port.accepts}" for port in spec.wired_inputs.values())
        gives = ", ".join(f"{port.name}: {port.accepts}" for port in spec.outputs.values())
        rows.append((spec.name, takes, gives, spec.doc.summary))
    print_table(("block", "takes", "gives", "what it does"), rows)


@app.command("show")
def show_block(name: Annotated[str, typer.Argument(help="The block, with or without its version.")]) -> None:
    """Show one block: inputs, settings with defaults and ranges, outputs."""
    from trackside.pipelines.block import find_block
    from trackside.pipelines.reference import block_page

    typer.echo(block_page(find_block(name)))

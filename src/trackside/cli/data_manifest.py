"""`trackside data manifest` and `trackside data diff`: versions of a data set."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.data_convert import Column, From, Pictures, load
from trackside.core import InputError
from trackside.data.formats.there import is_file
from trackside.data.wording import counted

if TYPE_CHECKING:
    from trackside.data.manifest import Manifest

_MOST_LINES = 50


def manifest(
    source: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or a label file.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write it: .jsonl or .parquet.")] = None,
    format: From = "",
    images: Pictures = None,
    column: Column = None,
    verify: Annotated[Path | None, typer.Option("--verify", help="A manifest that the data set must agree with.")] = None,
) -> None:
    """Hash a data set: every file, its labels, and the whole, which is its version."""
    from trackside.data.differences import difference
    from trackside.data.manifest import Manifest, check_manifest_name, read_manifest

    if out is not None:
        check_manifest_name(out)
    wanted = None if verify is None else read_manifest(verify)
    found = Manifest.of(load(source, format, images, column))
    if out is not None:
        found.save(out)
    typer.echo(f"version {found.version}, {counted(len(found), 'items')}")
    if wanted is not None:
        changes = difference(wanted, found)
        if changes:
            raise InputError(f"is not the version of {verify}: {changes}", where=str(source), fix="see: trackside data diff")
        typer.echo(f"agrees with {verify}")


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A data set or a manifest.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="A data set or a manifest.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with status 1 if anything changed.")] = False,
) -> None:
    """Tell what changed between two versions of a data set."""
    from trackside.data.differences import difference

    changes = difference(_manifest_of(before), _manifest_of(after))
    if as_json:
        typer.echo(json.dumps(asdict(changes), indent=2))
    else:
        lines = list(changes.lines())
        for line in lines[:_MOST_LINES]:
            typer.echo(line)
        if len(lines) > _MOST_LINES:
            typer.echo(f"and {len(lines) - _MOST_LINES} more; --json lists all")
        typer.echo(str(changes))
    if exit_code and changes:
        raise typer.Exit(1)


def _manifest_of(path: Path) -> Manifest:
    from trackside.data.manifest import Manifest, read_manifest

    if is_file(path) and (path.suffix.lower() == ".jsonl" or _is_parquet_manifest(path)):
        return read_manifest(path)
    return Manifest.of(load(path))


def _is_parquet_manifest(path: Path) -> bool:
    if path.suffix.lower() != ".parquet":
        return False
    from pyarrow import ArrowException, parquet

    try:
        return b"trackside-manifest" in (parquet.read_schema(path).metadata or {})
    except (ArrowException, OSError):
        return False

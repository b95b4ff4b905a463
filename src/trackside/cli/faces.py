"""`trackside faces`: a gallery of people who agreed to be recognised, and the threshold by which they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from trackside.cli import faces_calibrate, faces_pictures
from trackside.cli.faces_options import By, Folder, KeyFile, opened, operator
from trackside.cli.screen import print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("calibrate")(faces_calibrate.calibrate)
app.command("enrol")(faces_pictures.enrol)
app.command("search")(faces_pictures.search)

Who = Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, or name if only one is called so.")]


@app.command("key")
def make_key(path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; not into the gallery.")]) -> None:
    """Make a master key. Whoever has it and a gallery can read the gallery; without it nobody can. Keep it apart."""
    from trackside.perception.faces.gallery import make_key_file

    make_key_file(path)
    typer.echo(f"{path}: a new key. Keep a copy where copies of the gallery are not.")


@app.command("list")
def list_people(folder: Folder, key_file: KeyFile = None) -> None:
    """List who is in a gallery, what they agreed to, and until when."""
    from trackside.perception.faces.gallery import day

    gallery = opened(folder, key_file)
    now = gallery.now()
    rows = [
        (
            person.id,
            person.name,
            person.consent.purpose,
            person.consent.given_by,
            day(person.consent.until) if person.consent.until > now else "ended: never matches",
            ", ".join(person.models),
        )
        for person in gallery.people()
    ]
    print_table(("id", "name", "purpose", "consent by", "until", "models"), rows)


@app.command("delete")
def delete(folder: Folder, who: Who, key_file: KeyFile = None, by: By = "") -> None:
    """Delete somebody for good: their key first, which makes every copy of their data unreadable."""
    gallery = opened(folder, key_file)
    person = gallery.find(who)
    gallery.delete(person.id, operator(by))
    typer.echo(f"deleted {person.id}; copies of keys.db, if there are any, must be deleted too")


@app.command("purge")
def purge(folder: Folder, key_file: KeyFile = None, by: By = "") -> None:
    """Delete everybody whose consent has ended. Run it every day."""
    gone = opened(folder, key_file).purge(operator(by))
    typer.echo(f"deleted {len(gone)}: {', '.join(gone)}" if gone else "nobody's consent has ended")


@app.command("export")
def export(folder: Folder, who: Who, key_file: KeyFile = None, by: By = "") -> None:
    """Print all that is known of somebody, as JSON, for them to see. It is logged."""
    typer.echo(json.dumps(opened(folder, key_file).export(who, operator(by)), indent=2))


@app.command("log")
def show_log(
    folder: Folder,
    key_file: KeyFile = None,
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries.")] = 50,
) -> None:
    """Print the last entries of a gallery's log: who did what, and when."""
    from trackside.perception.faces.gallery import log

    gallery = opened(folder, key_file)
    rows = [
        (str(entry.number), entry.when, entry.action, entry.by, json.dumps(entry.details))
        for entry in log.entries(gallery.storage)[-last:]
    ]
    print_table(("entry", "time", "action", "by", "details"), rows)


@app.command("verify")
def verify(
    folder: Folder,
    key_file: KeyFile = None,
    noted: Annotated[
        str, typer.Option("--noted", help="A seal that an earlier check printed: is it still in the log?")
    ] = "",
) -> None:
    """Check that nobody has changed a gallery behind its back: log, records, templates, thresholds."""
    from trackside.perception.faces.gallery import log

    gallery = opened(folder, key_file)
    problems = gallery.verify(noted)
    for problem in problems:
        typer.secho(f"wrong: {problem}", fg="red")
    if problems:
        raise typer.Exit(1)
    typer.echo(f"whole: {len(gallery.people())} people, {len(log.entries(gallery.storage))} entries in the log")
    typer.echo(f"seal of the last entry, to be noted elsewhere: {log.head(gallery.storage)}")

"""`trackside errors`: draw mistakes, tag them, see what each idea could gain, find slices that fail, compare after a fix."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.errors_input import Score, read, read_features
from trackside.cli.errors_screen import show_ideas, show_mistakes
from trackside.core import InputError
from trackside.data.formats.there import is_file
from trackside.data.wording import counted

if TYPE_CHECKING:
    from trackside.lab.errors import Book

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Predicted = Annotated[
    Path, typer.Argument(metavar="PREDICTIONS", help="CSV or Parquet with item, truth, prediction; or COCO results (JSON).")
]
Where = Annotated[Path, typer.Option("--book", help="The file that keeps drawn and tagged mistakes.")]
Truth = Annotated[
    Path | None, typer.Option("--coco", metavar="GT", help="COCO ground truth, if PREDICTIONS are COCO results.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of all that is random.")]
Features = Annotated[
    Path | None, typer.Option("--features", metavar="NPY", help="One row of numbers an answer, for kinds of looks.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file for the report: .html or .json.")]
_BOOK = Path("errors.sqlite")


@app.command("draw")
def draw(
    predictions: Predicted,
    count: Annotated[int, typer.Option("--count", "-n", help="Mistakes to look at.")] = 100,
    by: Annotated[
        str | None, typer.Option("--by", help="Equally many of each `class`, or of each value of a column; weighted back.")
    ] = None,
    seed: Seed = 0,
    coco: Truth = None,
    score: Score = 0.5,
    book: Where = _BOOK,
    sheet: Annotated[Path | None, typer.Option("--sheet", metavar="CSV", help="Also write a spreadsheet to tag in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw mistakes at random, and say why so many."""
    from trackside.lab import errors

    answers = read(predictions, coco, score)
    drawn = errors.draw(answers, count, by=by, seed=seed)
    kept = _book(book, new=True).add(answers, drawn, str(predictions))
    if sheet is not None:
        errors.export_sheet(_book(book), sheet, kept.id)
    if as_json:
        facts = {"draw": kept.id, "reason": drawn.reason, "keys": [str(answers.keys[row]) for row in drawn.rows]}
        typer.echo(json.dumps({**facts, "weights": drawn.weights.tolist()}, indent=2))
        return
    typer.echo(f"{drawn.reason}\n\nbook: {book}" + (f", spreadsheet: {sheet}" if sheet else ""))


@app.command("tag")
def tag(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="The mistake; without it they are listed.")] = None,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="TAG", help="Your own words; none marks it as looked at.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="Take this tag away.")] = None,
    comment: Annotated[str | None, typer.Option("--comment", "-m", help="A comment; replaces the one before.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget all that was said of it.")] = False,
    rename: Annotated[
        tuple[str, str] | None, typer.Option("--rename", metavar="OLD NEW", help="Rename a tag, or merge it into another.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who.")] = "",
    todo: Annotated[bool, typer.Option("--todo", help="List only what nobody looked at yet.")] = False,
    book: Where = _BOOK,
    as_json: AsJson = False,
) -> None:
    """Say what a mistake is. Several tags, several times; `tag` alone lists the mistakes."""
    kept = _book(book)
    if rename is not None:
        typer.echo(f"{counted(kept.rename(*rename), 'mistakes')}: {rename[0]} -> {rename[1]}")
    elif key is None:
        show_mistakes(kept.mistakes(), todo, as_json)
    elif forget:
        kept.unsee(key)
    else:
        kept.tag(key, tags or (), remove=remove or (), comment=comment, by=by or _me())
        left = int((~kept.mistakes().seen).sum())
        typer.echo(f"{key}: {', '.join(kept.tags_of([key])[key]) or 'looked at, no tag'}; {left} to go")


@app.command("suggest")
def suggest(
    predictions: Predicted,
    features: Features = None,
    coco: Truth = None,
    score: Score = 0.5,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Suggest tags: confusions, columns that are common among mistakes, mistakes that look alike."""
    from rich.markup import escape

    from trackside.cli.screen import print_table
    from trackside.lab import errors

    answers = read(predictions, coco, score)
    found = errors.suggest(answers, features=read_features(features, answers), seed=seed)
    if as_json:
        rows = [{"tag": one.name, "why": one.why, "share": one.share, "keys": list(answers.keys[one.rows])} for one in found]
        typer.echo(json.dumps(rows, indent=2))
        return
    table = [(escape(one.name), str(len(one.rows)), f"{one.share:.0%}", escape(one.why)) for one in found]
    print_table(("tag", "mistakes", "share", "why"), table)


@app.command("ideas")
def ideas(
    cost: Annotated[
        list[str] | None, typer.Option("--cost", metavar="TAG=DAYS", help="What an idea costs, in person days; is kept.")
    ] = None,
    together: Annotated[
        list[str] | None, typer.Option("--together", metavar="TAG,TAG", help="The ceiling of these together.")
    ] = None,
    number: Annotated[int | None, typer.Option("--draw", help="Another draw than the newest.")] = None,
    out: Out = None,
    book: Where = _BOOK,
    as_json: AsJson = False,
) -> None:
    """What each idea could gain: its share of the mistakes, its ceiling with an interval, its price."""
    from trackside.lab import errors

    kept = _book(book)
    if cost:
        kept.set_costs(dict(_cost(text) for text in cost))
    drawn, mistakes = kept.draw(number), kept.mistakes(number)
    tags = [part for part, seen in zip(mistakes.tags, mistakes.seen, strict=True) if seen]
    known = {tag for part in tags for tag in part}
    found = errors.ideas(
        tags,
        answers=drawn.answers,
        mistakes=drawn.mistakes,
        weights=mistakes.weights[mistakes.seen],
        costs={tag: days for tag, days in kept.costs().items() if tag in known},
        together=[[tag.strip() for tag in text.split(",")] for text in together or ()],
    )
    if out is not None:
        errors.ideas_report(found).save(out)
    show_ideas(found, as_json)


@app.command("slices")
def slices(
    predictions: Predicted,
    images: Annotated[
        Path | None,
        typer.Option("--images", help="Folder of the pictures: light, sharpness, size and so on become columns."),
    ] = None,
    features: Features = None,
    group: Annotated[str | None, typer.Option("--group", help="Column of what is not independent: a video.")] = None,
    coco: Truth = None,
    score: Score = 0.5,
    seed: Seed = 0,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Find groups of items that fail more often than the rest, without being asked."""
    from trackside.lab import errors

    answers = read(predictions, coco, score)
    looks = read_features(features, answers)
    if group is not None and group not in answers.columns:
        raise InputError(f"has no column {group!r}", where=str(predictions), fix="name one of its columns")
    groups = None if group is None else answers.columns[group]
    if images is not None:
        answers = errors.with_picture_columns(answers, images)
    found = errors.find_slices(answers, features=looks, groups=groups, seed=seed)
    for name in found.left_out:
        typer.secho(f"note: column {name!r} says itself what is a mistake and is left out", fg="yellow", err=True)
    report = errors.slices_report(found)
    if out is not None:
        report.save(out)
    typer.echo(report.to_json()) if as_json else report.show()


@app.command("compare")
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Predictions before the fix.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Predictions after it, on the same items.")],
    coco: Truth = None,
    score: Score = 0.5,
    out: Out = None,
    book: Where = _BOOK,
    as_json: AsJson = False,
) -> None:
    """What moved after a fix: mistakes fixed and new, by class, column and tag; beyond chance or not."""
    from trackside.lab import errors

    tags = _book(book).tags_of() if is_file(book) else {}
    found = errors.compare(read(before, coco, score), read(after, coco, score), tags=tags)
    report = errors.comparison_report(found)
    if out is not None:
        report.save(out)
    typer.echo(report.to_json()) if as_json else report.show()


@app.command("export")
def export(
    sheet: Annotated[Path, typer.Argument(metavar="CSV", help="The spreadsheet to write.")],
    number: Annotated[int | None, typer.Option("--draw", help="Another draw than the newest.")] = None,
    book: Where = _BOOK,
) -> None:
    """Write the mistakes and their tags as a spreadsheet, for a colleague to tag in."""
    from trackside.lab import errors

    typer.echo(f"{counted(errors.export_sheet(_book(book), sheet, number), 'mistakes')}: {sheet}")


@app.command("import")
def import_(
    sheet: Annotated[Path, typer.Argument(metavar="CSV", help="A spreadsheet that `export` wrote.")],
    by: Annotated[str, typer.Option("--by", help="Who tagged; the column `by` if not given.")] = "",
    book: Where = _BOOK,
) -> None:
    """Take tags and comments back from a spreadsheet."""
    from trackside.lab import errors

    taken = errors.import_sheet(_book(book), sheet, by=by)
    unused = len(taken.troubles)
    for trouble in taken.troubles[:10]:
        typer.secho(f"note: {trouble}", fg="yellow", err=True)
    typer.echo(
        f"{counted(taken.changed, 'mistakes')} with news, {taken.same} as they were; not used: {counted(unused, 'rows')}"
    )


def _book(path: Path, *, new: bool = False) -> Book:
    from trackside.lab.errors import Book

    if not new and not is_file(path):
        raise InputError(
            "there is no book of mistakes", where=str(path), fix="run `trackside errors draw PREDICTIONS` first"
        )
    return Book(path)


def _cost(text: str) -> tuple[str, float]:
    tag, _, days = text.rpartition("=")
    try:
        return tag.strip(), float(days)
    except ValueError:
        raise InputError(f"{text!r} is no cost", where="--cost", fix="write TAG=DAYS, as blurred=3") from None


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # A container's user may have no name.
        return ""

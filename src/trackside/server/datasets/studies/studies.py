"""Studies: predictions of one model, mistakes drawn from them, and what people said of those.

A study is a draw in the book of mistakes, the same that `trackside errors` works on; beside it lie its predictions, in
`studies/<number>` of the workbench.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Response

from trackside.core import InputError
from trackside.core.files import write_json, write_text
from trackside.data.workbench import Workbench
from trackside.lab.errors import Book, Draw, Mistakes, draw, export_sheet, import_sheet, read_predictions
from trackside.lab.errors.book import tag_name
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.shapes import ClassCount
from trackside.server.datasets.studies.predicted import PREDICTIONS, STUDIES, facts_of, folder_of, rows_of
from trackside.server.datasets.studies.shapes import MistakeShape, StudyNew, StudyShape, Tags
from trackside.server.problems import missing
from trackside.server.sending import saved_as

_DELETED = "deleted"


def all_shapes(bench: Workbench) -> list[StudyShape]:
    """All studies, newest first."""
    if not bench.errors_path.is_file():
        return []
    book = Book(bench.errors_path)
    return [_shape(bench, book, one) for one in book.draws() if not _is_deleted(bench, one.id)]


def begin(bench: Workbench, body: StudyNew) -> StudyShape:
    """Take predictions that came as text. Raises InputError if they cannot be used."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / PREDICTIONS
        write_text(path, body.predictions)
        return begin_from(bench, path, body.name, body.draw, body.seed)


def begin_from(bench: Workbench, path: Path, name: str, count: int, seed: int) -> StudyShape:
    """Take a table of predictions (CSV), and draw mistakes. Raises InputError if it cannot be used."""
    try:
        predictions = read_predictions(path)
    except InputError as error:
        # Without the place, which is a path of ours.
        raise InputError(f"the predictions: {error.what}", fix=error.fix) from None
    book = Book(bench.errors_path)
    made = book.add(predictions, draw(predictions, count, seed=seed), name)
    folder = folder_of(bench, made.id)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / PREDICTIONS)
    write_json(folder / "facts.json", {"created": datetime.now(UTC).isoformat()})
    return _shape(bench, book, made)


def shape(bench: Workbench, study_id: str) -> StudyShape:
    """One study. Raises Refused (404)."""
    book, found = find(bench, study_id)
    return _shape(bench, book, found)


def delete(bench: Workbench, study_id: str) -> str:
    """Delete a study; gives its name. What was said of mistakes is kept for studies that draw them too."""
    _, found = find(bench, study_id)
    folder = folder_of(bench, found.id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_text(folder / _DELETED, "")
    return found.source


def mistakes(bench: Workbench, study_id: str, data: Opened) -> list[MistakeShape]:
    """The mistakes that were drawn. Raises Refused (404)."""
    book, found = find(bench, study_id)
    drawn = book.mistakes(found.id)
    rows = rows_of(data, drawn.items)
    return [_mistake(drawn, place, rows[place], found.reason) for place in range(len(drawn))]


def tag(bench: Workbench, study_id: str, body: Tags, person: str) -> StudyShape:
    """Write tags and comments, all or none.

    Raises:
        Refused: 404.
        InputError: no such mistake, or a tag that cannot be.
    """
    book, found = find(bench, study_id)
    drawn = book.mistakes(found.id)
    wanted = [{tag_name(name) for name in one.tags} for one in body.tags]
    if any(one.mistake >= len(drawn) for one in body.tags):
        raise InputError("no such mistake was drawn", fix="ask for the mistakes again")
    for one, names in zip(body.tags, wanted, strict=True):
        key = str(drawn.keys[one.mistake])
        if one.seen:
            gone = set(book.tags_of([key]).get(key, ())) - names
            book.tag(key, sorted(names), remove=sorted(gone), comment=one.comment, by=person)
        else:
            book.unsee(key)
    return _shape(bench, book, found)


def exported(bench: Workbench, study_id: str) -> Response:
    """The drawn mistakes as CSV. Raises Refused (404)."""
    book, found = find(bench, study_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mistakes.csv"
        export_sheet(book, path, found.id)
        headers = {"content-disposition": saved_as(f"{found.source or 'mistakes'}.csv")}
        return Response(path.read_bytes(), media_type="text/csv", headers=headers)


def take_in(bench: Workbench, study_id: str, path: Path, person: str) -> StudyShape:
    """Take tags in from such a table. Raises Refused (404), and InputError if it is none."""
    book, found = find(bench, study_id)
    try:
        import_sheet(book, path, by=person)
    except InputError as error:
        raise InputError(f"the table {error.what}", fix=error.fix) from None
    return _shape(bench, book, found)


def find(bench: Workbench, study_id: str) -> tuple[Book, Draw]:
    """The book, and the draw of a study. Raises Refused (404)."""
    number = int(study_id) if study_id.isascii() and study_id.isdigit() and len(study_id) < 10 else 0
    if not number or not bench.errors_path.is_file() or _is_deleted(bench, number):
        raise missing("study")
    book = Book(bench.errors_path)
    try:
        return book, book.draw(number)
    except InputError:
        raise missing("study") from None


def _is_deleted(bench: Workbench, number: int) -> bool:
    return (bench.folder / STUDIES / str(number) / _DELETED).is_file()


def _shape(bench: Workbench, book: Book, one: Draw) -> StudyShape:
    drawn = book.mistakes(one.id)
    counts = Counter(name for tags in drawn.tags for name in tags)
    written = datetime.fromtimestamp(bench.errors_path.stat().st_mtime, UTC)
    return StudyShape(
        id=str(one.id),
        name=one.source or f"draw {one.id}",
        created=facts_of(bench, one.id).get("created", written),
        predictions=one.answers,
        mistakes=one.mistakes,
        error_rate=one.mistakes / one.answers,
        drawn=len(drawn),
        tagged=int(drawn.seen.sum()),
        reason=one.reason,
        tags=[
            ClassCount(name=name, count=count) for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ],
    )


def _mistake(drawn: Mistakes, place: int, row: int | None, reason: str) -> MistakeShape:
    score = float(drawn.scores[place])
    return MistakeShape(
        id=place,
        row=row,
        item=str(drawn.items[place]),
        truth=str(drawn.truth[place]),
        prediction=str(drawn.predicted[place]),
        score=score if score == score else None,
        reason=reason if place == 0 else "",
        tags=list(drawn.tags[place]),
        comment=str(drawn.comments[place]),
        by=str(drawn.by[place]),
        seen=bool(drawn.seen[place]),
    )

"""False alarms as pictures to label: kept beside the alarm's own, and given out as a data set in COCO's format.

Each picture is whole and without drawings. What was claimed there is an annotation whose category says that it is none:
`false person` for what was taken for a person. People who label it put right what it is, or take it away.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from trackside.core import InputError
from trackside.server.access.people import Person
from trackside.server.alarms import keys
from trackside.server.alarms.tables import AlarmRow, LabelTaskRow
from trackside.server.context import Site
from trackside.server.database import new_id, now
from trackside.server.results.zipping import Member, zip_answer

KIND = "false alarm"
Json = dict[str, Any]


def put(db: Session, site: Site, row: AlarmRow, person: Person, why: str) -> None:
    """Keep the picture of a false alarm for labelling, once; without a picture there is nothing to label.

    Raises:
        OutputError: the picture cannot be kept.
    """
    task = db.scalars(select(LabelTaskRow).where(LabelTaskRow.alarm_id == row.id)).first()
    if task is not None:
        task.why = why or task.why
        return
    task_id = new_id()
    if not row.picture or not _copy(site, keys.clean(row.id), keys.label(task_id)):
        return
    db.add(
        LabelTaskRow(
            id=task_id,
            kind=KIND,
            alarm_id=row.id,
            camera=row.camera,
            picture=keys.label(task_id),
            width=int(row.evidence.get("width", 0)),
            height=int(row.evidence.get("height", 0)),
            boxes=[{**look, "label": row.label} for look in row.evidence.get("looks", ())[-1:]],
            claimed={name: getattr(row, name) for name in ("rule", "what", "place", "label", "score", "why")},
            why=why,
            wall=row.wall,
            who=person.name[:100],
        )
    )


def withdraw(db: Session, row: AlarmRow) -> list[str]:
    """Take back what was called false by mistake, unless somebody has labelled it already; gives the keys of pictures that
    nobody needs any more once the transaction is done."""
    mine = (LabelTaskRow.alarm_id == row.id, LabelTaskRow.state == "open")
    pictures = list(db.scalars(select(LabelTaskRow.picture).where(*mine)))
    db.execute(delete(LabelTaskRow).where(*mine))
    return pictures


def as_zip(site: Site) -> Response:
    """The open pictures of false alarms, the oldest first, as `annotations.json` and the folder `images`."""
    with site.database.session() as db:
        asked = select(LabelTaskRow).where(LabelTaskRow.kind == KIND, LabelTaskRow.state == "open")
        rows = db.scalars(asked.order_by(LabelTaskRow.created, LabelTaskRow.id)).all()
    found = [(row, member) for row in rows if (member := _member(site, row)) is not None]
    described = json.dumps(described_as([row for row, _ in found]), ensure_ascii=False, indent=1).encode()
    first = Member("annotations.json", "", len(described), now(), described)
    return zip_answer(site.files, [first, *(member for _, member in found)], "false alarms")


def described_as(rows: Sequence[LabelTaskRow]) -> Json:
    """The annotations in COCO's format. `group` is the camera, so that splits keep one camera's pictures together."""
    names = sorted({_category(row) for row in rows})
    numbers = {name: number for number, name in enumerate(names, 1)}
    annotations: list[Json] = []
    for number, row in enumerate(rows, 1):
        for box in row.boxes:
            extent = _extent(box["box"], row.width, row.height)
            if extent[2] > 0 and extent[3] > 0:
                category = numbers[_category(row)]
                one = {"id": len(annotations) + 1, "image_id": number, "category_id": category, "bbox": extent}
                annotations.append({**one, "area": extent[2] * extent[3], "iscrowd": 0, "score": box["score"]})
    return {
        "info": {"description": "Pictures of false alarms, with what was claimed there"},
        "images": [_image(number, row) for number, row in enumerate(rows, 1)],
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for name, number in numbers.items()],
    }


def _image(number: int, row: LabelTaskRow) -> Json:
    return {
        "id": number,
        "file_name": f"images/{row.id}.jpg",
        "width": row.width,
        "height": row.height,
        "group": row.camera,
        "time": row.wall.timestamp(),
        "trackside": {"alarm": row.alarm_id, "claimed": row.claimed, "why_false": row.why, "who": row.who},
    }


def _category(row: LabelTaskRow) -> str:
    return f"false {row.claimed.get('label') or row.claimed.get('what') or 'alarm'}"


def _extent(box: Sequence[float], width: int, height: int) -> list[float]:
    """x, y, width and height of what lies inside of the picture."""
    x1, x2 = (min(max(float(edge), 0.0), float(width)) for edge in (box[0], box[2]))
    y1, y2 = (min(max(float(edge), 0.0), float(height)) for edge in (box[1], box[3]))
    return [x1, y1, x2 - x1, y2 - y1]


def _member(site: Site, row: LabelTaskRow) -> Member | None:
    try:
        stat = site.files.stat(row.picture)
    except InputError:
        return None
    return Member(f"images/{row.id}.jpg", row.picture, stat.size, stat.modified)


def _copy(site: Site, source: str, target: str) -> bool:
    """Copy a small file; whether it was there."""
    try:
        data = site.files.read(source)
    except InputError:
        return False
    site.settings.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="copy-", dir=site.settings.data) as folder:
        path = Path(folder) / "picture.jpg"
        path.write_bytes(data)
        site.files.take(path, target)
    return True

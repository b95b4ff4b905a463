"""Data sets that people uploaded: `<data>/datasets/<id>` holds the archive until it is unpacked, and then the files.

The id is that of the upload. Names from people reach no file system here, so no two data sets are in each other's way.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.core.files import cannot_write
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.datasets.news import publish
from trackside.server.datasets.settling import fail
from trackside.server.datasets.tables import DatasetRow
from trackside.server.uploads import incoming
from trackside.server.uploads.admission import bytes_in_use
from trackside.server.videos.tables import UploadRow

_LOST = "the upload was lost when the server stopped", "upload it again"


def folder_of(site: Site, dataset_id: str) -> Path:
    """All that lies with us of an uploaded data set."""
    return _all(site) / dataset_id


def archive_of(site: Site, dataset_id: str) -> Path:
    """The archive as it came; gone once it is unpacked, or refused."""
    return folder_of(site, dataset_id) / "archive"


def root_of(site: Site, dataset_id: str) -> Path:
    """The data set's files, once they are unpacked."""
    return folder_of(site, dataset_id) / "files"


def take_over(site: Site, upload_id: str) -> None:
    """Make a data set of an upload whose bytes have all come. Nothing to do if it was given up meanwhile.

    A server that is killed in between goes on from the archive's place at its next start.

    Raises:
        OutputError: the archive cannot be put in its place.
    """
    source, archive = incoming.path_of(site, upload_id), archive_of(site, upload_id)
    if source.exists():
        try:
            archive.parent.mkdir(parents=True, exist_ok=True)
            source.replace(archive)
        except OSError as error:
            raise cannot_write(Path("archive"), error) from error
    incoming.remove(site, upload_id)
    if _into_table(site, upload_id, *(() if archive.exists() else _LOST)):
        site.services["datasets"].wake()
        publish(site, upload_id)


def refuse(site: Site, upload_id: str, problem: str, fix: str) -> None:
    """Show a data set that cannot be taken over, and delete what came."""
    remove(site, upload_id)
    incoming.remove(site, upload_id)
    _into_table(site, upload_id, problem, fix)
    publish(site, upload_id)


def remove(site: Site, dataset_id: str) -> None:
    """Delete all that lies with us of an uploaded data set."""
    shutil.rmtree(folder_of(site, dataset_id), ignore_errors=True)


def room(site: Site) -> int:
    """Bytes of the quota that are free."""
    with site.database.session() as db:
        return max(0, site.settings.quota - bytes_in_use(db))


def put_in_order(site: Site) -> None:
    """Delete what belongs to no data set, and find the others again if the server's folder was moved."""
    with site.database.session() as db:
        known = set(db.scalars(select(UploadRow.id)))
        rows = db.scalars(select(DatasetRow).where(DatasetRow.uploaded)).all()
        for row in rows:
            row.root = str(root_of(site, row.id))
    known |= {row.id for row in rows}
    with suppress(FileNotFoundError):
        for folder in _all(site).iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)


def _all(site: Site) -> Path:
    return site.settings.data.resolve() / "datasets"


def _into_table(site: Site, upload_id: str, problem: str = "", fix: str = "") -> bool:
    """Put a data set in the place of an upload. Gives whether there was one; what came of one given up is deleted."""
    with site.database.session() as db:
        upload = db.get(UploadRow, upload_id, with_for_update=True)
        if upload is not None:
            db.delete(upload)
            row = _row(site, upload, _free_name(db, upload.dataset))
            if problem:
                fail(row, problem, fix)
                row.bytes = 0
            db.add(row)
    if upload is None:
        remove(site, upload_id)
    return upload is not None


def _row(site: Site, upload: UploadRow, name: str) -> DatasetRow:
    root = root_of(site, upload.id)
    work = str(Workbench.of(root).folder)
    more = {"root": str(root), "work": work, "uploaded": True, "bytes": upload.length, "owner": upload.owner}
    return DatasetRow(id=upload.id, name=name, origin="uploaded", **more)


def _free_name(db: Session, name: str) -> str:
    """The name, with a number if a data set is called so already."""
    taken = set(db.scalars(select(DatasetRow.name).where(DatasetRow.name.startswith(name[:140], autoescape=True))))
    free, number = name, 2
    while free in taken:
        free, number = f"{name[:140]} ({number})", number + 1
    return free

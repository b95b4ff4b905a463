"""Files that people send to a data set: as the field `file` of a form, within bounds."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from trackside.core.files import cannot_write
from trackside.server.context import Site
from trackside.server.packages.receiving import FORM, receive

# Bytes: a hundred thousand tasks or predictions.
_MOST = 256 << 20
MOST_IMPORT = _MOST + (1 << 20)

__all__ = ["FORM", "MOST_IMPORT", "received"]


@asynccontextmanager
async def received(site: Site, request: Request, name: str) -> AsyncIterator[Path]:
    """The form's file, for as long as the block lasts.

    Args:
        site: the server.
        request: that brings it.
        name: ours, with the suffix that readers look at.

    Raises:
        Refused: 413, 422.
        OutputError: the disk is full.
    """
    folder = await run_in_threadpool(_made, site.settings.data)
    try:
        await receive(request, folder / name, _MOST)
        yield folder / name
    finally:
        await run_in_threadpool(_gone, folder)


def _made(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix="import-", dir=data))
    except OSError as error:
        raise cannot_write(Path("import"), error) from error


def _gone(folder: Path) -> None:

    shutil.rmtree(folder, ignore_errors=True)

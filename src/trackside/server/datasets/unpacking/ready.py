"""An uploaded data set before it is read: unpacked, if that was not done before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from trackside.core import InputError
from trackside.server.datasets.unpacking.unpack import unpack

Say: TypeAlias = Callable[..., Any]
# The part of the whole job that unpacking is.
_PART = 0.03


def make_ready(root: Path, room: int, say: Say) -> None:
    """Unpack the archive beside `root` there. It goes when it is unpacked, or when nothing can be done with it.

    Killed at any moment, it goes on at the next try.

    Args:
        root: the folder to make.
        room: bytes that it may take.
        say: told how far it is, as keywords `stage` and `fraction`, and `bytes` that lie there in the end.

    Raises:
        InputError: the archive cannot be used.
        OutputError: it has no room; the archive stays.
    """
    archive = root.with_name("archive")
    if not archive.exists():
        return
    say(stage="unpacking", fraction=0.0)

    def tell(fraction: float, files: int) -> None:
        say(stage=f"unpacking: {files:,} files", fraction=round(_PART * fraction, 4))

    try:
        if not root.exists():
            unpack(archive, root, room, tell)
    except InputError:
        archive.unlink()
        say(bytes=0)
        raise
    say(bytes=sum(path.stat().st_size for path in root.rglob("*") if path.is_file()))
    archive.unlink()

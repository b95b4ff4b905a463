"""A results folder that is whole or absent: written beside its place, renamed at the end, swept up after a kill."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from trackside.core import OutputError
from trackside.core.files import cannot_write
from trackside.pipelines.inputs import safe_stem
from trackside.pipelines.results import read_facts

_STAGING = re.compile(r"^\.(?P<name>.+)\.partial-(?P<pid>\d+)$")


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `folder` if the block ends well, and is removed if not.

    Raises:
        OutputError: it cannot be made or renamed.
    """
    staging = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        yield staging
        _replace(folder, staging)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def sweep(out: Path) -> int:
    """Remove what killed processes left half done in a results folder. Returns how many there were."""
    swept = 0
    for path in out.glob(".*.partial-*") if out.is_dir() else ():
        match = _STAGING.match(path.name)
        if match and not _alive(int(match["pid"])):
            shutil.rmtree(path, ignore_errors=True)
            swept += 1
    return swept


def choose_folders(out: Path, streams: Mapping[str, Path], pipeline: str) -> dict[str, Path]:
    """A folder for each stream: that of an earlier run of this pipeline on this input, else one that is free.

    Folders that hold anything else (results of another pipeline or input, or a user's own files) are never touched: the
    name gets a number.

    Args:
        out: the results folder.
        streams: stream names and their inputs.
        pipeline: the pipeline's name.
    """
    if out.exists() and not out.is_dir():
        raise OutputError("is a file", where=str(out), fix="give a folder for the results")
    chosen: dict[str, Path] = {}
    for name, path in streams.items():
        stem = safe_stem(path)
        folders = (out / (f"{stem}-{number}" if number > 1 else stem) for number in count(1))
        chosen[name] = next(f for f in folders if f not in chosen.values() and _may_take(f, path, pipeline))
    return chosen


def _may_take(folder: Path, path: Path, pipeline: str) -> bool:
    if not folder.exists():
        return True
    facts = read_facts(folder)
    found = (facts.get("input", {}).get("path"), facts.get("pipeline", {}).get("pipeline"))
    return found == (str(path.resolve()), pipeline)


def _keep_foreign_files(folder: Path, staging: Path) -> None:
    """Bring along what a user has put among the results."""
    ours = set(read_facts(folder).get("files", ()))
    for path in folder.iterdir():
        if path.name not in ours and not (staging / path.name).exists():
            path.rename(staging / path.name)


def _replace(folder: Path, staging: Path) -> None:
    """Rename `staging` to `folder`. An older result stays whole until the new one can take its place."""
    if folder.exists():
        _keep_foreign_files(folder, staging)
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()

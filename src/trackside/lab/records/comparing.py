"""Two or more runs side by side: settings that differ, how they ended, and the code of two of them line by line."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trackside.core import InputError
from trackside.lab.records.one import Run, curves, find_run

_SECONDS = 30


@dataclass(frozen=True)
class Compared:
    """Runs side by side.

    Attributes:
        runs: in the order that was asked for.
        settings: those that differ, name to a text for each run; None where a run has no such setting.
        metrics: the last values, name to a number for each run; None where a run has no such metric.
        code: the difference from the first run's code to the last's, as `git diff` writes it; empty if there is none.
        code_note: what the difference is of, or why it is not known.
    """

    runs: tuple[Run, ...]
    settings: Mapping[str, tuple[str | None, ...]]
    metrics: Mapping[str, tuple[float | None, ...]]
    code: str
    code_note: str


def compare(store: Path | str, wanted: Sequence[str]) -> Compared:
    """Put runs side by side.

    Args:
        store: as `Store.at` takes it.
        wanted: at least two; each an id, the beginning of one, or a name.

    Raises:
        InputError: fewer than two runs, or one that is not there.
    """
    if len(wanted) < 2:
        raise InputError("one run cannot be compared", fix="name two")
    runs = tuple(find_run(store, one) for one in wanted)
    names = sorted({name for run in runs for name in run.settings})
    settings = {name: tuple(run.settings.get(name) for run in runs) for name in names}
    told = [{name: float(curve.values[-1]) for name, curve in curves(store, run.id).items()} for run in runs]
    metrics = {name: tuple(one.get(name) for one in told) for name in sorted({name for one in told for name in one})}
    code, note = code_difference(runs[0], runs[-1])
    return Compared(runs, {name: texts for name, texts in settings.items() if len(set(texts)) > 1}, metrics, code, note)


def code_difference(before: Run, after: Run) -> tuple[str, str]:
    """How the code of two runs differs, and a note on what that rests on.

    Where the checkout is still there both states are built anew from commit and changes, in a folder of their own: nothing
    in the checkout is touched. Where it is not, only the recorded changes can be compared.
    """
    changes = before.changes(), after.changes()
    commits = before.commit, after.commit
    if not all(commits):
        return "", "the code was under Git in neither run" if not any(commits) else "the code was under Git in one run only"
    if commits[0] == commits[1] and changes[0] == changes[1]:
        return "", "the same code"
    built = _between(after.tags.get("trackside.code.folder", ""), commits, changes)
    if built is not None:
        return built, f"code of {commits[0][:9]} with its changes, against {commits[1][:9]} with its changes"
    texts = [text.splitlines() for text in changes]
    lines = difflib.unified_diff(texts[0], texts[1], "changes before", "changes after", lineterm="", n=2)
    note = f"the checkout is not there: changes since {commits[0][:9]} against changes since {commits[1][:9]}"
    return "".join(f"{line}\n" for line in lines), note


def _between(folder: str, commits: tuple[str, str], changes: tuple[str, str]) -> str | None:
    """The difference of two states of a checkout, or None if they cannot be built."""
    if not folder or not Path(folder).is_dir() or not all(re.fullmatch(r"[0-9a-f]{7,64}", commit) for commit in commits):
        return None
    objects = _git(folder, {}, "rev-parse", "--git-path", "objects")
    if objects is None:
        return None
    with tempfile.TemporaryDirectory() as temporary:
        shared = {
            "GIT_OBJECT_DIRECTORY": temporary,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((Path(folder) / objects.strip()).resolve()),
        }
        trees = [
            _tree(folder, {**shared, "GIT_INDEX_FILE": str(Path(temporary) / f"index-{number}")}, commit, text)
            for number, (commit, text) in enumerate(zip(commits, changes, strict=True))
        ]
        if trees[0] is None or trees[1] is None:
            return None
        return _git(folder, shared, "diff", "--no-ext-diff", "--no-textconv", "--no-color", trees[0], trees[1])


def _tree(folder: str, place: Mapping[str, str], commit: str, changes: str) -> str | None:
    """The tree of a commit with changes on top, made in an index and an object folder of its own."""
    if _git(folder, place, "read-tree", commit) is None:
        return None
    if changes and _git(folder, place, "apply", "--cached", "--whitespace=nowarn", "-", given=changes) is None:
        return None
    made = _git(folder, place, "write-tree")
    return made.strip() if made is not None else None


def _git(folder: str, place: Mapping[str, str], *words: str, given: str = "") -> str | None:
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", folder, *words]
    try:
        said = subprocess.run(
            command, input=given.encode(), capture_output=True, timeout=_SECONDS, check=False, env={**os.environ, **place}
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.decode("utf-8", "replace") if said.returncode == 0 else None

"""Errors as users meet them: one sentence of what is wrong, where, and what to do.

Inner code raises the fact. The outermost verb (a command, an endpoint, `trackside.run`) shows `str(error)`, which holds all
three parts, and never a traceback unless asked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pipeline: the shape of every compile-time and run-time error.

    Attributes:
        what: the fact, one clause.
        fix: what to do about it, one clause in the imperative.
        block: the block's name in the pipeline, or None if the whole pipeline is meant.
        port: the input, output or setting of that block, or None if the whole block is meant.
    """

    what: str
    fix: str = ""
    block: str | None = None
    port: str | None = None

    @property
    def where(self) -> str:
        """`block.port`, `block`, or an empty text."""
        return ".".join(part for part in (self.block, self.port) if part)

    def __str__(self) -> str:
        return sentence(self.what, self.where, self.fix)


class TracksideError(Exception):
    """Base of all errors that are meant for users.

    Args:
        what: the fact, one clause.
        where: the thing it concerns (a path, a name), if `what` does not say it already.
        fix: what to do about it.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what, where, fix)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        return sentence(self.what, self.where, self.fix)


class InputError(TracksideError):
    """A file, folder, address or array from the user cannot be used."""


class ModelError(TracksideError):
    """A model is unknown, absent, corrupt or of the wrong kind."""


class OutputError(TracksideError):
    """Results cannot be written: no space, no permission, a file where a folder should be."""


class SettingError(TracksideError):
    """A setting has a value outside its type or range."""


class Cancelled(TracksideError):
    """The user asked to stop. What was finished before is whole."""


class PipelineError(TracksideError):
    """A pipeline cannot be compiled, or one of its blocks failed.

    Args:
        problems: all that is wrong, so that a user mends everything in one go. At least one.
        source: the pipeline file or name, for the heading.
    """

    def __init__(self, problems: Iterable[Problem], *, source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        first = self.problems[0]
        super().__init__(first.what, where=first.where, fix=first.fix)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if len(lines) == 1:
            return f"{self.source}: {lines[0]}" if self.source else lines[0]
        heading = f"{self.source or 'the pipeline'} has {len(lines)} problems:"
        return "\n".join([heading, *(f"  - {line}" for line in lines)])


def sentence(what: str, where: str = "", fix: str = "") -> str:
    """Join the three parts of an error into one line: `where: what; fix`."""
    text = f"{where}: {what}" if where else what
    return f"{text}; {fix}" if fix else text


def nearest(name: str, known: Iterable[str]) -> str:
    """The advice that goes with an unknown name: `did you mean 'x'?`, or the names there are.

    >>> nearest("detct", ["detect", "track"])
    "did you mean 'detect'?"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "there are none"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known: {shown}"

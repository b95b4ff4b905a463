"""Cards from the wizard: every wrong field is told at once, by its path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from trackside.core import PipelineError, Problem
from trackside.models.card import Card
from trackside.pipelines.block import plain_words
from trackside.server.packages.adapters import families

# What the server knows better than the wizard.
_OURS = ("files", "runtime")
_MOST_CLASSES = 10_000
_LONGEST = 300


def checked(data: Mapping[str, Any], ours: Mapping[str, Any]) -> Card:
    """The card that the wizard's fields make.

    Args:
        data: the fields.
        ours: `files` and `runtime`.

    Raises:
        PipelineError: all that is wrong; each problem's port is the field's path.
    """
    fields = {name: value for name, value in data.items() if name not in _OURS} | dict(ours)
    problems = list(_unfit(fields))
    card = None
    try:
        card = None if problems else Card.model_validate(fields)
    except ValidationError as error:
        problems = [_problem(plain_words(detail), ".".join(map(str, detail["loc"]))) for detail in error.errors()]
    except (OverflowError, RecursionError):
        problems = [_problem("a number in it is too large", "")]
    if card is not None:
        problems = list(_meant(card))
    if problems or card is None:
        raise PipelineError(problems)
    return card


def _meant(card: Card) -> Iterator[Problem]:
    """What a valid card may still get wrong."""
    known = {row["name"]: row["task"] for row in families()}
    if card.family not in known:
        yield _problem(f"there is no family {card.family!r}", "family", f"choose one of {', '.join(known)}")
    elif card.task != known[card.family]:
        yield _problem(f"{card.family} is for {known[card.family]}, not {card.task}", "task", f"choose {known[card.family]}")
    if not card.licence.strip():
        yield _problem("a licence is needed", "licence", "write its SPDX name, such as MIT or Apache-2.0")
    if card.task == "detection" and not card.classes:
        yield _problem("a detector needs at least one class", "classes", "write the names, in the network's order")
    if len(card.classes) > _MOST_CLASSES:
        yield _problem(f"at most {_MOST_CLASSES} classes", "classes")


def _unfit(fields: Any) -> Iterator[Problem]:
    """What no card may hold anywhere: NaN and infinity, and halves of characters."""
    waiting = [(fields, "")]
    while waiting:
        one, here = waiting.pop()
        if isinstance(one, float) and not math.isfinite(one):
            yield _problem("no finite number", here)
        if isinstance(one, str) and one.encode("utf-8", "replace").decode() != one:
            yield _problem("holds half a character", here)
        inner = one.items() if isinstance(one, Mapping) else enumerate(one) if isinstance(one, list | tuple) else ()
        waiting += [(item, f"{here}.{name}" if here else str(name)) for name, item in inner]


def _problem(what: str, path: str, fix: str = "correct it") -> Problem:
    """With texts that any reader can take: halves of characters become question marks."""
    return Problem(_whole(what), fix, None, _whole(path) or None)


def _whole(text: str) -> str:
    return text[:_LONGEST].encode("utf-8", "replace").decode()

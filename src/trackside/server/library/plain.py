"""What may stand in a pipeline that came over the network: values that every database, file and page can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

# Far beyond what a hand draws, far below what costs a server seconds.
MOST_VALUES = 200_000
DEEPEST = 20
LONGEST_TEXT = 10_000
_LARGEST_WHOLE = 2**53  # Beyond, other languages read another number than was written.
_UNSAFE = re.compile("[\x00\ud800-\udfff]")


def fault_of(value: Any) -> str:
    """Why a value cannot stand in a pipeline; an empty text if it can.

    JSON can hold NUL characters, halves of characters, numbers without end and nesting without end; YAML also dates, bytes
    and sets. Databases, files and browsers each refuse some of them.
    """
    waiting: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            return "there are too many values"
        if depth > DEEPEST:
            return "it is nested too deeply"
        if isinstance(one, Mapping):
            waiting.extend((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list | tuple):
            waiting.extend((part, depth + 1) for part in one)
        elif fault := _fault_of_one(one):
            return fault
    return ""


def _fault_of_one(one: Any) -> str:
    match one:
        case None | bool():
            return ""
        case str():
            if len(one) > LONGEST_TEXT:
                return f"a text is longer than {LONGEST_TEXT} characters"
            return "a text holds characters that cannot be kept" if _UNSAFE.search(one) else ""
        case int():
            return "a whole number is too large" if abs(one) > _LARGEST_WHOLE else ""
        case float():
            return "" if math.isfinite(one) else "a number is not finite"
        case _:
            return f"a {type(one).__name__} is no text, number, list or mapping: put it in quotes"


def _kept(text: str) -> str:
    if _UNSAFE.search(text):
        raise ValueError("the text holds characters that cannot be kept")
    return text


PlainText = Annotated[str, AfterValidator(_kept)]
"""A text without NUL characters and halves of characters."""

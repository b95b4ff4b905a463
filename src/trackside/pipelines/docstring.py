"""Taking a Google-style docstring apart: the help texts of blocks come from nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"^(Args|Returns|Raises|Attributes|Example|Examples|Note|Source):\s*$")
_ARGUMENT = re.compile(r"^ {4}\*?(\w+): ?(.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring's parts.

    Attributes:
        summary: the first sentence or line.
        body: the paragraphs between the summary and the first section.
        arguments: parameter name to its help, joined into one line.
    """

    summary: str = ""
    body: str = ""
    arguments: dict[str, str] = field(default_factory=dict)


def read_docstring(text: str) -> Docstring:
    """Take apart a dedented docstring."""
    summary, _, rest = text.partition("\n")
    lines = rest.splitlines()
    first = next((i for i, line in enumerate(lines) if _SECTION.match(line)), len(lines))
    body = "\n".join(lines[:first]).strip()
    return Docstring(summary.strip(), body, _arguments(lines))


def _arguments(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    inside, name = False, ""
    for line in lines:
        section = _SECTION.match(line)
        if section:
            inside = section[1] == "Args"
        elif inside and (match := _ARGUMENT.match(line)):
            name = match[1]
            found[name] = match[2]
        elif inside and name and line.strip():
            found[name] += f" {line.strip()}"
    return found

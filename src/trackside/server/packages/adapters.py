"""The families that a network of one's own can be of: what the wizard offers, and what each needs to know."""

from __future__ import annotations

from typing import Any

from trackside.models.families import FAMILIES
from trackside.models.families.embedding import NAME as EMBEDDING

_ALWAYS = ["name", "licence", "geometry.width", "geometry.height", "geometry.layout", "geometry.colour", "geometry.fit"]
_DETECTOR = [*_ALWAYS, "classes", "threshold"]
_ROWS: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("yolox", "detection", "YOLOX", "One output with a row a cell: box, objectness, a score a class.", _DETECTOR),
    ("fastestdet", "detection", "FastestDet", "One output that is a grid: objectness, box, a score a class.", _DETECTOR),
    (
        "generic",
        "detection",
        "Another detector",
        "Boxes and scores, in one output or in several: you say how they are written.",
        [*_DETECTOR, "decoding"],
    ),
    (EMBEDDING, "embedding", "Embedding", "One vector that tells whether two pictures show the same.", _ALWAYS),
    (
        "blazepose-detector",
        "pose",
        "BlazePose, people",
        "Finds people and how they are turned, for a network for body points.",
        [*_ALWAYS, "threshold"],
    ),
    ("blazepose-landmarks", "pose", "BlazePose, body points", "Finds 33 body points of one person.", _ALWAYS),
)


def task_of(family: str) -> str:
    """What networks of a family answer. Raises KeyError for an unknown family."""
    return {name: task for name, task, *_ in _ROWS}[family]


def families() -> list[dict[str, Any]]:
    """What the wizard offers: name, task, title, help and the card's fields to ask for."""
    known = [
        {"name": name, "task": task, "title": title, "help": text, "needs": needs}
        for name, task, title, text, needs in _ROWS
    ]
    named = {row["name"] for row in known}
    # A family that a plugin adds is offered without words of ours.
    more = [name for name in FAMILIES if name not in named]
    return known + [
        {"name": name, "task": "detection", "title": name, "help": "", "needs": _DETECTOR} for name in sorted(more)
    ]

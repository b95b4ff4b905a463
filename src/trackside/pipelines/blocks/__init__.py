"""The built-in blocks, one file a family."""

from __future__ import annotations

from importlib import import_module

FAMILIES = (
    "source",
    "sample",
    "detect",
    "pose",
    "identify",
    "faces",
    "classify",
    "camera",
    "track",
    "link",
    "zone",
    "line",
    "rule",
    "comply",
    "alarm",
    "angles",
    "draw",
    "write",
)


def import_all() -> None:
    """Import every family, which registers its blocks."""
    for family in FAMILIES:
        import_module(f"trackside.pipelines.blocks.{family}")

"""The conversions there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from trackside.core import Registry

# From the checkpoint's file, whose hash has been checked, to the bytes of an ONNX file. The same bytes on every machine:
# the zoo states their hash.
Conversion: TypeAlias = Callable[[Path], bytes]


def _fill() -> None:
    for module in ("efficientnet_lite", "mtcnn"):
        import_module(f"trackside.models.conversion.{module}")


CONVERSIONS: Registry[Conversion] = Registry("conversion", _fill)

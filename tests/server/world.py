"""A server with one of everything, so that requests made by chance reach what lies deep."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from starlette.testclient import TestClient

from tests.server.results.conftest import FPS, graph, keep
from trackside.core import InputError
from trackside.media import VideoWriter
from trackside.models.zoo import zoo
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.runs import run_files
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.packages import pulls
from trackside.server.phone.service import PhoneService
from trackside.server.runs.tables import RunVideoRow

DRAWN = {
    "pipeline": "drawn",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": ["draw.annotated"],
}
CARD = {
    "name": "tiny", "task": "classification", "family": "generic", "classes": ["cat", "dog"], "licence": "MIT",
    "geometry": {"width": 8, "height": 8, "fit": "stretch"}, "decoding": {"scores": "scores"},
}  # fmt: skip
"""Of the network below."""
"""E

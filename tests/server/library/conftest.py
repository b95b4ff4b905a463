"""Graphs to begin from."""

from __future__ import annotations

from typing import Any

import pytest

from trackside.pipelines.catalogue import find_pipeline


@pytest.fixture
def graph() -> dict[str, Any]:
    """The template count-people, as the editor sends it."""
    return find_pipeline("count-people").model_dump(mode="json")

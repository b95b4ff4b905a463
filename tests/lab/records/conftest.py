"""A store of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mlflow", reason="needs the extra `train`")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with an empty store."""
    from tests.lab.records.made import empty_store

    return empty_store(tmp_path / "runs")

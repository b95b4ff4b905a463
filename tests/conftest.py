"""Fixtures shared by all tests: where real weights and data lie, when they lie there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[1].parent / "shared"))


def _folder(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"needs real {name}: no folder {folder}; set TRACKSIDE_TEST_DATA to the folder that holds `{name}/`")
    return folder


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """The mirror of model files (`fastestdet/fastestdet.onnx`, ...)."""
    return _folder("models")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real footage and labels (`opencv_vtest/vtest.avi`, ...)."""
    return _folder("data")


@pytest.fixture(scope="session")
def vtest(shared_data: Path) -> Path:
    """768 x 576, 795 frames, 10 fps, pedestrians seen by a fixed camera."""
    path = shared_data / "opencv_vtest" / "vtest.avi"
    if not path.is_file():
        pytest.skip(f"needs real footage: no file {path}")
    return path

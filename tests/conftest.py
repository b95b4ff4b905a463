"""Fixtures shared by all tests: where real weights and data lie, when they lie there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trackside.core import TracksideError
from trackside.models import Package, Silent, fetch_sample, pull

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


@pytest.fixture(scope="session")
def blazepose() -> tuple[Package, Package]:
    """BlazePose's detector and landmark network, fetched once from PyPI as `make test` fetches all else."""
    try:
        return pull("blazepose-detector", reporter=Silent()), pull("blazepose-full", reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs BlazePose: {error}")


@pytest.fixture(scope="session")
def demo_video() -> Path:
    """The sports video of `make demo`: a man on a roof, a woman who walks to the left below."""
    try:
        return fetch_sample("sports2d-demo", reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs the demo video: {error}")

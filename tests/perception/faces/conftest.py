"""Fixtures of the tests about faces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.perception.faces.pictures import pulled_mtcnn, real_pictures
from tests.perception.faces.standin import standin
from trackside.core import RGB
from trackside.models import Package
from trackside.perception.faces import FaceDescriber, FaceFinder


@pytest.fixture(scope="session")
def pictures(shared_data: Path) -> Mapping[str, RGB]:
    return real_pictures(shared_data)


@pytest.fixture(scope="session")
def mtcnn() -> Package:
    return pulled_mtcnn()


@pytest.fixture(scope="session")
def finder(mtcnn: Package) -> FaceFinder:
    return FaceFinder(mtcnn)


@pytest.fixture(scope="session")
def describer(tmp_path_factory: pytest.TempPathFactory) -> FaceDescriber:
    """A stand-in: it knows pictures again, not people."""
    return FaceDescriber(standin(tmp_path_factory.mktemp("standin")))


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recognising people is switched on."""
    monkeypatch.setenv("TRACKSIDE_FACES", "on")

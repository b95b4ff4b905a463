"""TrackEval, the reference implementation of HOTA, CLEAR and identity, set apart from the environment of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

_WANTED = Path(__file__).with_name("trackeval.txt")


@pytest.fixture(scope="session")
def trackeval(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """`trackeval.metrics`, fetched once from PyPI as `make test` fetches all else, and checked by its hash."""
    folder = request.config.cache.mkdir("trackeval-1.3.0")
    if not (folder / "trackeval").is_dir():
        _install(folder, tmp_path_factory.mktemp("trackeval"))
    sys.path.insert(0, str(folder))
    try:
        from trackeval import metrics
    finally:
        sys.path.remove(str(folder))
    return metrics


def _install(folder: Path, build: Path) -> None:
    words = ("install", "--quiet", "--no-deps", "--require-hashes", "--target", str(build), "-r", str(_WANTED))
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"needs TrackEval: {done.stderr.strip().splitlines()[-1]}")
    (build / "trackeval").rename(folder / "trackeval")

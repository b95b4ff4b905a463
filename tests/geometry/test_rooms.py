"""The packages of geometry: every word is there, importing costs nothing, and the runtime needs no PyTorch."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trackside.geometry

ROOT = Path(trackside.geometry.__file__).parent
STUBS = sorted(ROOT.rglob("__init__.pyi"))


def name_of(stub: Path) -> str:
    return ".".join(["trackside.geometry", *stub.parent.relative_to(ROOT).parts])


@pytest.mark.parametrize("stub", STUBS, ids=name_of)
def test_every_word_is_there_and_none_is_hidden_by_a_module(stub: Path) -> None:
    words = set(re.findall(r"as (\w+)", stub.read_text(encoding="utf-8")))
    modules = {path.stem for path in stub.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert words
    assert not words & modules, "a word and a module of one name: which of them one gets depends on who came first"
    package = importlib.import_module(name_of(stub))
    for word in words:
        assert getattr(package, word) is not None


def test_importing_costs_nothing_and_evaluating_needs_no_torch() -> None:
    code = """
import sys
from trackside.geometry import camera, flight, nurbs, planes
heavy = {"numpy", "scipy", "cv2", "plotly", "numba", "torch", "fastapi"} & set(sys.modules)
assert not heavy, heavy
import numpy
nurbs.evaluate(nurbs.Curve([[0, 0], [1, 1]], 1), [0.5])
assert not {"torch", "array_api_compat", "plotly", "cv2"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)

"""The Python on the pages of `geometry` runs as it stands there, and says what the page says it says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("nurbs", "planes", "flight", "calibration")
WITH_PYTHON = ("nurbs", "planes", "flight")


def blocks(page: str) -> list[tuple[int, str]]:
    """The Python of a page, each block with the line that it begins at."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    found = re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, match.start(1)) + 1, match[1]) for match in found]


def run(page: str) -> dict[str, Any]:
    """All blocks in order in one namespace; without PyTorch, those that import it are left out."""
    names: dict[str, Any] = {}
    for line, code in blocks(page):
        if "import torch" in code and importlib.util.find_spec("torch") is None:
            continue
        # As many lines before it as on the page, so that a traceback tells the page's line.
        exec(compile("\n" * (line - 1) + code, f"docs/{page}.md", "exec"), names)
    return names


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_there_is_python_to_run(page: str) -> None:
    assert blocks(page)


@pytest.mark.parametrize("page", PAGES)
def test_its_python_is_formatted(page: str) -> None:
    for line, code in blocks(page):
        command = [sys.executable, "-m", "ruff", "format", "--check", "--line-length", "125", "-"]
        done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"docs/{page}.md, line {line}: {done.stderr or 'not formatted as ruff formats'}"


@pytest.mark.filterwarnings("error")
def test_the_page_on_nurbs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import numpy as np

    from trackside.geometry.nurbs import evaluate, length

    names = run("nurbs")
    assert np.allclose(names["evaluate"](names["corner"], 0.0), [0, 0])
    gaps = np.linalg.norm(np.diff(names["every"], axis=0), axis=1)
    assert np.ptp(gaps) < 0.02 * gaps.mean()  # Equal along the curve; chords of bends are a little shorter.
    assert np.sqrt(np.mean((names["y"] - np.sin(names["x"])) ** 2)) < 0.015
    assert names["removed"] == 0 and names["coarse"].counts == names["curve"].counts
    assert np.allclose(evaluate(names["back"], 0.3), evaluate(names["curve"], 0.3))
    assert names["path"].weights[60] == 0 and 0.7 < names["path"].deviation < 1.3
    truth = 1.9 + 0.2 * np.pi * np.cos(2 * np.pi * names["times"])
    assert np.abs(names["speed"] - truth)[5:-5].max() < 0.25
    assert names["inside"].tolist() == [True, False]
    assert np.allclose(length(names["same_corner"]), length(names["corner"]), rtol=0, atol=0)
    assert {path.name for path in tmp_path.iterdir()} == {"shapes.json", "vase.obj", "vase.stl", "corner.html"}
    if "error" in names:
        assert names["error"].item() < 0.005
    assert "(200, 50, 2)" in capsys.readouterr().out


def test_the_page_on_planes() -> None:
    import numpy as np

    names = run("planes")
    truth, water, refined = names["truth"], names["water"], names["result"].homography
    seen = truth.to_pixels(names["places"])
    before, after = (np.linalg.norm(each.to_plane(seen) - names["places"], axis=1) for each in (water, refined))
    assert (after < before).all() and (after < 3 * refined.deviation(seen)).all()
    assert np.allclose(names["camera"].position, [25, -22, 14], atol=0.3)
    assert names["finding"].verdict.value == "warn" and names["now"] is not refined
    assert not water.fit.advice


def test_the_page_on_flight() -> None:
    names = run("flight")
    assert 75 < names["result"].distance < 90
    assert abs(names["release"].speed - 29.1) < 0.5


def test_the_page_on_calibration() -> None:
    run("calibration")


def test_a_block_that_fails_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.md").write_text("text\n\n```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n")
    monkeypatch.setattr(sys.modules[__name__], "DOCS", tmp_path)
    with pytest.raises(AssertionError) as failure:
        run("bad")
    assert failure.traceback[-1].lineno == 7  # Counted from 0.

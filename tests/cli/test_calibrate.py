"""`trackside calibrate` as its user meets it. Pictures are synthetic, but for those that say so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.told import mistake_in
from tests.geometry.camera.waving import LENS, pose
from trackside.geometry.camera.boards import board_of
from trackside.geometry.camera.exchange import read_lens, read_rig
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.report.pictures import encoded
from trackside.geometry.camera.synthetic import Scene, render

SPEC = "chessboard:9x6:square=0.04"
BOARD = board_of(SPEC)
SMALL = Lens((640, 360), (500.0, 500.0), (322.0, 178.0), LENS.distortion)
PLACES = [(x, y) for y in (-0.04, 0.04) for x in (-0.1, 0, 0.1)]
POSES = [pose(x, y, 0.65, 33, 45 * number) for number, (x, y) in enumerate(PLACES)]


def run_cli(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trackside.cli.main", "calibrate", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=folder)


def photograph(folder: Path, poses: list[Pose]) -> Path:
    folder.mkdir(parents=True)
    for row, where in enumerate(poses):
        grey = render(BOARD, SMALL, where, Scene(noise=1.0, seed=row))
        (folder / f"{row:02}.png").write_bytes(encoded(np.repeat(grey[..., None], 3, 2), ".png"))
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photograph(tmp_path_factory.mktemp("pictures") / "left", POSES)


def test_a_folder_of_pictures_becomes_a_lens_and_a_report(pictures: Path, tmp_path: Path) -> None:
    said = run_cli(pictures, "--board", SPEC, "-o", tmp_path / "out", "--distance", 10, "--json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["title"] == "left: not good enough yet (views)"  # six views are few
    assert {finding["check"] for finding in told["findings"]} >= {"expected-error", "coverage", "tilt", "held-out", "lens"}
    assert all(Path(path).is_file() for path in told["files"])
    assert read_lens(tmp_path / "out" / "lens.json").focal[0] == pytest.approx(500, rel=0.01)
    assert len(list((tmp_path / "out" / "pictures").iterdir())) == 6
    assert "board found in 6 of 6 pictures" in said.stderr


def test_two_cameras_become_a_rig(pictures: Path, tmp_path: Path) -> None:
    aside = Pose(np.eye(3), np.array([-0.05, 0.0, 0.0]))
    right = photograph(tmp_path / "right", [aside @ where for where in POSES])
    said = run_cli(pictures, right, "--rig", "--board", SPEC, "-o", tmp_path / "out")
    assert said.returncode == 0, said.stderr
    rig = read_rig(tmp_path / "out" / "rig.json")
    assert rig.distance("left", "right") == pytest.approx(0.05, rel=0.05)
    assert (tmp_path / "out" / "right" / "report.html").is_file()


@pytest.mark.slow
def test_real_photographs_of_opencv(shared_data: Path, tmp_path: Path) -> None:
    photographs = sorted((shared_data / "opencv_calib").glob("left*.jpg"))
    said = run_cli("run", *photographs, "--board", "chessboard:9x6:square=0.025", "-o", tmp_path / "out", "--name", "left")
    assert said.returncode == 0, said.stderr
    lens = read_lens(tmp_path / "out" / "lens.json")
    assert lens.focal[0] == pytest.approx(536, abs=6)


def test_nothing_is_left_of_a_failure(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "two views only" in mistake_of(run_cli(pictures / "00.png", pictures / "01.png", "-b", SPEC, "-o", out))
    assert list(tmp_path.iterdir()) == []


def test_a_board_that_is_not_there_is_told_with_the_commonest_reason(tmp_path: Path) -> None:
    (tmp_path / "blank.png").write_bytes(encoded(np.full((120, 160, 3), 128, np.uint8), ".png"))
    said = mistake_in(run_cli(tmp_path / "blank.png", "-b", SPEC, "-o", tmp_path / "out"))
    assert "found in none of 1 pictures" in said
    assert "blank" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.mp4", "-b", SPEC), "no such file"),
        (("none.mp4", "-b", "sudoku:9x9"), "no board 'sudoku'"),
        (("none.mp4", "-b", SPEC, "--model", "pinhole"), "no lens model"),
        (("none.mp4", "-b", SPEC, "--distance", "-3"), "no distance"),
        (("none.mp4", "-b", SPEC, "--rig"), "two cameras or more"),
        (("none.mp4", "-b", SPEC, "--most", "2"), "2 views cannot"),
        (("none.mp4", "-b", SPEC, "--coefficients", "3"), "use 0, 1, 2, 4, 5, 8 or auto"),
        (("none.mp4", "-b", SPEC, "--coefficients", "8", "--model", "fisheye"), "use 1, 2, 3, 4 or auto"),
        (("none.mp4", "-b", SPEC, "--name", "../up"), "cannot name a camera"),
        (("none.mp4", "-b", SPEC, "--timestamps", "t.csv"), "add --rig"),
        (("a.mp4", "b.mp4", "-b", SPEC, "--rig", "--timestamps", "t.csv"), "t.csv: cannot be read"),
        (("live", "-b", SPEC, "--name", "a/b", "--no-browser"), "cannot name a camera"),
        (("board", SPEC, "-o", "board.pdf"), "written as .svg or .png"),
    ],
)
def test_mistakes_are_one_sentence(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    assert says in mistake_in(run_cli(*words, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("none.mp4",), ("live", "--no-browser")])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert "this is a file" in mistake_in(run_cli(*words, "-b", SPEC, "-o", tmp_path / "mine.txt"))
    assert "cannot write here" in mistake_in(run_cli(*words, "-b", SPEC, "-o", tmp_path / "mine.txt" / "out"))
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_text_file_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert "notes.txt" in mistake_in(run_cli("notes.txt", "-b", SPEC, folder=tmp_path))


def test_a_printed_board_can_be_found_again(tmp_path: Path) -> None:
    import cv2

    assert run_cli("board", SPEC, "-o", tmp_path / "board.svg").returncode == 0
    assert 'width="' in (tmp_path / "board.svg").read_text()
    assert run_cli("board", SPEC, "-o", tmp_path / "board.png").returncode == 0
    drawn = cv2.imread(str(tmp_path / "board.png"))
    small = cv2.resize(drawn, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    assert len(BOARD.detect(np.asarray(small, np.uint8)).ids) == 54  # type: ignore[union-attr]


def mistake_of(said: subprocess.CompletedProcess[str]) -> str:
    """The last line, in which a command refused after it had told of its progress."""
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    return said.stderr.strip().splitlines()[-1]

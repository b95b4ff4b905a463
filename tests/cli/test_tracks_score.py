"""`trackside tracks score` as its user meets it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.told import mistake_in
from tests.perception.tracking.metrics.cases import SEQUENCES, Sequence, detections, still, tracked
from trackside.core.motchallenge import write_mot
from trackside.perception.tracking.metrics import combine, score

TRUTH = still({1: (1, 2), 2: (1,), 5: (1, 2)})
RESULT = still({1: (1, 2), 2: (1,), 5: (11, 2)})
FOUND = still({1: (1, 2), 2: (1,), 5: (1,)})


def run_cli(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trackside.cli.main", "tracks", "score", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def write(path: Path, sequence: Sequence) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mot(path, sequence)
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "gt.txt", TRUTH), write(tmp_path / "result.txt", RESULT)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two sequences, of 10 and 25 frames a second."""
    truth, result = tmp_path / "truth", tmp_path / "results"
    for name, fps in (("alpha", 10), ("beta", 25)):
        write(truth / name / "gt" / "gt.txt", TRUTH)
        write(truth / name / "det" / "det.txt", FOUND)
        (truth / name / "seqinfo.ini").write_text(f"[Sequence]\nframeRate={fps}\n")
        write(result / f"{name}.txt", RESULT)
    return truth, result


def test_two_files_give_a_row_each_sequence_and_the_gaps(files: tuple[Path, Path]) -> None:
    said = run_cli(*files, "--fps", 10)
    assert said.returncode == 0, said.stderr
    heading, row, combined, *rest = said.stdout.splitlines()
    assert re.split(" {2,}", heading) == [
        "sequence",
        "HOTA %",
        "DetA %",
        "AssA %",
        "LocA %",
        "MOTA %",
        "IDSW",
        "Frag",
        "IDF1 %",
    ]
    scores = score(TRUTH, RESULT, fps=10).numbers()
    shown = [f"{100 * scores[name]:.1f}" for name in ("HOTA", "DetA", "AssA", "LocA", "MOTA")]
    assert row.split() == ["gt", *shown, "1", "1", "80.0"]
    assert combined.split() == ["COMBINED", *row.split()[1:]]
    assert "sighted by the result" in said.stdout
    assert [line.split() for line in rest if line.startswith("0-0.5 s")] == [
        ["0-0.5", "s", "2", "1", "50.0", "9.5", "to", "90.5"]
    ]


def test_folders_use_each_sequences_own_frame_rate(folders: tuple[Path, Path], tmp_path: Path) -> None:
    said = run_cli(*folders, "--detections", folders[0], "--json")
    assert said.returncode == 0, said.stderr
    data = json.loads(said.stdout)
    assert {name: part["fps"] for name, part in data["sequences"].items()} == {"alpha": 10, "beta": 25}
    parts = [score(TRUTH, RESULT, fps=fps, detections=detections(FOUND)) for fps in (10, 25)]
    assert data["combined"]["HOTA"] == combine(parts).numbers()["HOTA"]
    assert data["combined"]["identity_recall"][-1]["gaps"] == combine(parts).gaps.total.count == 2
    assert data["mean"]["IDF1"] == pytest.approx(0.8)
    assert data["gaps_defined_by"] == "detections"


def test_a_frame_rate_given_stands_above_those_of_the_files(folders: tuple[Path, Path]) -> None:
    data = json.loads(run_cli(*folders, "--fps", 50, "--json").stdout)
    assert {part["fps"] for part in data["sequences"].values()} == {50}


def test_a_folder_gets_numbers_and_plots(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "new" / "scores"
    said = run_cli(*files, "--fps", 10, "-o", out)
    assert said.returncode == 0, said.stderr
    assert sorted(path.name for path in out.iterdir()) == ["scores.html", "scores.json"]
    data = json.loads((out / "scores.json").read_text())
    assert data["combined"]["MOTA"] == pytest.approx(0.8)
    page = (out / "scores.html").read_text(encoding="utf-8")
    assert "HOTA over its thresholds" in page
    assert "Identity recall against gap length" in page
    assert str(out / "scores.html") in said.stdout


def test_real_sequences(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data / "mot15"
    parts = []
    for name, fps in SEQUENCES.items():
        truth, found, result = tracked(data / name, fps)
        write(tmp_path / f"{name}.txt", result)
        parts.append(score(truth, result, fps=fps, detections=found))
    said = run_cli(data, tmp_path, "--detections", data, "--json")
    assert said.returncode == 0, said.stderr
    scored = json.loads(said.stdout)
    assert list(scored["sequences"]) == sorted(SEQUENCES)
    for name, value in combine(parts).numbers().items():
        assert scored["combined"][name] == pytest.approx(value, abs=1e-12), name


def test_a_tracker_that_found_nothing_in_one_sequence_is_scored_and_told(folders: tuple[Path, Path]) -> None:
    (folders[1] / "beta.txt").write_text("")
    said = run_cli(*folders)
    assert said.returncode == 0
    assert said.stderr.strip() == "note: beta: the result holds no boxes"
    assert "beta      0.0" in said.stdout


def test_results_without_ground_truth_are_left_out_and_told(folders: tuple[Path, Path]) -> None:
    write(folders[1] / "gamma.txt", RESULT)
    said = run_cli(*folders)
    assert said.returncode == 0
    assert "gamma left out, for want of ground truth" in said.stderr
    assert "gamma" not in said.stdout


def mistake(*words: object) -> str:
    return mistake_in(run_cli(*words))


def test_mistakes_with_files_are_one_sentence(files: tuple[Path, Path], tmp_path: Path) -> None:
    truth, result = files
    empty, video = tmp_path / "empty.txt", tmp_path / "video.mp4"
    empty.touch()
    video.touch()
    assert (
        mistake(truth, tmp_path / "none.txt", "--fps", 5)
        == f"{tmp_path}/none.txt: there is no such file or folder; check the path"
    )
    assert mistake(truth, video, "--fps", 5).startswith(f"{video}: cannot read tracks from a .mp4 file; give .txt")
    assert mistake(empty, result, "--fps", 5) == f"{empty}: holds no boxes; give a file with at least one"
    assert mistake(truth, empty, "--fps", 5) == f"{empty}: holds no boxes; give the file that the tracker wrote"
    assert (
        mistake(truth, result, "--fps", 5, "--detections", empty)
        == f"{empty}: holds no boxes; give a file with at least one"
    )
    assert mistake(truth, result).startswith("gt: its frame rate is not known, and gaps are measured in seconds; give --fps")
    assert "positive number of frames a second, got fps=0.0" in mistake(truth, result, "--fps", 0)


def test_mistakes_within_a_sequence_name_it(folders: tuple[Path, Path]) -> None:
    truth, results = folders
    with (results / "beta.txt").open("a") as file:
        file.write("5,2,0,0,9,9,1,1,-1,-1\n")
    fix = "an identity may stand once in a frame"
    assert mistake(truth, results) == f"beta, the result: frame 5 has id 2 more than once; {fix}"
    (results / "beta.txt").write_text("1,-1,0,0,9,9,1\n")
    assert mistake(truth, results).startswith("beta, the result: frame 1 has a box with id -1; give each box the identity")
    (results / "beta.txt").unlink()
    said = mistake(truth, results)
    assert said == f"{results}: nothing for the sequence beta; name sequences as in the ground truth; there are alpha"


def test_a_sequence_named_like_markup_is_printed_as_it_is(tmp_path: Path) -> None:
    truth = write(tmp_path / "[red]a.txt", TRUTH)
    assert "[red]a" in run_cli(truth, truth, "--fps", 5).stdout

"""`trackside tracks run` as its user meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.told import mistake_in
from tests.perception.tracking.metrics.cases import SEQUENCES
from trackside.core import Detections, Tracks
from trackside.core.motchallenge import read_mot, write_mot
from trackside.perception.tracking import PRESETS
from trackside.perception.tracking.metrics import score


def run_cli(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trackside.cli.main", "tracks", "run", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def shown(said: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """The rows of the table, by sequence."""
    assert said.returncode == 0, said.stderr
    heading, *rows = said.stdout.splitlines()
    assert heading.split() == ["sequence", "frames", "detections", "tracks", "boxes", "frames/s", "written"]
    return {row.split()[0]: row.split()[1:] for row in rows}


def written(path: Path) -> dict[int, Tracks]:
    """The tracks of a result, which holds sound boxes and each identity once in a frame."""
    result = read_mot(path)
    for tracks in result.values():
        assert (tracks.ids > 0).all() and len(set(tracks.ids.tolist())) == len(tracks)
        assert (tracks.boxes[:, 2:] > tracks.boxes[:, :2]).all()
    return result


@pytest.fixture
def campus(shared_data: Path) -> Path:
    """A sequence's folder, with det/det.txt and seqinfo.ini."""
    return shared_data / "mot15" / "TUD-Campus"


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    """Detections of somebody who walks, for four seconds at 25 frames a second, without anything beside them."""
    path = tmp_path / "walk.txt"
    boxes = [np.array([[100.0 + 3 * n, 50, 140.0 + 3 * n, 150]]) for n in range(100)]
    write_mot(path, {n + 1: Detections(box, [0.95], [0]) for n, box in enumerate(boxes)})  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_tracks_real_people(preset: str, link: bool, campus: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.txt"
    rows = shown(run_cli(campus / "det" / "det.txt", "-o", out, "--preset", preset, *["--link"] * link))
    result = written(out)
    identities = {int(track) for tracks in result.values() for track in tracks.ids}
    frames, found, people, boxes, _, where = rows["TUD-Campus"]
    assert (frames, found, where) == ("71", "321", str(out))
    assert (int(people), int(boxes)) == (len(identities), sum(map(len, result.values())))
    # Eight people are labelled; a detector of this kind finds some of them in parts.
    assert 4 <= len(identities) <= 40
    assert score(read_mot(campus / "gt" / "gt.txt"), result, fps=25).numbers()["HOTA"] > 0.35


def test_a_folder_gives_a_folder_in_which_linking_makes_most_sequences_better(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data / "mot15"
    better = 0
    for link in (False, True):
        assert list(shown(run_cli(data, "-o", tmp_path / str(link), *["--link"] * link))) == sorted(SEQUENCES)
    for name, fps in SEQUENCES.items():
        truth = read_mot(data / name / "gt" / "gt.txt")
        results = [written(tmp_path / str(link) / f"{name}.txt") for link in (False, True)]
        online, linked = (score(truth, result, fps=fps).numbers()["HOTA"] for result in results)
        better += linked > online
    assert better >= 3


def test_what_is_written_does_not_change_from_run_to_run(campus: Path, tmp_path: Path) -> None:
    for link in ([], ["--link"]):
        texts = []
        for name in ("a.txt", "b.txt"):
            assert run_cli(campus / "det" / "det.txt", "-o", tmp_path / name, *link).returncode == 0
            texts.append((tmp_path / name).read_text())
        assert texts[0] == texts[1] != ""


def test_a_frame_rate_given_and_settings_count(walk: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "result.txt"
    assert shown(run_cli(walk, "-o", out, "--fps", 25))["walk"][:4] == ["100", "100", "1", shown_boxes(out)]
    assert shown(run_cli(walk, "-o", out, "--fps", 25, "-s", "high=0.99", "-s", "new=0.99"))["walk"][2] == "0"


def shown_boxes(path: Path) -> str:
    return str(sum(map(len, read_mot(path).values())))


def test_linking_fills_a_gap_that_is_seconds_long(walk: Path, tmp_path: Path) -> None:
    lines = walk.read_text().splitlines(keepends=True)
    walk.write_text("".join(lines[:40] + lines[60:]))
    rows = shown(run_cli(walk, "-o", tmp_path / "result.txt", "--fps", 25, "--link"))
    result = written(tmp_path / "result.txt")
    assert rows["walk"][2] == "1"
    assert sorted(result) == list(range(1, 101))
    assert result[51].centres[0, 0] == pytest.approx(120 + 3 * 50, abs=5)


@pytest.mark.parametrize("link", [[], ["--link"]])
def test_nothing_found_is_nothing_tracked(link: list[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    rows = shown(run_cli(empty, "-o", tmp_path / "out.txt", "--fps", 25, *link))
    assert rows["empty"][:4] == ["0", "0", "0", "0"]
    assert (tmp_path / "out.txt").read_text() == ""


@pytest.mark.parametrize("link", [[], ["--link"]])
def test_boxes_without_area_cost_the_others_nothing(link: list[str], walk: Path, tmp_path: Path) -> None:
    with walk.open("a") as file:
        file.writelines(f"{frame},-1,300,80,{width},50,0.95\n" for frame, width in ((3, 0), (4, -20), (5, 0)))
    rows = shown(run_cli(walk, "-o", tmp_path / "out.txt", "--fps", 25, *link))
    assert rows["walk"][1:3] == ["103", "1"]
    written(tmp_path / "out.txt")


def mistake(*words: object) -> str:
    return mistake_in(run_cli(*words))


def test_mistakes_with_files_are_one_sentence(walk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    assert mistake(walk, "-o", out) == "walk: no frame rate is known; give --fps, such as --fps 25"
    assert mistake(tmp_path / "none.txt", "-o", out, "--fps", 5) == (
        f"{tmp_path}/none.txt: there is no such file or folder; check the path"
    )
    broken = tmp_path / "broken.txt"
    for text, said in (
        ("1,-1,nan,2,3,4,0.9\n", "line 1: a cell is not finite"),
        ("1,-1,1,2,3,4,0.9\n1,-1,a,2,3,4,0.9\n", "line 2: a cell is not a number"),
        ("1,-1,1\n", "line 1: 3 cells where at least 6 are needed"),
        ("0,-1,1,2,3,4,0.9\n", "line 1: frame and id must be whole numbers, frames from 1"),
    ):
        broken.write_text(text)
        assert mistake(broken, "-o", out, "--fps", 25).startswith(f"{broken}, {said}")
    (tmp_path / "folder").mkdir()
    assert "this folder holds no sequences" in mistake(tmp_path / "folder", "-o", out, "--fps", 25)
    assert not out.exists()


def test_a_place_that_cannot_be_written_to_is_told(walk: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    for out, what in ((tmp_path / "taken", "this is no file"), (walk / "out.txt", "cannot write")):
        assert mistake(walk, "-o", out, "--fps", 25).startswith(f"{out}: {what}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fps", "0"), "--fps: need a positive number of frames a second, got 0"),
        (("--fps", "nan"), "--fps: need a positive number of frames a second, got nan"),
        (("--preset", "evidnce"), "tracker: no tracker 'evidnce'; did you mean 'evidence'?"),
        (("-s", "hihg=0.3"), "tracker: a tracker has no setting 'hihg'; did you mean 'high'?"),
        (("-s", "high=fast"), "high: takes a number, or true or false, got 'fast'; write -s high=0.5"),
        (("-s", "high="), "high: takes a number, or true or false, got None; write -s high=0.5"),
        (("-s", "rounds=3"), "rounds: can be changed from Python only; leave it out"),
        (("-s", "high"), "'high' sets nothing"),
        (("-s", "high=3"), "tracker: need 0 <= low <= high <= 1"),
        (("-s", "keep_lost=-1"), "tracker: need a positive number of seconds, got keep_lost=-1"),
    ],
)
def test_mistakes_with_options_are_one_sentence(words: tuple[str, str], said: str, walk: Path, tmp_path: Path) -> None:
    fps = () if "--fps" in words else ("--fps", "25")
    assert mistake(walk, "-o", tmp_path / "out.txt", *words, *fps).startswith(said)


def test_settings_that_linking_would_make_no_use_of_are_refused(walk: Path, tmp_path: Path) -> None:
    said = mistake(walk, "-o", tmp_path / "out.txt", "--fps", 25, "--link", "-s", "keep_lost=3")
    assert said.startswith("--set: keep_lost would change the online tracker, which --link alone makes no use of; leave it")
    other = ("--preset", "bytetrack", "-s", "keep_lost=3")
    assert run_cli(walk, "-o", tmp_path / "out.txt", "--fps", 25, "--link", *other).returncode == 0


def test_a_frame_number_out_of_all_reason_is_refused(walk: Path, tmp_path: Path) -> None:
    with walk.open("a") as file:
        file.write("2000000000000,-1,1,2,3,4,0.9\n")
    said = mistake(walk, "-o", tmp_path / "out.txt", "--fps", 25)
    assert said.startswith(
        "detections: frame 2000000000000 is beyond the last that is taken, 2000000; check the first column"
    )


def test_the_detections_are_never_written_over(walk: Path) -> None:
    before = walk.read_bytes()
    assert "would replace the detections" in mistake(walk, "-o", walk, "--fps", 25)
    assert walk.read_bytes() == before


def test_scores_of_another_scale_are_taken_by_rank_and_it_is_said(walk: Path, tmp_path: Path) -> None:
    rows = [line.split(",") for line in walk.read_text().splitlines()]
    for name, rescaled in (("plain", lambda score: score), ("percent", lambda score: 100 * score)):
        (tmp_path / f"{name}.txt").write_text(
            "".join(",".join([*row[:6], str(rescaled(float(row[6]))), *row[7:]]) + "\n" for row in rows)
        )
    said = {}
    for name in ("plain", "percent"):
        result = run_cli(tmp_path / f"{name}.txt", "-o", tmp_path / f"{name}-out.txt", "--fps", 25)
        said[name] = result.stderr
        assert written(tmp_path / f"{name}-out.txt")
    assert "ranks are taken" in said["percent"]
    assert said["plain"] == ""

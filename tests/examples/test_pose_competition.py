"""The worked project runs from start to end, and each of its chapters leaves what the README promises."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trackside.models import Package, load_package

EXAMPLE = Path(__file__).parents[2] / "examples" / "pose_competition"
POSES = {
    "ChairPose", "ChildPose", "Dabbing", "HandGun", "HandShake", "HulkSmash", "KoreanHeart", "KungfuCrane", "KungfuSalute",
    "Salute", "WarriorPose",
}  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The example as a user starts it."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(EXAMPLE / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, blazepose: tuple[Package, Package], demo_video: Path) -> Path:
    """The folder of a quick run."""
    out = tmp_path_factory.mktemp("competition") / "results"
    done = run("-o", str(out), "--quick")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "SYNTHETIC" in done.stdout
    return out


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def numbers(story: Path) -> dict[str, str]:
    """What was measured, by what it is."""
    told = json.loads((story / "numbers.json").read_text("utf-8"))
    assert "SYNTHETIC" in told["data"]
    return {row["what"]: row["value"] for row in told["rows"]}


@pytest.mark.slow
def test_the_package_names_the_eleven_poses_and_says_how_well(story: Path) -> None:
    card = load_package(story / "pose-competition").card
    assert set(card.classes) == POSES
    assert card.task == "classification"
    [accuracy] = [metric.value for metric in card.metrics if metric.name == "accuracy"]
    assert numbers(story)["transfer, EfficientNet-Lite0, all layers: accuracy"].startswith(f"{accuracy:.1%}")


@pytest.mark.slow
def test_spoiled_loops_are_told_by_their_cause_and_the_healthy_one_is_left_alone(story: Path) -> None:
    said = numbers(story)
    # Of the two pictures a class in a quick run's validation part the diagnosis may rightly say that they are too few.
    assert said["diagnosis, done to the loop: nothing"].partition(" ")[0] in ("healthy", "test-set-too-small")
    assert said["diagnosis, done to the loop: zero_grad forgotten"].startswith("missing-zero-grad")
    assert said["diagnosis, done to the loop: softmax twice"].startswith("double-softmax")


@pytest.mark.slow
def test_body_points_are_learnt_beyond_chance(story: Path) -> None:
    said = numbers(story)["body points: trained on drawn, measured on drawn points: accuracy"]
    assert float(said.partition("%")[0]) > 3 * 100 / len(POSES)


@pytest.mark.slow
def test_the_sheet_of_mistakes_lists_every_mistake_with_truth_and_answer(story: Path) -> None:
    rows = table(story / "mistakes.csv")
    assert rows
    assert all(row["truth"] in POSES and row["prediction"] in POSES and row["truth"] != row["prediction"] for row in rows)


@pytest.mark.slow
def test_the_pipeline_leaves_an_annotated_video_and_both_tables(story: Path) -> None:
    [folder] = [path for path in (story / "video").iterdir() if path.is_dir()]
    assert (folder / "annotated.mp4").stat().st_size > 10_000
    assert {row["class"] for row in table(folder / "detections.csv")} <= POSES | {"?"}
    assert {row["pose"] for row in table(folder / "poses.csv")} <= POSES


@pytest.mark.slow
def test_every_page_and_picture_that_the_readme_names_is_there(story: Path) -> None:
    readme = (EXAMPLE / "README.md").read_text("utf-8")
    named = [part for part in readme.split("`") if part.endswith((".html", ".png", ".csv", ".jpg", ".json", ".sqlite"))]
    assert len(named) > 10
    assert [name for name in named if not (story / name).exists()] == []


@pytest.mark.slow
def test_a_folder_in_use_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me", "utf-8")
    done = run("-o", str(tmp_path), "--quick")
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1 and "there is something already" in done.stderr
    assert (tmp_path / "mine.txt").read_text("utf-8") == "keep me"

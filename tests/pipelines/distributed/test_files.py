"""Files on a real Ray cluster of two nodes on this machine: the same bytes as on one machine, whatever dies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from trackside.core import Cancelled, Detections, PipelineError, SettingError
from trackside.core.motchallenge import write_mot
from trackside.pipelines.distributed import FileShare, run_files_on_ray
from trackside.pipelines.distributed.files import Board
from trackside.pipelines.graph import Pipeline, parse_pipeline
from trackside.pipelines.progress import Progress
from trackside.pipelines.runs import RunOptions, run_files

from ..conftest import MakeVideo
from .on_ray import Nodes, ray_nodes

FRAMES = 3000


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    pytest.importorskip("ray")
    with ray_nodes(2) as made:
        yield made


@pytest.fixture
def tracking(tmp_path: Path) -> Pipeline:
    """Tracks boxes from a file, which are synthetic, and draws them."""
    frames = {}
    for number in range(FRAMES):
        x = 10 + 8 * np.sin(number / 20 + np.arange(3))
        boxes = np.stack([x, x, x + 9, x + 20], axis=1).astype(np.float32)
        frames[number + 1] = Detections(boxes, np.full(3, 0.9), np.zeros(3))
    write_mot(tmp_path / "boxes.txt", frames)
    return parse_pipeline(
        {
            "pipeline": "tracking",
            "blocks": {
                "detect": {"use": "detect.from_file@1", "path": str(tmp_path / "boxes.txt")},
                "track": {"use": "track.objects@1", "detections": "detect"},
                "draw": {"use": "draw.overlay@1", "images": "source.images", "tracks": "track"},
            },
            "save": ["track.tracks", "draw"],
        }
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".parquet", ".mp4")}


@pytest.mark.slow
def test_files_on_a_cluster_are_those_of_one_machine_even_if_a_node_dies(
    nodes: Nodes, tracking: Pipeline, make_video: MakeVideo, tmp_path: Path
) -> None:
    # Two of the same name, in different folders: each gets a folder of its own.
    videos = [make_video(name, frames=FRAMES) for name in ("a.mp4", "b.mp4", "c.mp4", "x/a.mp4")]
    expected = run_files(tracking, videos, tmp_path / "here")
    said: list[Progress] = []
    killed: list[str] = []

    def listen(progress: Progress) -> None:
        said.append(progress)
        newest = {one.stream: one for one in said}
        running = [name for name, one in newest.items() if one.state == "running" and one.records > FRAMES / 4]
        if len(running) >= 2 and not killed:
            killed.extend(running)
            nodes.kill_one()

    result = run_files_on_ray(tracking, videos, tmp_path / "there", RunOptions(listener=listen), address=nodes.address)
    assert killed, "no two files ran side by side"
    begun_anew = [
        name
        for name in killed
        if any(b.records < a.records for a, b in zip(of(said, name), of(said, name)[1:], strict=False))
    ]
    assert begun_anew, " ".join(f"{one.stream}:{one.state}:{one.records}" for one in said)
    assert [file.status for file in result.files] == ["done"] * 4
    assert [file.folder.name for file in result.files] == [file.folder.name for file in expected.files]
    for here, there in zip(expected.files, result.files, strict=True):
        assert contents(there.folder) == contents(here.folder) and len(contents(here.folder)) >= 3
        assert there.facts["fingerprint"] == here.facts["fingerprint"]
    assert not list((tmp_path / "there").glob(".*")), "half a folder was left"
    assert {one.stream for one in said if one.state == "done"} == {"a", "b", "c", "a-2"}
    # What is finished is not done again, neither there nor here.
    again = run_files_on_ray(tracking, videos, tmp_path / "there", address=nodes.address)
    assert {file.status for file in again.files} == {"skipped"}
    assert {file.status for file in run_files(tracking, videos, tmp_path / "there").files} == {"skipped"}


def of(said: list[Progress], name: str) -> list[Progress]:
    return [one for one in said if one.stream == name]


@pytest.mark.slow
def test_what_goes_wrong_with_one_file_costs_the_others_nothing(
    nodes: Nodes, tracking: Pipeline, make_video: MakeVideo, tmp_path: Path
) -> None:
    good, bad = make_video("good.mp4"), tmp_path / "bad.mp4"
    bad.write_bytes(b"this is no video")
    result = run_files_on_ray(tracking, [bad, good], tmp_path / "out", address=nodes.address)
    assert [file.status for file in result.files] == ["failed", "done"]
    here = run_files(tracking, [bad], tmp_path / "here")
    assert result.files[0].error == here.files[0].error


@pytest.mark.slow
def test_stopping_leaves_what_is_finished_and_nothing_half_done(
    nodes: Nodes, tracking: Pipeline, make_video: MakeVideo, tmp_path: Path
) -> None:
    videos = [make_video("short.mp4", frames=10), make_video("long.mp4", frames=FRAMES)]
    cancel = threading.Event()

    def listen(progress: Progress) -> None:
        if progress.stream == "long" and progress.records:
            cancel.set()

    options = RunOptions(listener=listen, cancel=cancel, files_at_once=1)
    with pytest.raises(Cancelled, match="1 of 2 files are finished"):
        run_files_on_ray(tracking, videos, tmp_path / "out", options, address=nodes.address)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["run.json", "short"]


@pytest.mark.slow
def test_mistakes_are_told_before_anything_runs(
    nodes: Nodes, tracking: Pipeline, make_video: MakeVideo, tmp_path: Path
) -> None:
    video = make_video()
    with pytest.raises(SettingError, match="no machine of the cluster has 64 cores"):
        run_files_on_ray(tracking, [video], tmp_path / "out", address=nodes.address, share=FileShare(cpus=64))
    wrong = parse_pipeline({"pipeline": "t", "blocks": {"a": {"use": "no.such@1"}}})
    with pytest.raises(PipelineError):
        run_files_on_ray(wrong, [video], tmp_path / "out", address=nodes.address)
    assert not (tmp_path / "out").exists()


def test_the_board_keeps_the_newest_report_of_each_file_and_says_when_to_stop() -> None:
    board = Board()
    for records in (1, 2):
        assert not board.tell(Progress("a", None, records, 0.0))
    assert [one.records for one in board.take(False)] == [2] and board.take(True) == []
    assert board.tell(Progress("a", None, 3, 0.0)), "whoever reports after a stop hears of it"
    board.take(False)
    assert board.tell(Progress("a", None, 4, 0.0)), "a stop is not taken back"

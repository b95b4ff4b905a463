"""Results are whole or absent: stopping, killing, a full disk and bad files lose nothing that was finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from trackside.core import Cancelled, InputError, ModelError, OutputError, TracksideError
from trackside.pipelines.calls import Item
from trackside.pipelines.graph import Pipeline, parse_pipeline
from trackside.pipelines.progress import Progress
from trackside.pipelines.runs import RunOptions, run_files

from .conftest import MakeVideo

MEAN = {"mean": {"use": "toy.mean@1", "images": "source.images"}}


def graph(blocks: dict[str, Any] | None = None, *save: str) -> Pipeline:
    return parse_pipeline({"pipeline": "test", "blocks": blocks or MEAN, "save": list(save or ("mean", "source.images"))})


def test_a_file_leaves_video_tables_summary_and_run_facts(make_video: MakeVideo, tmp_path: Path) -> None:
    video = make_video(frames=8)
    result = run_files(graph(), [video], tmp_path / "out")
    folder = result.files[0].folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "images.mp4",
        "mean-table.csv",
        "mean-table.parquet",
        "run.json",
        "summary.html",
    ]
    facts = json.loads((folder / "run.json").read_text())
    assert facts["records"] == 8
    assert {"trackside", "python", "numpy"} <= set(facts["versions"])
    assert {"source", "mean", "save-mean-table"} <= set(facts["timings"])
    assert facts["input"]["bytes"] == video.stat().st_size


def test_finished_files_are_not_done_again_but_changed_ones_are(make_video: MakeVideo, tmp_path: Path) -> None:
    video, out = make_video(frames=4), tmp_path / "out"
    statuses = [run_files(graph(), [video], out).files[0].status for _ in range(2)]
    statuses.append(run_files(graph(), [video], out, RunOptions(fresh=True)).files[0].status)
    statuses.append(run_files(graph({"mean": {**MEAN["mean"]}}, "mean"), [video], out).files[0].status)
    make_video(frames=5)
    statuses.append(run_files(graph(), [video], out).files[0].status)
    assert statuses == ["done", "skipped", "done", "done", "done"]


def test_layout_and_description_do_not_make_a_file_be_done_again(make_video: MakeVideo, tmp_path: Path) -> None:
    video, out = make_video(frames=4), tmp_path / "out"
    run_files(graph(), [video], out)
    moved = graph().model_copy(update={"layout": {"mean": (3.0, 4.0)}, "about": "the same"})
    assert run_files(moved, [video], out).files[0].status == "skipped"


def test_a_file_that_a_block_reads_makes_its_results_be_done_again_when_it_changes(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    video, out, boxes = make_video(frames=4), tmp_path / "out", tmp_path / "det.txt"
    pipeline = graph({"detect": {"use": "detect.from_file", "path": str(boxes)}}, "detect")
    boxes.write_text("1,-1,0,0,5,5,1\n")
    statuses = [run_files(pipeline, [video], out).files[0].status for _ in range(2)]
    boxes.write_text("1,-1,0,0,5,5,1\n2,-1,0,0,5,5,1\n")
    result = run_files(pipeline, [video], out)
    assert [*statuses, result.files[0].status] == ["done", "skipped", "done"]
    assert result.tables["detections"].num_rows == 2


def test_no_name_can_put_a_script_into_the_summary(make_video: MakeVideo, tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    video = make_video(frames=4).rename(tmp_path / "<img src=x onerror=alert(3)>.mp4")
    pipeline = graph({"n": {"use": "detect.from_file", "path": str(tmp_path / "d.txt"), "name": evil}}, "n")
    (tmp_path / "d.txt").write_text("1,-1,0,0,5,5,1\n")
    result = run_files(pipeline.model_copy(update={"pipeline": evil, "about": evil}), [video], tmp_path / "out")
    assert result.files[0].summary is not None
    page = result.files[0].summary.read_text()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_bad_file_is_told_and_costs_the_others_nothing(make_video: MakeVideo, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("this is no video")
    result = run_files(graph(), [bad, make_video(frames=3)], tmp_path / "out")
    assert [file.status for file in result.files] == ["failed", "done"]
    assert "bad.mp4" in result.files[0].error
    overview = json.loads((tmp_path / "out" / "run.json").read_text())
    assert [file["status"] for file in overview["files"]] == ["failed", "done"]


def test_a_missing_file_is_an_error_before_anything_runs(make_video: MakeVideo, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        run_files(graph(), [make_video(), tmp_path / "none.mp4"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_absent_model_is_an_error_before_anything_runs(
    make_video: MakeVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "home"))
    pipeline = graph({"d": {"use": "detect.objects", "images": "source.images"}}, "d")
    with pytest.raises(ModelError, match="trackside models pull fastestdet"):
        run_files(pipeline, [make_video()], tmp_path / "out")


def test_folders_that_hold_anything_else_are_never_touched(make_video: MakeVideo, tmp_path: Path) -> None:
    video, out = make_video("clip.mp4", frames=2), tmp_path / "out"
    (out / "clip").mkdir(parents=True)
    (out / "clip" / "notes.txt").write_text("mine")
    [file] = run_files(graph(), [video], out).files
    assert file.folder.name == "clip-2"
    assert (out / "clip" / "notes.txt").read_text() == "mine"


def test_an_output_folder_that_holds_the_input_costs_it_nothing(make_video: MakeVideo, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    pictures = tmp_path / "day1"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), np.zeros((16, 16, 3), np.uint8))
    [file] = run_files(graph(None, "mean"), [pictures], tmp_path).files
    assert file.folder.name == "day1-2"
    assert [path.name for path in pictures.iterdir()] == ["1.png"]


def test_another_pipeline_or_input_gets_a_folder_of_its_own_and_finds_it_again(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    first, second, out = make_video("a/clip.mp4", frames=2), make_video("b/clip.mp4", frames=3), tmp_path / "out"
    other = graph().model_copy(update={"pipeline": "other"})
    names = [
        run_files(pipeline, [video], out).files[0].folder.name
        for pipeline, video in ((graph(), first), (other, first), (graph(), second))
    ]
    assert names == ["clip", "clip-2", "clip-3"]
    again = run_files(graph(), [second, first], out).files
    assert [(file.folder.name, file.status) for file in again] == [("clip-3", "skipped"), ("clip", "skipped")]
    listed = {file["folder"] for file in json.loads((out / "run.json").read_text())["files"]}
    assert listed == {"clip", "clip-2", "clip-3"}


def test_what_a_user_puts_among_the_results_outlives_a_new_run(make_video: MakeVideo, tmp_path: Path) -> None:
    video, out = make_video(frames=2), tmp_path / "out"
    [file] = run_files(graph(), [video], out).files
    (file.folder / "notes.txt").write_text("mine")
    run_files(graph(), [video], out, RunOptions(fresh=True))
    assert (file.folder / "notes.txt").read_text() == "mine"


def test_a_part_without_a_frame_is_an_error(make_video: MakeVideo, tmp_path: Path) -> None:
    pipeline = graph().with_settings({"source.start": 99.0})
    [file] = run_files(pipeline, [make_video(frames=5)], tmp_path / "out").files
    assert file.status == "failed"
    assert "there is no frame from 99 s on; choose another part" in file.error


def test_files_of_one_name_get_folders_of_their_own(make_video: MakeVideo, tmp_path: Path) -> None:
    videos = [make_video(f"{folder}/clip.mp4", frames=2) for folder in "ab"]
    result = run_files(graph(), videos, tmp_path / "out")
    assert [file.folder.name for file in result.files] == ["clip", "clip-2"]


def test_a_folder_of_videos_and_a_folder_of_images_are_inputs(make_video: MakeVideo, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    for name in ("one", "two"):
        make_video(f"films/{name}.mp4", frames=2)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(3):
        cv2.imwrite(str(pictures / f"{number}.png"), np.full((16, 16, 3), 10 * number, np.uint8))
    result = run_files(graph(None, "mean"), [tmp_path / "films", pictures], tmp_path / "out")
    assert [file.folder.name for file in result.files] == ["one", "two", "pictures"]
    assert result.files[2].tables["mean-table"]["brightness"].to_pylist() == pytest.approx([0, 10, 20])


def test_cancelling_keeps_what_is_finished_and_the_next_run_goes_on(make_video: MakeVideo, tmp_path: Path) -> None:
    videos = [make_video(f"{name}.mp4", frames=20) for name in "abc"]
    out, options = tmp_path / "out", RunOptions(files_at_once=1)

    def stop_in_the_second(progress: Progress) -> None:
        if progress.stream == "b":
            options.cancel.set()

    options = RunOptions(files_at_once=1, listener=stop_in_the_second)
    with pytest.raises(Cancelled, match="1 of 3 files are finished"):
        run_files(graph(), videos, out, options)
    assert sorted(path.name for path in out.iterdir()) == ["a", "run.json"]
    again = run_files(graph(), videos, out)
    assert [file.status for file in again.files] == ["skipped", "done", "done"]


def test_a_full_disk_is_one_sentence_and_leaves_no_half_results(
    make_video: MakeVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as parquet

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_table", full)
    [file] = run_files(graph(), [make_video()], tmp_path / "out").files
    assert file.status == "failed"
    assert "No space left on device" in file.error
    assert "free some space" in file.error
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["run.json"]


def test_results_folder_that_is_a_file_is_one_sentence(make_video: MakeVideo, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match="is a file; give a folder for the results"):
        run_files(graph(), [make_video()], tmp_path / "out")


CHILD = """
    import signal, sys, time
    # A shell starts what runs in its background with Ctrl-C ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    import numpy as np
    from trackside.core import Image, Table
    from trackside.pipelines.block import block
    from trackside.pipelines.graph import parse_pipeline
    from trackside.pipelines.runs import RunOptions, run_files

    @block("slow.mean@1")
    def mean(images: Image) -> Table:
        '''Measure slowly.'''
        time.sleep(0.0 if Path({hurry!r}).exists() else 0.1)
        return Table({{"n": np.array([1])}})

    blocks = {{"m": {{"use": "slow.mean", "images": "source.images"}}}}
    pipeline = parse_pipeline({{"pipeline": "t", "blocks": blocks, "save": ["m"]}})
    result = run_files(pipeline, [Path(p) for p in {videos!r}], Path({out!r}), RunOptions(files_at_once=1))
    print([file.status for file in result.files])
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_loses_no_finished_file_and_goes_on(make_video: MakeVideo, tmp_path: Path, how: signal.Signals) -> None:
    videos = [str(make_video("a.mp4", frames=2)), str(make_video("b.mp4", frames=60))]
    out, hurry = tmp_path / "out", tmp_path / "hurry"
    code = textwrap.dedent(CHILD).format(tests=str(Path(__file__).parents[2]), videos=videos, out=str(out), hurry=str(hurry))
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    _wait_for(lambda: (out / "a" / "run.json").exists() and any(out.glob(".b.partial-*")))
    os.kill(child.pid, how)
    _, said = child.communicate(timeout=30)
    assert child.returncode != 0
    if how is signal.SIGINT:
        assert "1 of 2 files are finished" in said
        assert not list(out.glob(".*"))
    whole = (out / "a" / "run.json").stat().st_mtime_ns
    hurry.touch()
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert again.stdout.strip() == "['skipped', 'done']", again.stderr
    assert (out / "a" / "run.json").stat().st_mtime_ns == whole
    assert not list(out.glob(".*")), "the killed run's leftovers were swept up"


def _wait_for(happened: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_progress_tells_fraction_rate_and_end(make_video: MakeVideo, tmp_path: Path) -> None:
    told: list[Progress] = []
    run_files(graph(), [make_video(frames=30)], tmp_path / "out", RunOptions(listener=told.append))
    assert told[-1].state == "done"
    assert told[-1].records == 30
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)


def test_asking_for_the_tables_of_several_inputs_says_how(make_video: MakeVideo, tmp_path: Path) -> None:
    result = run_files(graph(), [make_video("a.mp4"), make_video("b.mp4")], tmp_path / "out")
    with pytest.raises(TracksideError, match=r"result\.files\[0\]\.tables"):
        _ = result.tables


def test_a_watcher_sees_finished_records_now_and_then_and_costs_no_number(make_video: MakeVideo, tmp_path: Path) -> None:
    seen: list[tuple[str, int, bool]] = []

    def watch(stream: str, item: Item) -> None:
        seen.append((stream, item.number, ("mean", "table") in item.values))

    video = make_video(frames=30)
    watched = run_files(graph(), [video], tmp_path / "watched", RunOptions(watch=watch))
    plain = run_files(graph(), [video], tmp_path / "plain")
    assert seen[0] == ("clip", 0, True)
    assert len(seen) < 30
    name = next(iter(plain.tables))
    assert watched.tables[name].equals(plain.tables[name])


def test_an_input_with_a_name_of_its_own_is_called_by_it_and_its_path_stays_out(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    video = make_video("hidden/source.mp4", frames=3)
    [file] = run_files(graph(), [video], tmp_path / "out", RunOptions(names={video: "Lap 1.mov"})).files
    assert file.facts["input"]["name"] == "Lap 1.mov"
    assert "path" not in file.facts["input"]
    assert file.summary is not None
    assert "Lap 1.mov" in file.summary.read_text()
    assert "hidden" not in (file.folder / "run.json").read_text()


def test_a_failed_file_says_which_block_failed(make_video: MakeVideo, tmp_path: Path) -> None:
    pipeline = graph({"f": {"use": "toy.fail", "images": "source.images"}}, "f")
    [file] = run_files(pipeline, [make_video()], tmp_path / "out").files
    assert [problem.block for problem in file.problems] == ["f"]
    [fine] = run_files(graph(), [make_video()], tmp_path / "fine").files
    assert fine.problems == ()


def test_the_last_stage_is_told_apart(make_video: MakeVideo, tmp_path: Path) -> None:
    told: list[Progress] = []
    run_files(graph(), [make_video(frames=5)], tmp_path / "out", RunOptions(listener=told.append))
    stages = [progress.stage for progress in told if progress.state == "running"]
    assert stages[-1] == "writing"
    assert set(stages[:-1]) <= {"working"}

"""The spine keeps order, gives the same numbers however it is run, and loses nothing."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import trackside
from trackside.core import PipelineError, TracksideError
from trackside.pipelines.graph import Pipeline, parse_pipeline
from trackside.pipelines.runs import RunOptions, run_files

from .conftest import MakeVideo

CHAIN = {
    "box": {"use": "toy.box@1", "images": "source.images", "slow": 0.02},
    "number": {"use": "toy.number@1", "detections": "box"},
    "forget": {"use": "toy.forget@1", "tracks": "number.tracks"},
}


def graph(blocks: dict[str, Any], *save: str) -> Pipeline:
    return parse_pipeline({"pipeline": "test", "blocks": blocks, "save": list(save)})


def run(pipeline: Pipeline, out: Path, *videos: Path, **options: Any) -> Any:
    result = run_files(pipeline, list(videos), out, RunOptions(**options))
    assert result.ok, [file.error for file in result.files]
    return result


def test_stateful_blocks_see_records_in_order_although_inference_does_not_finish_so(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    result = run(graph(CHAIN, "number.order"), tmp_path / "out", make_video(frames=40), workers=4)
    order = result.tables["order"].to_pydict()
    assert order["seen"] == list(range(1, 41))
    assert order["index"] == list(range(40))


@pytest.mark.parametrize(("workers", "batch", "side_by_side"), [(1, 1, 1), (2, 1, 2), (4, 8, 2), (3, 3, 1)])
def test_numbers_do_not_depend_on_how_it_is_run(
    make_video: MakeVideo, tmp_path: Path, workers: int, batch: int, side_by_side: int
) -> None:
    videos = [make_video("a.mp4", frames=25), make_video("b.mp4", frames=13)]
    pipeline = graph(CHAIN, "number.tracks", "number.order", "forget")
    reference = run(pipeline, tmp_path / "one", *videos, workers=1, files_at_once=1)
    other = run(pipeline, tmp_path / "other", *videos, workers=workers, batch=batch, files_at_once=side_by_side)
    for expected, found in zip(reference.files, other.files, strict=True):
        assert sorted(expected.tables) == sorted(found.tables) == ["forget-events", "order", "tracks"]
        for name in expected.tables:
            for suffix in ("csv", "parquet"):
                pair = [(file.folder / f"{name}.{suffix}").read_bytes() for file in (expected, found)]
                assert pair[0] == pair[1]


@pytest.mark.parametrize(("workers", "batch", "most"), [(2, 1, 4), (2, 4, 12), (3, 5, 12), (4, 2, 7), (2, 4, 3)])
def test_no_order_of_arrival_stops_the_spine(
    make_video: MakeVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, batch: int, most: int
) -> None:
    """A record held back with too few others to make a burst once stopped everything behind it."""
    from trackside.pipelines import lane

    monkeypatch.setattr(lane, "_MOST_UNDER_WAY", most)
    blocks = {
        "first": {"use": "toy.jitter@1", "images": "source.images"},
        "number": {"use": "toy.number@1", "detections": "first"},
        "second": {"use": "toy.relay@1", "detections": "number.tracks", "images": "source.images"},
        "last": {"use": "toy.number@1", "detections": "second"},
    }
    video, done = make_video(frames=150), []
    thread = threading.Thread(
        target=lambda: done.append(run(graph(blocks, "last.order"), tmp_path / "out", video, workers=workers, batch=batch)),
        daemon=True,
    )
    thread.start()
    thread.join(timeout=120)
    assert done, "the spine stands still"
    assert done[0].tables["order"]["seen"].to_pylist() == list(range(1, 151))


def test_every_frame_of_a_file_is_there(make_video: MakeVideo, tmp_path: Path) -> None:
    result = run(graph(CHAIN, "number.tracks"), tmp_path / "out", make_video(frames=31))
    assert result.tables["tracks"]["frame"].to_pylist() == list(range(31))
    assert result.files[0].facts["records"] == 31
    assert result.files[0].facts["dropped"] == 0


def test_blocks_are_told_when_a_track_ends(make_video: MakeVideo, tmp_path: Path) -> None:
    result = run(graph(CHAIN, "forget"), tmp_path / "out", make_video(frames=5))
    assert result.tables["forget-events"]["id"].to_pylist() == [1, 2, 3, 4]


def test_sampling_skips_only_what_depends_on_it(make_video: MakeVideo, tmp_path: Path) -> None:
    blocks = {
        "thin": {"use": "sample.every@1", "images": "source.images", "seconds": 0.5},
        "box": {"use": "toy.box@1", "images": "thin"},
        "mean": {"use": "toy.mean@1", "images": "source.images"},
    }
    result = run(graph(blocks, "box", "mean"), tmp_path / "out", make_video(frames=21, fps=10))
    assert result.tables["detections"]["time_s"].to_pylist() == pytest.approx([0, 0.5, 1.0, 1.5, 2.0])
    assert result.tables["mean-table"].num_rows == 21


def test_source_settings_choose_the_part_that_is_read(make_video: MakeVideo, tmp_path: Path) -> None:
    blocks = {"source": {"use": "source.media@1", "start": 0.5, "end": 1.5, "every": 0.2}, **CHAIN}
    result = run(graph(blocks, "number.tracks"), tmp_path / "out", make_video(frames=30, fps=10))
    assert result.tables["tracks"]["time_s"].to_pylist() == pytest.approx([0.5, 0.7, 0.9, 1.1, 1.3])


def test_a_block_that_fails_names_itself_and_the_time_and_costs_the_other_files_nothing(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    good, bad = make_video("short.mp4", frames=3), make_video("long.mp4", frames=12)
    pipeline = graph({"fail": {"use": "toy.fail@1", "images": "source.images", "at": 6}}, "fail")
    result = run_files(pipeline, [bad, good], tmp_path / "out")
    failed, done = result.files
    assert (failed.status, done.status) == ("failed", "done")
    assert failed.error.startswith("fail: toy.fail@1 failed at 0.60 s of long (RuntimeError: the toy broke)")
    assert not failed.folder.exists()
    assert done.tables["fail-table"].num_rows == 3


def test_a_batch_block_that_fails_on_one_record_does_not_fail_the_stream_beside_it(
    make_video: MakeVideo, tmp_path: Path
) -> None:
    pipeline = graph({"box": {"use": "toy.fragile@1", "images": "source.images"}}, "box")
    videos = [make_video("a.mp4", frames=20), make_video("b.mp4", frames=6)]
    result = run_files(pipeline, videos, tmp_path / "out", RunOptions(batch=6, workers=1))
    assert [file.status for file in result.files] == ["failed", "done"]


def test_stream_gives_records_in_order_and_writes_nothing(make_video: MakeVideo, tmp_path: Path) -> None:
    video = make_video(frames=15)
    before = sorted(tmp_path.rglob("*"))
    records = list(trackside.stream(graph(CHAIN, "number.tracks"), video))
    assert [record.record.index for record in records] == list(range(15))
    assert [int(record["number.tracks"].ids[0]) for record in records] == list(range(1, 16))
    assert records[3]["box"].scores[0] == pytest.approx(0.9)
    assert sorted(tmp_path.rglob("*")) == before


def test_leaving_a_stream_early_stops_its_threads(make_video: MakeVideo) -> None:
    before = threading.active_count()
    for record in trackside.stream(graph(CHAIN), make_video(frames=60)):
        if record.time > 0.3:
            break
    del record
    import gc

    gc.collect()
    assert threading.active_count() == before


def test_stream_raises_what_a_block_raises(make_video: MakeVideo) -> None:
    pipeline = graph({"fail": {"use": "toy.fail@1", "images": "source.images"}})
    with pytest.raises(PipelineError, match="the toy broke"):
        list(trackside.stream(pipeline, make_video(frames=9)))


def test_asking_a_record_for_what_is_not_there_names_what_is(make_video: MakeVideo) -> None:
    record = next(trackside.stream(graph(CHAIN), make_video(frames=3)))
    with pytest.raises(TracksideError, match=r"use one of .*box\.detections"):
        record["bxo"]


def test_blocks_can_be_called_by_themselves() -> None:
    import numpy as np

    from . import toys

    [found] = toys.one_box([np.full((8, 8, 3), 5, np.uint8)])
    assert found.boxes[0].tolist() == [0, 0, 6, 10]
    assert toys.Number()(found, 0).tracks.ids.tolist() == [1]

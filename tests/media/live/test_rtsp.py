"""Cameras over RTSP, from GStreamer's server: that they play, hang, die, come back and send rubbish."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.media.films import psnr
from tests.rtsp import MISSING, Server, rtsp_server
from trackside.core import InputError
from trackside.media import VideoReader
from trackside.media.live import LiveReader, LiveSettings, open_live, reader as reader_module

HASTY = LiveSettings(open_timeout=8.0, read_timeout=1.0)


@pytest.fixture(scope="module")
def cameras(clip: Path, clip_with_b: Path) -> Iterator[Server]:
    names = ("steady", "udp", "auto", "hanging", "killed", "rubbish", "kept")
    with rtsp_server({**dict.fromkeys(names, clip), "b": clip_with_b}) as server:
        if server is None:
            pytest.skip(MISSING)
        yield server


def read(reader: LiveReader, count: int) -> list[tuple[float, np.ndarray]]:
    try:
        return [(record.time, record.data.rgb()) for record in itertools.islice(reader, count)]
    finally:
        reader.close()


@pytest.mark.parametrize("name", ["steady", "b"])
def test_a_camera_gives_the_pictures_of_its_clip_at_the_wanted_rate(
    name: str, cameras: Server, clip: Path, clip_with_b: Path
) -> None:
    reader = open_live(cameras.url(name), LiveSettings(every=0.2), source="yard")
    found = read(reader, 12)
    originals = [record.data.rgb() for record in VideoReader(clip if name == "steady" else clip_with_b)]
    assert all(any(np.array_equal(image, original) for original in originals) for _, image in found)
    times = np.array([time for time, _ in found])
    assert np.allclose(np.diff(times), 0.2, atol=0.05)
    assert (reader.info.width, reader.info.height, reader.info.codec) == (160, 96, "h264")
    assert reader.counts.corrupt == reader.counts.mended == reader.counts.skipped == 0


@pytest.mark.parametrize("transport", ["udp", "auto"])
def test_other_transports_work(transport: str, cameras: Server) -> None:
    settings = LiveSettings(transport=transport)  # type: ignore[arg-type]
    assert len(read(open_live(cameras.url(transport), settings, source="yard"), 4)) == 4


def test_the_wall_clock_of_a_picture_is_that_of_its_arrival(cameras: Server) -> None:
    reader = open_live(cameras.url("steady"), LiveSettings(every=0.0), source="yard")
    late = []
    for record in itertools.islice(reader, 30):
        assert record.wall is not None
        late.append(time.time() - record.wall)
    reader.close()
    assert min(late) >= 0
    assert np.median(late) < 0.5


def test_a_camera_that_hangs_is_stalled_and_comes_back(cameras: Server) -> None:
    reader = open_live(cameras.url("hanging"), HASTY, source="yard")
    records = iter(reader)
    next(records)
    cameras.hang("hanging")
    with pytest.raises(InputError, match="sends nothing for 1 s"):
        list(records)
    assert list(reader) == []
    cameras.revive("hanging")
    assert len(read(open_live(cameras.url("hanging"), HASTY, source="yard"), 3)) == 3


def test_closing_ends_a_read_of_a_camera_that_hangs(cameras: Server) -> None:
    reader = open_live(cameras.url("hanging"), LiveSettings(read_timeout=60), source="yard")
    records = iter(reader)
    next(records)
    cameras.hang("hanging")
    threading.Timer(1.0, reader.close).start()
    began = time.monotonic()
    list(records)
    assert time.monotonic() - began < 10
    cameras.revive("hanging")


def test_a_camera_that_dies_is_lost_then_absent_then_back(cameras: Server) -> None:
    reader = open_live(cameras.url("killed"), HASTY, source="yard")
    records = iter(reader)
    next(records)
    cameras.kill("killed")
    with pytest.raises(InputError, match=r"ended|broke|nothing"):
        list(records)
    with pytest.raises(InputError, match="no stream of that name"):
        open_live(cameras.url("killed"), HASTY, source="yard")
    cameras.revive("killed")
    assert len(read(open_live(cameras.url("killed"), HASTY, source="yard"), 3)) == 3


def test_rubbish_is_counted_and_given_up_after_a_time(cameras: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "_BLIND", 1.5)
    reader = open_live(cameras.url("rubbish"), LiveSettings(), source="yard")
    records = iter(reader)
    next(records)
    cameras.corrupt("rubbish")
    with pytest.raises(InputError, match="can be decoded"):
        for _ in itertools.islice(records, 200):
            pass
    assert reader.counts.corrupt > 0


def test_decoding_goes_on_behind_rubbish(cameras: Server) -> None:
    cameras.revive("rubbish")
    reader = open_live(cameras.url("rubbish"), LiveSettings(), source="yard")
    records = iter(reader)
    next(records)
    cameras.corrupt("rubbish")
    threading.Timer(1.0, cameras.revive, ["rubbish"]).start()
    while reader.counts.corrupt == 0:
        next(records)
    seen = reader.counts.decoded
    for _ in itertools.islice(records, 10):
        pass
    assert reader.counts.decoded >= seen + 10
    reader.close()


def test_a_clip_of_a_camera_plays(cameras: Server, tmp_path: Path) -> None:
    reader = open_live(cameras.url("kept"), LiveSettings(keep=5.0, every=0.0), source="yard")
    pictures = {round(record.time, 2): record.data.rgb() for record in itertools.islice(reader, 25)}
    last = max(pictures)
    path = tmp_path / "clip.mp4"
    first = reader.save_clip(path, last - 0.5, last)
    reader.close()
    found = list(VideoReader(path))
    assert 5 <= len(found) <= 17
    assert first <= last - 0.5 + 0.01
    for record in found:
        assert np.array_equal(record.data.rgb(), pictures[round(record.time + first, 2)])


def test_thrift_shows_nearly_the_same_pictures(cameras: Server, clip_with_b: Path) -> None:
    reader = open_live(cameras.url("b"), LiveSettings(every=0.4, decode="thrifty"), source="yard")
    found = read(reader, 8)
    originals = [record.data.rgb() for record in VideoReader(clip_with_b)]
    assert min(max(psnr(image, original) for original in originals) for _, image in found) > 30
    assert np.allclose(np.diff([time for time, _ in found]), 0.4, atol=0.05)

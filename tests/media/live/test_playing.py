"""Files that are played as if they were cameras."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.films import make_film, spoil
from tests.media.live.servers import seconds
from trackside.core import InputError, Record
from trackside.media import Frame, VideoReader
from trackside.media.live import LiveSettings, open_live

QUICK = "?speed=50"


def played(address: str, count: int | None = None, **settings: object) -> list[Record]:
    reader = open_live(address, LiveSettings(**settings), source="yard")  # type: ignore[arg-type]
    try:
        return list(itertools.islice(reader, count))
    finally:
        reader.close()


def test_a_file_gives_the_pictures_that_reading_it_gives(clip_with_b: Path) -> None:
    found = played(f"file:{clip_with_b}{QUICK}", loop=False)
    expected = list(VideoReader(clip_with_b, every=0.2))
    assert [r.time for r in found] == pytest.approx([r.time for r in expected], abs=1e-6)
    assert all(isinstance(r.data, Frame) and r.source == "yard" for r in found)
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.data.rgb(), other.data.rgb())


def test_all_frames_come_where_all_are_wanted(clip: Path) -> None:
    assert len(played(f"file:{clip}{QUICK}", loop=False, every=0.0)) == 20


def test_a_loop_goes_on_in_time_without_a_gap(clip: Path) -> None:
    """20 frames of 10 fps: the second round begins at 2.0 s."""
    reader = open_live(f"file:{clip}{QUICK}", LiveSettings(every=0.0), source="yard")
    found = list(itertools.islice(reader, 45))
    reader.close()
    assert [r.time for r in found] == pytest.approx([i * 0.1 for i in range(45)], abs=1e-6)
    assert reader.counts.mended == 0
    assert np.array_equal(found[3].data.rgb(), found[23].data.rgb())
    assert not np.array_equal(found[3].data.rgb(), found[27].data.rgb())


def test_a_loop_over_a_file_that_cannot_be_sought_is_opened_anew(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "raw.h264"
    with av.open(str(clip)) as source, av.open(str(path), "w", format="h264") as target:
        stream = target.add_stream_from_template(source.streams.video[0], opaque=True)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    found = played(f"file:{path}{QUICK}", 45, every=0.0)
    assert len(found) == 45
    assert all(b.time > a.time for a, b in itertools.pairwise(found))
    assert np.array_equal(found[3].data.rgb(), found[23].data.rgb())


def test_pictures_come_when_they_are_due_and_say_when_that_was(clip: Path) -> None:
    """Ten times as fast: no picture comes before its time, and its wall clock is its time's, not that of its decoding."""
    began = time.time()
    reader = open_live(f"file:{clip}?speed=10", LiveSettings(every=0.5), source="yard")
    came = [(time.time(), r) for r in itertools.islice(reader, 8)]
    reader.close()
    start = came[0][1].wall
    assert start is not None
    assert start >= began
    for now, record in came:
        assert record.wall is not None
        assert record.wall == pytest.approx(start + record.time / 10, abs=5e-3)
        assert now >= record.wall - 2e-3


def test_closing_ends_a_pause_at_once(clip: Path) -> None:
    reader = open_live(f"file:{clip}?speed=0.001", LiveSettings(), source="yard")
    records = iter(reader)
    next(records)
    threading.Timer(0.2, reader.close).start()
    assert seconds(lambda: list(records)) < 3
    assert list(reader) == []


def test_closing_twice_or_before_the_first_picture_does_no_harm(clip: Path) -> None:
    reader = open_live(str(clip), LiveSettings(), source="yard")
    reader.close()
    reader.close()
    assert list(reader) == []


def test_counts_and_description_tell_what_was_read(clip: Path) -> None:
    reader = open_live(f"file:{clip}{QUICK}", LiveSettings(loop=False), source="yard")
    assert sum(1 for _ in reader) == 10
    counts, info = reader.counts, reader.info
    assert (counts.packets, counts.decoded, counts.given, counts.key_frames, counts.corrupt) == (20, 20, 10, 2, 0)
    assert (counts.skipped, counts.mended) == (0, 0)
    assert 0 < counts.bytes < clip.stat().st_size
    assert (info.width, info.height, info.fps, info.codec, info.decoder) == (160, 96, 10, "h264", "h264")


def test_pictures_that_are_not_given_out_never_become_arrays(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from trackside.media import decoding

    made: list[object] = []
    original = decoding.plane_pixels
    monkeypatch.setattr(decoding, "plane_pixels", lambda frame: made.append(1) or original(frame))
    assert len(played(f"file:{clip}{QUICK}", loop=False, every=0.5)) == len(made) == 4


def test_damage_in_the_middle_is_counted_and_passed_over(clip_with_b: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.mp4"
    path.write_bytes(clip_with_b.read_bytes())
    spoil(path, 0.4, 0.5)
    reader = open_live(f"file:{path}{QUICK}", LiveSettings(loop=False), source="yard")
    found = list(reader)
    assert reader.counts.corrupt > 0
    assert found[-1].time > 3.5


@pytest.mark.parametrize("content", [b"", b"no video at all", os.urandom(3000)], ids=["empty", "text", "noise"])
def test_what_is_no_video_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "yard.mp4"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_live(str(path), LiveSettings(), source="yard")
    assert caught.value.where == str(path)


def test_a_file_that_is_absent_is_named() -> None:
    with pytest.raises(InputError, match="no such file"):
        open_live("file:/nowhere/yard.mp4?speed=2", LiveSettings(), source="yard")


def test_a_file_of_rubbish_ends_after_one_round(clip: Path, tmp_path: Path) -> None:
    """Its index is whole, its pictures are noise: it would otherwise be played for ever."""
    data = bytearray(clip.read_bytes())
    at, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[at + 4 : end] = np.random.default_rng(1).bytes(end - at - 4)
    path = tmp_path / "rubbish.mp4"
    path.write_bytes(data)
    with pytest.raises(InputError, match="can be decoded"):
        played(f"file:{path}{QUICK}")


def test_other_codecs_and_formats_are_played_too(tmp_path: Path) -> None:
    path = make_film(tmp_path / "jpeg.avi", 20, codec="mjpeg", pixel_format="yuvj420p")
    assert [r.time for r in played(f"file:{path}{QUICK}", 12)] == pytest.approx([i * 0.2 for i in range(12)], abs=1e-6)


@pytest.fixture
def slow_clip(clip: Path) -> Iterator[str]:
    yield f"file:{clip}?speed=20"


def test_a_reader_that_was_kept_from_reading_catches_up_at_a_key_frame(slow_clip: str) -> None:
    """Three seconds late on the wall clock: what has gone by meanwhile is passed over, not worked off."""
    reader = open_live(slow_clip, LiveSettings(every=0.0), source="yard")
    records = iter(reader)
    first = next(records)
    time.sleep(2.3)
    later = next(itertools.islice(records, 1, None))
    reader.close()
    assert later.time - first.time > 20
    assert reader.counts.skipped > 200
    assert later.time % 1.0 < 0.15

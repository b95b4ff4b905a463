"""Clips of what a camera sent."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.films import make_film
from trackside.core import InputError, OutputError
from trackside.media import VideoReader
from trackside.media.live import LiveSettings, open_live
from trackside.media.live.keeping import Keeper


def kept(path: Path, seconds: float = 60.0, most_bytes: int = 1 << 30) -> Keeper:
    """All packets of a film."""
    keeper = Keeper(seconds, "yard", most_bytes)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        keeper.attach(stream)
        for packet in container.demux(stream):
            if packet.size:
                keeper.add(packet, float(packet.pts * packet.time_base))
    return keeper


def test_a_clip_begins_at_the_key_frame_before_and_holds_the_very_pictures(clip_with_b: Path, tmp_path: Path) -> None:
    keeper = kept(clip_with_b)
    path = tmp_path / "clip.mp4"
    first = keeper.save(path, 1.5, 2.6)
    assert first == pytest.approx(1.0)
    expected = list(VideoReader(clip_with_b, start=1.0, end=2.6))
    found = list(VideoReader(path))
    assert [r.time + first for r in found][: len(expected)] == pytest.approx([r.time for r in expected], abs=1e-3)
    assert len(expected) <= len(found) <= len(expected) + 3
    for one, other in zip(found, expected, strict=False):
        assert np.array_equal(one.data.rgb(), other.data.rgb())


def test_a_clip_has_its_index_in_front_so_that_browsers_play_it(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    kept(clip).save(path, 0.0, 2.0)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_older_than_the_seconds_is_forgotten_by_whole_groups(clip_with_b: Path, tmp_path: Path) -> None:
    keeper = kept(clip_with_b, seconds=1.5)
    assert keeper.save(tmp_path / "clip.mp4", 0.0, 4.0) == pytest.approx(2.0)


def test_bytes_are_bounded_too(clip_with_b: Path) -> None:
    keeper = kept(clip_with_b, most_bytes=20_000)
    assert sum(group.size for group in keeper._groups) == keeper._bytes <= 20_000


def test_one_group_that_is_larger_than_all_memory_is_not_kept(clip_with_b: Path, tmp_path: Path) -> None:
    keeper = kept(clip_with_b, most_bytes=1000)
    assert keeper._bytes == 0
    with pytest.raises(InputError, match="nothing is kept"):
        keeper.save(tmp_path / "clip.mp4", 0.0, 4.0)


@pytest.mark.parametrize(("start", "end"), [(10.0, 12.0), (-5.0, -1.0)], ids=["later", "earlier"])
def test_a_time_of_which_nothing_is_kept_is_told(start: float, end: float, clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is kept"):
        kept(clip).save(tmp_path / "clip.mp4", start, end)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_keeps_nothing_says_what_to_set(clip: Path, tmp_path: Path) -> None:
    reader = open_live(f"file:{clip}?speed=50", LiveSettings(loop=False), source="yard")
    list(reader)
    with pytest.raises(InputError, match="set `keep`"):
        reader.save_clip(tmp_path / "clip.mp4", 0.0, 1.0)


def test_clips_are_saved_while_another_thread_reads_and_after_closing(clip: Path, tmp_path: Path) -> None:
    reader = open_live(f"file:{clip}?speed=10", LiveSettings(keep=300.0), source="yard")
    records = iter(reader)
    last = list(itertools.islice(records, 25))[-1].time
    reading = threading.Thread(target=lambda: [None for _ in records], daemon=True)
    reading.start()
    try:
        for number in range(10):
            path = tmp_path / f"{number}.mp4"
            assert reader.save_clip(path, last - 1.5, last) <= last - 1.5
            assert len(list(VideoReader(path))) >= 15
    finally:
        reader.close()
    reading.join(20)
    assert not reading.is_alive()
    reader.save_clip(tmp_path / "after.mp4", last - 1.5, last)
    assert len(list(VideoReader(tmp_path / "after.mp4"))) >= 15


def test_a_clip_over_the_loop_of_a_file_goes_on_in_time(clip: Path, tmp_path: Path) -> None:
    reader = open_live(f"file:{clip}?speed=50", LiveSettings(keep=30.0, every=0.0), source="yard")
    list(itertools.islice(iter(reader), 35))
    path = tmp_path / "clip.mp4"
    first = reader.save_clip(path, 1.0, 3.0)
    reader.close()
    times = [record.time + first for record in VideoReader(path)]
    assert times == pytest.approx([1.0 + i * 0.1 for i in range(len(times))], abs=1e-3)
    assert times[-1] >= 2.9


def test_what_mp4_cannot_hold_is_told(tmp_path: Path) -> None:
    keeper = kept(make_film(tmp_path / "film.flv", 5, codec="flv"))
    with pytest.raises(OutputError, match="MP4 cannot hold flv"):
        keeper.save(tmp_path / "clip.mp4", 0, 1)


def test_a_folder_that_cannot_be_written_is_told(clip: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OutputError):
        kept(clip).save(blocked / "clip.mp4", 0.0, 2.0)

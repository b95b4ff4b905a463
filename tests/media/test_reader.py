from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.media.films import cut, make_film, picture, psnr, reference_frames, spoil
from trackside.core import Picture, SettingError, as_rgb
from trackside.media import VideoReader, open_media, probe
from trackside.media.grid import Grid


def times_of(path: Path, **how: object) -> list[float]:
    with VideoReader(path, **how) as reader:  # type: ignore[arg-type]
        return [record.time for record in reader]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two seconds at 10 fps with a key frame every 7 frames and B-frames between."""
    return make_film(tmp_path / "film.mp4", 20, options={"g": "7", "bf": "2"})


def test_a_whole_film_gives_every_frame_at_its_time_without_problems(film: Path) -> None:
    with VideoReader(film) as reader:
        records = list(reader)
    assert [record.index for record in records] == list(range(20))
    assert np.allclose([record.time for record in records], np.arange(20) / 10, atol=1e-9, rtol=0)
    assert {record.source for record in records} == {"film"}
    assert reader.problems == []
    assert all(psnr(record.data.rgb(), picture(record.index)) > 30 for record in records)


def test_a_frame_is_a_picture_of_the_right_shape(film: Path) -> None:
    with VideoReader(film) as reader:
        record = next(iter(reader))
    assert isinstance(record.data, Picture)
    assert record.data.shape == as_rgb(record.data).shape == np.asarray(record.data).shape == (48, 64, 3)


def test_uneven_time_stamps_are_kept_exactly(tmp_path: Path) -> None:
    pts = [0, 3003, 3600, 12000, 12001, 90000]
    film = make_film(tmp_path / "vfr.mp4", 6, pts=pts, time_base=Fraction(1, 90000))
    assert np.allclose(times_of(film), np.array(pts) / 90000, atol=1e-9, rtol=0)


@pytest.mark.parametrize(("name", "first"), [("late.mp4", 50), ("late.mkv", 50), ("late.ts", 50), ("early.nut", -5)])
def test_time_begins_at_the_first_frame_wherever_the_file_begins(tmp_path: Path, name: str, first: int) -> None:
    film = make_film(tmp_path / name, 12, pts=[first + i for i in range(12)], options={"bf": "0"})
    with VideoReader(film) as reader:
        assert np.allclose([record.time for record in reader], np.arange(12) / 10, atol=1e-3)
    assert reader.problems == []


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".ts"])
@pytest.mark.parametrize("start", [0.05, 0.3, 0.7, 1.0, 1.3, 1.9])
def test_a_start_gives_the_same_frames_as_reading_all(tmp_path: Path, suffix: str, start: float) -> None:
    film = make_film(tmp_path / f"film{suffix}", 20, options={"g": "7", "bf": "0" if suffix == ".avi" else "2"})
    with VideoReader(film) as reader:
        expected = [r for r in reader if r.time >= start - 1e-6]
    with VideoReader(film, start=start) as reader:
        found = list(reader)
    assert [(r.index, r.time) for r in found] == [(r.index, r.time) for r in expected]
    assert all(np.array_equal(a.data.rgb(), b.data.rgb()) for a, b in zip(found, expected, strict=True))


def test_a_start_in_an_open_group_of_pictures_gives_the_same_frames(tmp_path: Path) -> None:
    options = {"g": "8", "x264-params": "open-gop=1:bframes=3:scenecut=0:b-adapt=0"}
    film = make_film(tmp_path / "open.mp4", 40, options=options)
    whole = reference_frames(film)
    for start in range(1, 40):
        with VideoReader(film, start=start / 10) as reader:
            first = next(iter(reader))
        assert first.index == start
        assert psnr(first.data.rgb(), whole[start][1]) > 40


def test_a_start_after_the_end_gives_nothing_and_says_so(film: Path) -> None:
    with VideoReader(film, start=60) as reader:
        assert list(reader) == []
    assert reader.problems == ["there is no frame from 60 s on"]


def test_the_end_is_left_out(film: Path) -> None:
    assert times_of(film, start=0.5, end=0.8) == pytest.approx([0.5, 0.6, 0.7])


def test_an_early_end_is_no_problem(film: Path) -> None:
    with VideoReader(film, end=0.3) as reader:
        assert len(list(reader)) == 3
    assert reader.problems == []


def test_sampling_keeps_to_the_grid_without_drift(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", 90, fps=30)
    # 0.25 s is 7.5 frames: a distance to the last frame kept would give 8 frames every time.
    found = times_of(film, every=0.25)
    assert found == pytest.approx([np.ceil(i * 7.5) / 30 for i in range(12)])


def test_sampling_takes_the_first_frame_at_or_after_each_point_of_the_grid(tmp_path: Path) -> None:
    pts = [0, 40, 90, 101, 350, 399, 400, 460]
    film = make_film(tmp_path / "vfr.mkv", 8, pts=pts, time_base=Fraction(1, 1000))
    assert times_of(film, every=0.1) == pytest.approx([0, 0.101, 0.35, 0.4])


@given(
    gaps=st.lists(st.integers(1, 500), min_size=1, max_size=80),
    every=st.sampled_from([0.04, 0.1, 1 / 3, 0.5, 2.0]),
    start=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_the_grid_takes_one_frame_for_each_slot_that_has_one(gaps: list[int], every: float, start: float) -> None:
    times = np.cumsum(gaps) / 1000
    grid = Grid(every, start, None)
    taken = [float(time) for time in times if grid.takes(float(time))]
    slots = [int((time - start + 5e-7) // every) for time in times if time >= start - 5e-7]
    assert [int((time - start + 5e-7) // every) for time in taken] == sorted(set(slots))
    assert all(b > a for a, b in itertools.pairwise(taken))


@pytest.mark.parametrize("how", [{"every": -1}, {"start": -1}, {"start": float("nan")}, {"end": 0}, {"start": 3, "end": 2}])
def test_times_that_make_no_sense_are_refused(film: Path, how: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=r"seconds|later end"):
        VideoReader(film, **how)  # type: ignore[arg-type]


def test_any_number_of_threads_gives_the_same_pixels(film: Path) -> None:
    def pixels(threads: int) -> list[bytes]:
        with VideoReader(film, threads=threads) as reader:
            return [record.data.rgb().tobytes() for record in reader]

    assert pixels(1) == pixels(4)


def test_damage_in_the_middle_is_passed_over_and_told(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", 100, size=(160, 120), options={"g": "10"})
    with VideoReader(film) as reader:
        whole = list(reader)
    runs = []
    for threads in (1, 4):
        with VideoReader(spoil(film, 0.45, 0.55), threads=threads) as reader:
            runs.append((list(reader), list(reader.problems)))
    (records, problems), (others, other_problems) = runs
    assert "damaged packets were passed over after" in problems[0]
    assert problems == other_problems
    assert 60 < len(records) < 100
    assert [record.time for record in records] == [record.time for record in others]
    # What comes after the damage is whole again, at its own time.
    for found, other, expected in zip(records[-20:], others[-20:], whole[-20:], strict=True):
        assert found.time == other.time == expected.time
        assert found.data.rgb().tobytes() == other.data.rgb().tobytes() == expected.data.rgb().tobytes()


def test_a_film_that_was_cut_off_gives_what_there_is_and_says_so(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", 100, size=(160, 120), container_options={"movflags": "+faststart"})
    with VideoReader(cut(film, 0.6)) as reader:
        records = list(reader)
    assert 20 < len(records) < 90
    assert "although it says that it lasts 10.00 s" in reader.problems[-1]


def test_time_stamps_that_start_anew_go_on_where_they_were(tmp_path: Path) -> None:
    one = make_film(tmp_path / "one.ts", 30, options={"bf": "0"})
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() * 2)
    with VideoReader(joined) as reader:
        times = [record.time for record in reader]
    assert len(times) == 60
    assert np.allclose(np.diff(times), 0.1, atol=0.11)
    assert all(b > a for a, b in itertools.pairwise(times))


def test_a_film_of_one_frame_is_read(tmp_path: Path) -> None:
    assert times_of(make_film(tmp_path / "one.mp4", 1)) == [0.0]


@pytest.mark.slow
def test_8k_is_read(tmp_path: Path) -> None:
    film = make_film(tmp_path / "8k.mp4", 2, size=(7680, 4320), options={"preset": "ultrafast"})
    with VideoReader(film) as reader:
        records = list(reader)
    assert [record.data.shape for record in records] == [(4320, 7680, 3)] * 2
    assert psnr(records[1].data.resized(64, 36), picture(1, 64, 36)) > 25


def test_a_reader_closed_early_leaves_no_thread_and_no_open_file(film: Path) -> None:
    code = """
import os, sys, time
from trackside.media import VideoReader
import av, cv2
count = lambda what: len(os.listdir(f"/proc/self/{what}"))
VideoReader(sys.argv[1]).close()
before = count("task"), count("fd")
reader = VideoReader(sys.argv[1], threads=4)
records = iter(reader)
next(records)
assert count("task") > before[0] and count("fd") > before[1]
reader.close()
end = time.monotonic() + 10
while count("task") > before[0] and time.monotonic() < end:  # a thread that was joined leaves /proc a moment later
    time.sleep(0.01)
assert (count("task"), count("fd")) == before, (count("task"), count("fd"), before)
assert next(records, None) is None
"""
    if not Path("/proc/self/task").is_dir():
        pytest.skip("threads are counted in /proc")
    done = subprocess.run([sys.executable, "-c", code, str(film)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_closing_from_another_thread_ends_the_reading(tmp_path: Path) -> None:
    reader = VideoReader(make_film(tmp_path / "film.mp4", 100))
    records = iter(reader)
    next(records)
    closer = threading.Thread(target=reader.close)
    closer.start()
    closer.join()
    assert len(list(records)) < 100


def test_open_media_chooses_by_what_the_path_is(film: Path) -> None:
    with open_media(film, every=0.5) as reader:
        assert isinstance(reader, VideoReader)
        assert len(list(reader)) == 4


def test_real_footage_is_read_to_its_last_frame(vtest: Path) -> None:
    with VideoReader(vtest) as reader:
        records = [(record.index, record.time) for record in reader]
    assert probe(vtest).frames == len(records) == 795
    assert np.allclose([time for _, time in records], np.arange(795) / 10, atol=1e-9)
    assert reader.problems == []


def test_importing_the_room_loads_neither_ffmpeg_nor_opencv() -> None:
    code = "import sys, trackside.media; sys.exit(bool({'av', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], env=dict(os.environ), timeout=60).returncode == 0


def test_a_reader_tells_how_far_it_is(film: Path) -> None:
    with VideoReader(film) as reader:
        assert reader.position == 0
        positions = [reader.position for _ in reader]
    assert positions == sorted(positions)
    assert positions[-1] > 0.9
    with VideoReader(film, start=0.5, end=1.0) as reader:
        list(reader)
        assert reader.position == 1


def test_a_second_iteration_goes_on_where_the_first_one_stopped(film: Path) -> None:
    with VideoReader(film) as reader:
        first = [record.index for record in itertools.islice(reader, 3)]
        rest = [record.index for record in reader]
        assert not list(reader)
    assert first == [0, 1, 2]
    assert rest[0] == 3
    assert reader.problems == []


def test_a_frame_knows_its_number_and_time(film: Path) -> None:
    with VideoReader(film) as reader:
        assert all((record.data.index, record.data.time) == (record.index, record.time) for record in reader)


def test_frames_outlive_their_reader(film: Path) -> None:
    with VideoReader(film) as reader:
        frames = [record.data for record in reader]
    expected = reference_frames(film)
    assert all(psnr(frame.rgb(), image) > 30 for frame, (_, image) in zip(frames, expected, strict=True))


@pytest.mark.parametrize(("suffix", "codec"), [(".ts", "libx264"), (".avi", "mpeg4")])
def test_damage_that_the_decoder_conceals_is_told(tmp_path: Path, suffix: str, codec: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    images = [np.kron(np.roll(noise, i, 1), np.ones((20, 20, 1), np.uint8)) for i in range(60)]
    film = make_film(tmp_path / f"film{suffix}", images, codec=codec, options={"g": "15"})
    with VideoReader(film) as reader:
        assert len(list(reader)) == 60
        assert reader.problems == []
    with VideoReader(spoil(film, 0.4, 0.45)) as reader:
        assert list(reader)
    assert reader.problems

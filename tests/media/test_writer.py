from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.media.films import RGB, make_film, picture, psnr
from trackside.core import OutputError, as_rgb
from trackside.media import Canvas, Frame, VideoReader, VideoWriter, probe, writer as writing
from trackside.media.colour import from_rgb
from trackside.media.writer import _ENCODERS, _Encoder


def write(path: Path, images: list[RGB], times: list[float] | None = None, fps: float = 10) -> Path:
    with VideoWriter(path, fps=fps) as writer:
        for number, image in enumerate(images):
            writer.write(image, number / fps if times is None else times[number])
    return path


def test_the_file_is_what_browsers_play(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4", [picture(i) for i in range(12)])
    info = probe(path)
    assert (info.codec, info.pixel_format, info.frames, info.width, info.height) == ("h264", "yuv420p", 12, 64, 48)
    with av.open(str(path)) as container:
        context: Any = container.streams.video[0].codec_context
        assert (context.codec_tag, context.colorspace, context.color_range) == ("avc1", 6, 1)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_pictures_and_uneven_times_come_back(tmp_path: Path) -> None:
    times = [0, 0.1, 0.1333333, 0.7, 0.71, 2.5]
    images = [picture(i) for i in range(6)]
    with VideoReader(write(tmp_path / "out.mp4", images, times)) as reader:
        records = list(reader)
    assert [record.time for record in records] == pytest.approx(times, abs=1 / 90000)
    assert min(psnr(record.data.rgb(), image) for record, image in zip(records, images, strict=True)) > 28


def test_frames_are_written_with_the_colours_of_their_source(tmp_path: Path) -> None:
    def as_bt709(context: Any) -> None:
        context.colorspace, context.color_range = 1, 2

    source = make_film(tmp_path / "in.mp4", 3, prepare=as_bt709, convert={"dst_colorspace": 1, "dst_color_range": 2})
    with VideoReader(source) as reader, VideoWriter(tmp_path / "out.mp4", fps=10) as writer:
        frames = [record.data for record in reader]
        for number, image in enumerate([*frames, picture(3)]):
            writer.write(image, number / 10)
    with VideoReader(tmp_path / "out.mp4") as reader:
        found = [record.data for record in reader]
    assert (found[0].planes().matrix, found[0].planes().full_range) == ("bt709", True)
    assert psnr(found[0].rgb(), frames[0].rgb()) > 30
    # A picture in other colours than the first is converted to them.
    assert psnr(found[3].rgb(), picture(3)) > 28


def test_an_odd_size_is_padded_to_an_even_one(tmp_path: Path) -> None:
    image = picture(0, 63, 49)
    with VideoReader(write(tmp_path / "out.mp4", [image])) as reader:
        (record,) = reader
    assert record.data.shape == (50, 64, 3)
    assert psnr(record.data.rgb()[:49, :63], image) > 28


def test_a_picture_of_another_size_is_scaled_to_the_first(tmp_path: Path) -> None:
    with VideoReader(write(tmp_path / "out.mp4", [picture(0), picture(0, 128, 96)])) as reader:
        first, second = (record.data.rgb() for record in reader)
    assert psnr(first, second) > 28


def test_time_that_goes_backwards_moves_on_by_the_least_step(tmp_path: Path) -> None:
    with VideoReader(write(tmp_path / "out.mp4", [picture(i) for i in range(4)], [0, 0.5, 0.2, 1.0])) as reader:
        assert [record.time for record in reader] == pytest.approx([0, 0.5, 0.5 + 1 / 90000, 1.0])
    assert reader.problems == []


@pytest.mark.parametrize("size", [(64, 48), (176, 144)])
def test_the_same_pictures_give_the_same_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    images = [picture(i, *size) for i in range(10)]
    assert len({write(tmp_path / f"{run}.mp4", images).read_bytes() for run in range(8)}) == 1


def test_planes_of_a_canvas_are_written_as_they_are(tmp_path: Path) -> None:
    canvas = Canvas.on(Frame(from_rgb(picture(0, 160, 120))))
    canvas.fill_rectangle((40, 40, 120, 80), (230, 40, 40))
    write(tmp_path / "out.mp4", [canvas.image])
    with VideoReader(tmp_path / "out.mp4") as reader:
        found = next(iter(reader)).data.rgb()
    assert np.abs(found[44:76, 44:116].astype(int) - (230, 40, 40)).max() <= 12
    assert psnr(found, as_rgb(canvas.image)) > 30


def test_an_encoder_that_does_not_open_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Hardware encoders are in the wheel, but open only where there is the hardware.
    x264 = _ENCODERS["libx264"]
    monkeypatch.setattr(writing, "_ENCODERS", {"h264_qsv": {}, "libx264": x264})
    assert probe(write(tmp_path / "out.mp4", [picture(0)])).codec == "h264"
    monkeypatch.setattr(writing, "_ENCODERS", {"h264_qsv": {}, "no_such_encoder": {}})
    with pytest.raises(OutputError, match=r"no H.264 encoder works here"):
        write(tmp_path / "other.mp4", [picture(0)])
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_no_picture_makes_no_file(tmp_path: Path) -> None:
    write(tmp_path / "out.mp4", [])
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_block_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"before")
    with pytest.raises(KeyError), VideoWriter(path) as writer:
        for number in range(20):
            writer.write(picture(number), number / 25)
        raise KeyError
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_bytes() == b"before"


def test_abort_leaves_nothing_and_ends_the_writer(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4")
    writer.write(picture(0), 0)
    writer.abort()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="stopped"):
        writer.write(picture(1), 1)


def test_a_closed_writer_takes_no_more(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4")
    writer.write(picture(0), 0)
    writer.close()
    writer.close()
    with pytest.raises(OutputError, match="closed already"):
        writer.write(picture(1), 1)


def test_a_full_disk_is_one_sentence_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_Encoder, "add", full)
    with pytest.raises(OutputError, match=r"No space left on device.*free some space") as told:
        write(tmp_path / "out.mp4", [picture(0)] * 20)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_grow_is_one_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    # FFmpeg's own writing fails here, as on a full disk.
    code = """
import resource, signal, sys, numpy as np
from trackside.core import OutputError
from trackside.media import VideoWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
try:
    with VideoWriter(sys.argv[1]) as writer:
        for number in range(40):
            writer.write(np.roll(noise, number * 17, 0), number / 25)
except OutputError as error:
    print(error)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "out.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "cannot write" in done.stdout
    assert done.stdout.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(OutputError, match=r"out\.mp4: cannot write"):
        write(tmp_path / "folder" / "out.mp4", [picture(0)])


def test_a_folder_in_place_of_the_file_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.mp4" / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot write"):
        write(tmp_path / "out.mp4", [picture(0)])
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_an_error_of_the_encoder_surfaces_on_a_later_write(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4")
    with pytest.raises(TypeError, match="an image is"):
        for _ in range(100):
            writer.write(np.zeros((4, 4), np.float32), 0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an image is"):
        writer.write(picture(0), 1)
    assert list(tmp_path.iterdir()) == []

"""The inner loop: which pictures come, and what thrift leaves out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.films import make_film, psnr
from tests.rtsp.clips import Coding, recoded, shapes
from trackside.core import Record
from trackside.media import VideoReader
from trackside.media.live import LiveCounts, LiveSettings, Sampler
from trackside.media.live.clock import LiveClock


def sampled(path: Path, every: float, decode: str = "exact", skip: int = 0) -> tuple[list[Record], LiveCounts]:
    """A file through the inner loop, unpaced."""
    counts, found = LiveCounts(), []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        clock = LiveClock(stream.time_base, 0.04)
        sampler = Sampler(LiveSettings(every=every, decode=decode), clock, "yard", counts)  # type: ignore[arg-type]
        sampler.attach(stream)
        for number, packet in enumerate(container.demux(stream)):
            if packet.size and number >= skip:
                found += sampler.take(packet, clock.packet(packet.pts, None))
        found += sampler.finish()
    return found, counts


def test_the_pictures_on_the_grid_are_given_out(clip_with_b: Path) -> None:
    found, counts = sampled(clip_with_b, 0.5)
    expected = list(VideoReader(clip_with_b, every=0.5))
    assert [r.time for r in found] == pytest.approx([r.time for r in expected], abs=1e-6)
    assert all(np.array_equal(a.data.rgb(), b.data.rgb()) for a, b in zip(found, expected, strict=True))
    assert (counts.decoded, counts.given, counts.corrupt) == (100, 8, 0)


def test_time_stamps_that_tremble_cost_no_pictures(clips: Path) -> None:
    """10 fps whose every second stamp is 2 ms early: at 5 fps each second picture, evenly spaced."""
    pts = [i * 1000 - (20 if i % 4 == 2 else 0) for i in range(20)]
    film = make_film(clips / "trembling.mp4", 20, pts=pts, time_base=Fraction(1, 10_000), prepare=_no_b_frames)
    found, _ = sampled(film, 0.2)
    assert np.diff([r.time for r in found]) == pytest.approx([0.2] * 9, abs=5e-3)


def _no_b_frames(context: object) -> None:
    context.max_b_frames = 0  # type: ignore[attr-defined]


def test_nothing_is_decoded_before_the_first_key_frame(clip: Path) -> None:
    """A camera is mostly met between two key frames: what refers to pictures never seen is no damage."""
    found, counts = sampled(clip, 0.0, skip=3)
    assert len(found) == counts.decoded == 10
    assert counts.corrupt == 0
    assert found[0].time == pytest.approx(0.7)


def test_thrift_gives_the_same_moments_for_fewer_frames(clip_with_b: Path, clips: Path) -> None:
    clip = shapes(Coding(160, 96, 25, 200, 50, b_frames=3, rate=200_000), clips)
    exact, all_counts = sampled(clip, 0.2)
    found, counts = sampled(clip, 0.2, "thrifty")
    assert [r.time for r in found] == pytest.approx([r.time for r in exact], abs=1e-6)
    assert counts.decoded < 0.8 * all_counts.decoded
    assert min(psnr(a.data.rgb(), b.data.rgb()) for a, b in zip(found, exact, strict=True)) > 30


def test_thrift_changes_nothing_where_frames_alone_are_left_out(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the loop filter's part, the pictures are the same to the last bit."""
    from trackside.media.live.thrift import Thrift

    monkeypatch.setattr(Thrift, "prepare", staticmethod(lambda context: None))
    clip = shapes(Coding(160, 96, 25, 200, 50, b_frames=3, rate=200_000), clips)
    exact, _ = sampled(clip, 0.2)
    found, counts = sampled(clip, 0.2, "thrifty")
    assert counts.decoded < 190
    assert all(np.array_equal(a.data.rgb(), b.data.rgb()) for a, b in zip(found, exact, strict=True))


def test_key_frames_alone_are_decoded_where_they_come_often_enough(clips: Path) -> None:
    clip = shapes(Coding(160, 96, 25, 300, 25, b_frames=3, rate=200_000), clips)
    exact, _ = sampled(clip, 1.0)
    found, counts = sampled(clip, 1.0, "thrifty")
    assert [r.time for r in found] == pytest.approx([r.time for r in exact], abs=1e-6)
    assert counts.decoded < 120
    assert min(psnr(a.data.rgb(), b.data.rgb()) for a, b in zip(found, exact, strict=True)) > 30


def test_thrift_leaves_nothing_out_where_all_are_wanted(clip_with_b: Path) -> None:
    found, counts = sampled(clip_with_b, 0.0, "thrifty")
    assert len(found) == counts.decoded == 100


def test_thrift_on_real_footage_keeps_its_promise(vtest: Path, clips: Path) -> None:
    """The figures of `media.live.thrift`, for its first seconds: 40 dB and more against exact decoding."""
    clip = recoded(vtest, Coding(640, 360, 25, 100, 50), clips)
    exact, _ = sampled(clip, 0.2)
    found, _ = sampled(clip, 0.2, "thrifty")
    values = [psnr(a.data.planes().y, b.data.planes().y) for a, b in zip(found, exact, strict=True)]
    assert min(values) > 38
    assert np.mean(values) > 42

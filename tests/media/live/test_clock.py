"""Media time of live sources: time stamps while they make sense, the wall clock where they do not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from trackside.media.live.clock import LiveClock

TICKS = 90_000


def times(stamps: list[float | None], arrivals: list[float], **settings: float) -> tuple[list[float], LiveClock]:
    clock = LiveClock(Fraction(1, TICKS), 0.04, **settings)  # type: ignore[arg-type]
    found = [clock.packet(None if s is None else round(s * TICKS), a) for s, a in zip(stamps, arrivals, strict=True)]
    return found, clock


def test_good_time_stamps_are_taken_as_they_are_whatever_the_network_does() -> None:
    stamps: list[float | None] = [100 + i * 0.04 for i in range(50)]
    arrivals = [7 + i * 0.04 + (0.5 if i % 7 == 3 else 0) for i in range(50)]
    found, clock = times(stamps, arrivals)
    assert found == pytest.approx([i * 0.04 for i in range(50)], abs=1e-4)
    assert clock.mended == 0


def test_b_frames_come_out_in_the_order_of_display_and_count_as_no_jump() -> None:
    found, clock = times([1.0, 1.16, 1.08, 1.04, 1.12], [0, 0.04, 0.08, 0.12, 0.16])
    assert found == pytest.approx([0, 0.16, 0.08, 0.04, 0.12], abs=1e-4)
    assert clock.mended == 0


@pytest.mark.parametrize("second", [0.0, 3600.0, -26.5 * 3600], ids=["back", "forward", "wrapped"])
def test_a_clock_that_jumps_is_mended_by_the_wall_clock(second: float) -> None:
    """The camera starts again 3 s later, with a clock of its own."""
    stamps: list[float | None] = [50 + i * 0.04 for i in range(10)] + [second + i * 0.04 for i in range(10)]
    arrivals = [i * 0.04 for i in range(10)] + [3.36 + i * 0.04 for i in range(10)]
    found, clock = times(stamps, arrivals)
    assert found[10] == pytest.approx(3.36, abs=1e-3)
    assert found == sorted(found)
    assert found[-1] == pytest.approx(3.72, abs=1e-3)
    assert clock.mended == 1


def test_a_gap_that_the_wall_clock_confirms_is_no_jump() -> None:
    found, clock = times([0.0, 0.04, 4.04, 4.08], [0.0, 0.04, 4.5, 4.54])
    assert found == pytest.approx([0, 0.04, 4.04, 4.08], abs=1e-4)
    assert clock.mended == 0


def test_segments_that_come_at_once_keep_their_time_stamps() -> None:
    """HLS: six seconds at once, a segment lost, six more."""
    stamps: list[float | None] = [i * 0.5 for i in range(12)] + [12 + i * 0.5 for i in range(12)]
    found, clock = times(stamps, [0.0] * 12 + [6.0] * 12, tolerance=15.0)
    assert found == pytest.approx(stamps, abs=1e-4)
    assert clock.mended == 0


def test_packets_without_time_stamps_take_the_wall_clock() -> None:
    found, clock = times([None, None, 5.0, None, 5.08], [0.0, 0.1, 0.2, 0.3, 0.4])
    assert found == pytest.approx([0, 0.1, 0.2, 0.3, 0.28], abs=0.011)
    assert clock.mended == 2


def test_a_file_without_time_stamps_goes_on_step_by_step() -> None:
    clock = LiveClock(Fraction(1, TICKS), 0.04)
    assert [clock.packet(None, None) for _ in range(4)] == pytest.approx([0, 0.04, 0.08, 0.12])


def test_time_stamps_at_a_wrong_rate_are_given_up_for_the_wall_clock() -> None:
    """Motion JPEG at 2 frames a second, for which FFmpeg makes up 25."""
    stamps: list[float | None] = [i * 0.04 for i in range(200)]
    arrivals = [i * 0.5 for i in range(200)]
    found, clock = times(stamps, arrivals)
    assert clock.by_arrival
    assert found[-1] - found[-2] == pytest.approx(0.5)
    assert found == sorted(found)


def test_a_loop_goes_on_one_step_after_its_end() -> None:
    clock = LiveClock(Fraction(1, TICKS), 0.04)
    first = [clock.packet(round(t * TICKS), None) for t in (0.0, 0.04, 0.08)]
    clock.join()
    second = [clock.packet(round(t * TICKS), None) for t in (0.0, 0.04, 0.08)]
    assert first + second == pytest.approx([0, 0.04, 0.08, 0.12, 0.16, 0.2])
    assert clock.mended == 0


def test_frames_get_the_times_of_their_packets_and_never_go_back() -> None:
    clock = LiveClock(Fraction(1, TICKS), 0.04)
    for stamp, arrival in ((0.0, 10.0), (0.12, 10.1), (0.04, 10.2), (0.08, 10.3)):
        clock.packet(round(stamp * TICKS), arrival)
    stamps = [round(t * TICKS) for t in (0.0, 0.04, 0.08, 0.12)]
    assert [clock.frame(stamp) for stamp in stamps] == pytest.approx([0, 0.04, 0.08, 0.12])
    assert clock.arrival(stamps[1]) == 10.2
    assert clock.frame(stamps[0]) > 0.12
    assert clock.frame(None) > 0.14


def test_memory_of_packets_is_bounded() -> None:
    clock = LiveClock(Fraction(1, TICKS), 0.04)
    for i in range(10_000):
        clock.packet(i * 3600, i * 0.04)
    assert len(clock._arrived) <= 64

"""Schedules: hours, days, midnight, and clocks that are set forward and back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from trackside.core import SettingError
from trackside.perception.rules import Schedule

BERLIN = ZoneInfo("Europe/Berlin")


def wall(text: str, fold: int = 0) -> float:
    """Berlin's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp()


def active(schedule: str, *moments: str) -> list[bool]:
    watched = Schedule([schedule], time_zone="Europe/Berlin")
    return [watched.holds(wall(moment)) for moment in moments]


def test_no_hours_at_all_are_always() -> None:
    assert Schedule().holds(0.0)


def test_hours_of_a_day_include_their_start_and_not_their_end() -> None:
    # 2026-03-02 is a Monday.
    assert active("Mon-Fri 08:00-17:30", "2026-03-02 07:59:59", "2026-03-02 08:00", "2026-03-02 17:29:59") == [
        False,
        True,
        True,
    ]
    assert active("Mon-Fri 08:00-17:30", "2026-03-02 17:30", "2026-03-07 12:00") == [False, False]


def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday = "Fri 22:00-05:00"
    moments = ("2026-03-06 21:59", "2026-03-06 23:00", "2026-03-07 04:59", "2026-03-07 05:00", "2026-03-06 04:00")
    assert active(friday, *moments) == [False, True, True, False, False]


def test_whole_days_every_day_and_several_days() -> None:
    assert active("Sat Sun", "2026-03-07 00:00", "2026-03-08 23:59:59", "2026-03-09 00:00") == [True, True, False]
    assert active("22:00-05:00", "2026-03-04 23:00", "2026-03-05 03:00", "2026-03-05 12:00") == [True, True, False]
    assert active("Sat-Mon", "2026-03-07 12:00", "2026-03-09 12:00", "2026-03-10 12:00") == [True, True, False]
    assert active("Tue, Thu 10:00-24:00", "2026-03-03 23:59", "2026-03-05 12:00", "2026-03-04 12:00") == [True, True, False]


def test_several_spans_add_up() -> None:
    both = Schedule(["Mon 08:00-12:00", "Mon 13:00-17:00"], time_zone="Europe/Berlin")
    assert [both.holds(wall(f"2026-03-02 {hour}:00")) for hour in (11, 12, 13)] == [True, False, True]


def test_summer_time_moves_the_hours_with_the_clock() -> None:
    # 08:00 in Berlin is 07:00 UTC in winter and 06:00 UTC in summer.
    daily = Schedule(["08:00-09:00"], time_zone="Europe/Berlin")
    utc = Schedule(["08:00-09:00"], time_zone="+01:00")
    assert daily.holds(wall("2026-01-10 08:30"))
    assert daily.holds(wall("2026-07-10 08:30"))
    assert utc.holds(wall("2026-01-10 08:30"))
    assert not utc.holds(wall("2026-07-10 08:30"))


def test_the_night_of_the_change_is_an_hour_shorter_or_longer_and_whole() -> None:
    night = Schedule(["22:00-06:00"], time_zone="Europe/Berlin")
    for first, last, hours in (("2026-03-28 22:00", "2026-03-29 06:00", 7), ("2026-10-24 22:00", "2026-10-25 06:00", 9)):
        start, end = wall(first), wall(last)
        assert end - start == hours * 3600
        assert all(night.holds(start + n * 600) for n in range(hours * 6))
        assert not night.holds(start - 1)
        assert not night.holds(end)


def test_hours_that_the_clock_skips_or_shows_twice() -> None:
    skipped = Schedule(["02:15-02:45"], time_zone="Europe/Berlin")
    # The clock goes from 02:00 to 03:00: the same half an hour, by its moments, reads 03:15 to 03:45.
    assert skipped.holds(wall("2026-03-29 03:30"))
    twice = Schedule(["02:15-02:45"], time_zone="Europe/Berlin")
    assert twice.holds(wall("2026-10-25 02:30"))
    assert twice.holds(wall("2026-10-25 02:30", fold=1))
    assert not twice.holds(wall("2026-10-25 03:00"))


def test_offsets_and_the_machines_own_zone() -> None:
    assert Schedule(["12:00-13:00"], time_zone="UTC+05:30").holds(6.5 * 3600)
    assert Schedule(["12:00-13:00"], time_zone="-3").holds(15.5 * 3600)
    local = datetime.now().astimezone()
    hour = f"{local.hour:02}:00-{local.hour + 1:02}:00"
    assert Schedule([hour]).holds(local.timestamp())


def test_the_beginning_of_a_recording_is_read_in_the_zone_of_the_hours() -> None:
    berlin = Schedule(time_zone="Europe/Berlin")
    assert berlin.wall_of("2026-07-01 08:00") == wall("2026-07-01 08:00")
    assert berlin.wall_of("2026-07-01T08:00+00:00") == wall("2026-07-01 10:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(
            ("", "neither days nor hours"),
            ("Mon-Fri 8-17", "no day"),
            ("Funday 08:00-09:00", "'funday'"),
            ("25:00-26:00", "25:00"),
        ),
        *(("08:60-09:00", "08:60"), ("08:00-08:00", "ends when it begins"), ("Mon 08:00-12:00 13:00-17:00", "13:00")),
        *(("t 10:00-11:00", "no day"), ("24:00-08:00", "ends when it begins")),
    ],
    ids=["empty", "bare-hours", "unknown-day", "hour-25", "minute-60", "no-length", "two-spans", "t", "from-24"],
)
def test_what_cannot_be_read_is_refused_with_an_example(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said) as error:
        Schedule([text])
    assert (error.value.where, "18:00-06:00" in error.value.fix) == ("active", True)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlinn", "../../etc/passwd", "+25:00", "Mars"], ids=["typo", "path", "offset", "mars"]
)
def test_time_zones_that_there_are_not_are_refused(zone: str) -> None:
    with pytest.raises(SettingError, match="no time zone"):
        Schedule(["Mon"], time_zone=zone)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "99999999999"], ids=["word", "month", "empty", "number"])
def test_beginnings_that_are_no_moment_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="no date and time"):
        Schedule().wall_of(text)

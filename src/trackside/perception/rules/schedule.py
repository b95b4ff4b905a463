"""Schedules: at which hours of which days a rule watches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trackside.core import SettingError

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")
_MINUTES_A_DAY = 24 * 60
_FIX = 'write it like "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"'


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of hours on some days.

    Attributes:
        days: weekdays on which it begins, 0 for Monday.
        start: minutes after midnight.
        end: minutes after that midnight; above 24 hours for a span that reaches into the next day.
    """

    days: frozenset[int]
    start: int
    end: int

    def holds(self, local: datetime) -> bool:
        """Whether a moment lies in it; `local` has the zone's time.

        Both ends are moments of that zone's clock. Where the clock is set forward over the start, it begins an hour later by
        the clock, at the same moment; where it is set back, the span goes on until its end has come for the second time.
        """
        for day in (local.date(), local.date() - timedelta(days=1)):
            if day.weekday() not in self.days:
                continue
            start, _ = _moments(day, self.start, local.tzinfo)
            if start <= local.timestamp() < max(_moments(day, self.end, local.tzinfo)):
                return True
        return False


class Schedule:
    """The hours at which a rule watches.

    Args:
        active: spans such as `Mon-Fri 18:00-06:00`, `Sat Sun` (all day) or `22:00-05:00` (every day). A span over midnight
            belongs to the day on which it begins. None at all for always.
        time_zone: a name such as `Europe/Berlin`, or an offset such as `+02:00`; empty for this machine's own.

    Raises:
        SettingError: a span or a time zone that cannot be read.
    """

    def __init__(self, active: Iterable[str] = (), *, time_zone: str = "") -> None:
        self.zone = zone_named(time_zone)
        self.spans = tuple(hours_of(text) for text in active)
        # Nothing begins or ends within a second, and many looks lie in one.
        self._second: int | None = None
        self._answer = False

    def holds(self, wall: float) -> bool:
        """Whether it is active at a wall-clock time in seconds since 1970."""
        if not self.spans:
            return True
        if int(wall) != self._second:
            local = datetime.fromtimestamp(int(wall), self.zone)
            self._second, self._answer = int(wall), any(span.holds(local) for span in self.spans)
        return self._answer

    def wall_of(self, text: str) -> float:
        """The wall-clock time, seconds since 1970, of a moment such as `2026-03-01 08:00`, in this zone unless it names one.

        Raises:
            SettingError: it is no date and time.
        """
        try:
            moment = datetime.fromisoformat(text.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).timestamp()
        except (ValueError, OverflowError, OSError):
            fix = "write it like 2026-03-01 08:00"
            raise SettingError(f"{text!r} is no date and time", where="recorded_at", fix=fix) from None


def hours_of(text: str) -> Hours:
    """Read one span.

    Raises:
        SettingError: it is none.
    """
    times = _TIMES.search(text)
    days_text = text if times is None else text[: times.start()] + text[times.end() :]
    days = _days_of(days_text, text)
    if times is None:
        if not days:
            raise SettingError(f"{text!r} names neither days nor hours", where="active", fix=_FIX)
        return Hours(days, 0, _MINUTES_A_DAY)
    start, end = (_minutes(times[n], times[n + 1], text) for n in (1, 3))
    if start in (_MINUTES_A_DAY, end):
        raise SettingError(f"{text!r} ends when it begins", where="active", fix=_FIX)
    return Hours(days or frozenset(range(7)), start, end if end > start else end + _MINUTES_A_DAY)


def zone_named(name: str) -> tzinfo | None:
    """The time zone of a name or offset; None, for an empty name, stands for this machine's own.

    Raises:
        SettingError: there is none.
    """
    if not name.strip():
        return None
    offset = _OFFSET.fullmatch(name.strip())
    if offset is not None and int(offset[2]) <= 14 and int(offset[3] or 0) < 60:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(shift if offset[1] == "+" else -shift)
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "give a name such as Europe/Berlin, or an offset such as +02:00"
        raise SettingError(f"there is no time zone {name!r}", where="time_zone", fix=fix) from None


def _days_of(text: str, whole: str) -> frozenset[int]:
    days: set[int] = set()
    for word in re.split(r"[\s,]+", re.sub(r"\s*[-–]\s*", "-", text.strip().lower())):
        if not word:
            continue
        first, _, last = word.partition("-")
        start, end = _day(first, whole), _day(last or first, whole)
        days.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return frozenset(days)


def _day(word: str, whole: str) -> int:
    found = [n for n, day in enumerate(_DAYS) if len(word) >= 2 and day.startswith(word)]
    if len(found) != 1:
        raise SettingError(f"{word!r} in {whole!r} is no day of the week", where="active", fix=_FIX)
    return found[0]


def _minutes(hours: str, minutes: str, whole: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _MINUTES_A_DAY:
        raise SettingError(f"{hours}:{minutes} in {whole!r} is no time of day", where="active", fix=_FIX)
    return total


def _moments(day: date, minutes: int, zone: tzinfo | None) -> tuple[float, float]:
    """Seconds since 1970 of a time on the clock of a zone: of the two moments at which the clock shows it in autumn.

    In spring, of a time that the clock skips, they are those by the clock before the change and by that after it.
    """
    there = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
    return there.replace(fold=0).timestamp(), there.replace(fold=1).timestamp()

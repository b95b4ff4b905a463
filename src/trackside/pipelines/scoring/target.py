"""What a rule should reach: `false alarms <= 0.5 per hour`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from trackside.core import SettingError
from trackside.pipelines.scoring.rates import rule_of_three
from trackside.pipelines.scoring.score import Score

_HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0}
_FORM = re.compile(
    r"^\s*(?:false\s+alarms?\s*)?(?:<=|<|at most)?\s*(?P<most>[0-9.]+(?:e-?[0-9]+)?)\s*"
    r"(?:(?:per|an?|/)\s*(?:camera[- ]?)?(?P<unit>hour|day|week|h))?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """At most so many false alarms a camera-hour.

    Attributes:
        most: an hour.
        text: as the user wrote it.
    """

    most: float
    text: str = ""

    def met(self, score: Score) -> bool:
        """Whether the rate that was seen keeps it. Whether it would be kept for ever is another question: see `proof`."""
        return score.false_rate.value <= self.most

    def proof(self, score: Score) -> str:
        """What the amount of footage can say about the target, in one sentence."""
        hours, high = score.hours, score.false_rate.interval[1]
        if high <= self.most:
            return f"With {hours:.3g} camera-hours the target is kept with 95 % confidence (at most {high:.3g} an hour)."
        if self.most <= 0:
            return "No amount of footage can prove that there will never be a false alarm."
        needed = rule_of_three(1.0) / self.most
        least = rule_of_three(hours)
        return (
            f"{hours:.3g} camera-hours of footage cannot prove it: even without any false alarm, {least:.3g} an hour remain "
            f"possible (95 %). To prove {self.most:g} an hour takes at least {needed:.3g} camera-hours without one."
        )


def read_target(text: str) -> Target:
    """Read a target; `per hour` is meant where nothing is said.

    Raises:
        SettingError: it says something else.
    """
    found = _FORM.match(text)
    fix = 'write "false alarms <= 0.5 per hour" (or per day, per week)'
    if found is None:
        raise SettingError(f"cannot read the target {text!r}", where="target", fix=fix)
    try:
        most = float(found["most"])
    except ValueError:
        raise SettingError(f"cannot read the number in {text!r}", where="target", fix=fix) from None
    if not math.isfinite(most):
        raise SettingError("needs a finite number", where="target", fix=fix)
    unit = (found["unit"] or "hour").lower()
    return Target(most / _HOURS.get(unit, 1.0), text.strip())

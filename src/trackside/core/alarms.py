"""What a rule saw, and whether it deserves somebody's attention: an alarm carries the reasons for and against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One question that was asked before an alarm was raised.

    Attributes:
        step: the question, as users know it ("median score", "size", "dwell").
        passed: whether the answer spoke for the alarm.
        text: one clause that says so with its numbers ("median score 0.71 of 12 looks, at least 0.5 was asked").
        value: what was measured; None where it is no number.
        asked: the threshold; None where it is no number.
    """

    step: str
    passed: bool
    text: str
    value: float | None = None
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Where the object of an alarm was at one moment.

    Attributes:
        time: media time in seconds.
        box: x1 y1 x2 y2 in pixels of the source frame, unclipped.
        score: 0 to 1.
    """

    time: float
    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """An event of a rule with its evidence: raised if every reason passed, refused otherwise.

    Attributes:
        rule: the rule's name in the pipeline.
        what: the event ("enter", "dwell", "cross_in", "missing helmet").
        time: media time in seconds at which it happened.
        decided: media time in seconds at which it was raised or refused.
        track: the identity that it happened to; 0 for none.
        place: the zone or line, or an empty text.
        label: the class name that the object's history votes for; empty if unknown.
        score: median score of the object's history, 0 to 1; NaN without an object.
        value: a number that belongs to the event (seconds, metres a second, a count); NaN for none.
        reasons: every step that was asked, in order.
        looks: the object's last looks up to `decided`, oldest first, at most some dozens.
        repeats: further events that were merged into this one.
    """

    rule: str
    what: str
    time: float
    decided: float
    track: int = 0
    place: str = ""
    label: str = ""
    score: float = float("nan")
    value: float = float("nan")
    reasons: tuple[Reason, ...] = ()
    looks: tuple[Look, ...] = ()
    repeats: int = 0

    @property
    def raised(self) -> bool:
        """Whether nothing spoke against it."""
        return all(reason.passed for reason in self.reasons)

    @property
    def why(self) -> str:
        """The reasons in one line; of a refused one, those that spoke against it."""
        told = self.reasons if self.raised else [reason for reason in self.reasons if not reason.passed]
        return "; ".join(reason.text for reason in told)

    def as_json(self) -> dict[str, Any]:
        """The alarm as JSON-able data; NaN becomes None."""
        return {
            "rule": self.rule,
            "what": self.what,
            "time": self.time,
            "decided": self.decided,
            "raised": self.raised,
            "track": self.track,
            "place": self.place,
            "label": self.label,
            "score": _number(self.score),
            "value": _number(self.value),
            "repeats": self.repeats,
            "why": self.why,
            "reasons": [
                {"step": r.step, "passed": r.passed, "text": r.text, "value": _number(r.value), "asked": _number(r.asked)}
                for r in self.reasons
            ],
            "looks": [{"time": look.time, "box": list(look.box), "score": look.score} for look in self.looks],
        }


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms that one block decided at one record, in order of time."""

    items: tuple[Alarm, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self.items)


def _number(value: float | None) -> float | None:
    return None if value is None or value != value or value in (float("inf"), float("-inf")) else float(value)

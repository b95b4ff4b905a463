"""Signs: what speaks for or against a cause, and how strongly, as natural logarithms of odds.

A sign that is seen with a cause e^3 = 20 times as often as without it weighs 3. Signs add up (naive Bayes), so an
examination gives one sign for one observation and no second one for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trackside.core.findings import Measurement, Number, Plot
from trackside.lab.diagnosis.case import Case

PROOF = 9.0
"""Seen by the naked eye: the graph or the data show the fault itself."""
STRONG = 6.0
"""An experiment told it apart, or a sight that hardly any healthy run shows."""
FAIR = 3.0
"""Typical of the cause, and met without it now and then."""
SLIGHT = 1.5
"""Fits, and fits much else."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a cause (weight above 0) or against it.

    Attributes:
        cause: its id.
        weight: logarithm of how much likelier the observation is with the cause than without.
        says: the observation, one clause with its numbers.
    """

    cause: str
    weight: float
    says: str


@dataclass
class Seen:
    """What an examination saw.

    Attributes:
        says: in one sentence.
        numbers: measured.
        signs: what it means for causes.
        plots: pictures.
        missing: why it could not be done, or "".
    """

    says: str = ""
    numbers: list[Number] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    missing: str = ""

    def sign(self, cause: str, weight: float, says: str) -> None:
        """Note a sign."""
        self.signs.append(Sign(cause, weight, says))

    def number(self, name: str, value: float, unit: str = "") -> None:
        """Note a number."""
        self.numbers.append(Number(name, float(value), unit))

    @property
    def measurement(self) -> Measurement:
        """The evidence, as reports have it."""
        return Measurement(tuple(self.numbers), tuple(self.plots), self.missing)


@dataclass(frozen=True)
class Examination:
    """A question that is put to a run.

    Attributes:
        name: `loss-graph`.
        asks: the question, as a person would ask it.
        look: the function that looks.
        source: what it rests on.
    """

    name: str
    asks: str
    look: Callable[[Case], Seen]
    source: str = ""


EXAMINATIONS: list[Examination] = []
"""In the order in which they are made: cheap ones first, experiments last."""


def examination(name: str, *, asks: str, source: str = "") -> Callable[[Callable[[Case], Seen]], Callable[[Case], Seen]]:
    """Register a function that examines a case."""

    def registered(look: Callable[[Case], Seen]) -> Callable[[Case], Seen]:
        EXAMINATIONS.append(Examination(name, asks, look, source))
        return look

    return registered


def total(signs: Iterable[Sign], cause: str) -> float:
    """What all signs weigh for a cause."""
    return sum(sign.weight for sign in signs if sign.cause == cause)

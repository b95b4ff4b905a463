"""What a check found: the one answer that data health, pre-flight, diagnosis, error analysis and drift all give.

Measuring is separate from judging. A check returns a `Measurement`: numbers with units, plots. A `Threshold` with a
stated reason judges one of the numbers; `judge` turns both into a verdict. Whoever disagrees with a verdict changes a
threshold, not a check.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trackside.core.errors import InputError

Json = dict[str, Any]


class Verdict(StrEnum):
    """How it stands, from good to bad; the last two mean that the question has no answer."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    """Nothing could be measured: too little data, or a number that is NaN."""
    ERROR = "error"
    """The check itself broke."""


# What a reader should see first. An answer that is missing may hide a failure, so it ranks above a warning.
SEVERITY = {name: rank for rank, name in enumerate(("ok", "note", "warn", "unknown", "error", "fail"))}


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that needs attention most; `ok` for none."""
    return max(verdicts, key=lambda verdict: SEVERITY[verdict], default=Verdict.OK)


@dataclass(frozen=True, slots=True)
class Number:
    """One measured number, with its unit ("" for a pure number)."""

    name: str
    value: float
    unit: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it, with its unit."""
        value = f"{self.value:,.0f}" if float(self.value).is_integer() else f"{self.value:,.4g}"
        return f"{value} {self.unit}".rstrip()

    def __str__(self) -> str:
        return f"{self.name} {self.shown}"


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of the evidence: a Plotly figure as a dict (`figure.to_dict()`), or PNG bytes."""

    title: str
    figure: Mapping[str, Any] | None = None
    png: bytes | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a check saw, without a judgement.

    Attributes:
        numbers: measured numbers; names differ.
        plots: pictures of them.
        missing: why nothing could be measured, or an empty text.
    """

    numbers: tuple[Number, ...] = ()
    plots: tuple[Plot, ...] = ()
    missing: str = ""

    def __getitem__(self, name: str) -> float:
        """The value of the number of that name. Raises KeyError."""
        for number in self.numbers:
            if number.name == name:
                return number.value
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit for one number, and why it stands there.

    Attributes:
        number: the name of the number it judges.
        at_most: highest value that passes, or None.
        at_least: lowest value that passes, or None.
        otherwise: the verdict if it does not pass.
        reason: why this limit, with its source.
    """

    number: str
    at_most: float | None = None
    at_least: float | None = None
    otherwise: Verdict = Verdict.FAIL
    reason: str = ""

    def passes(self, value: float) -> bool:
        """Whether a value keeps the limit. NaN keeps none."""
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return low <= value <= high

    def __str__(self) -> str:
        limits = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        limits += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        return f"{self.number} should be {' and '.join(limits) or 'a number'}{': ' if self.reason else ''}{self.reason}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a measurement, and the thresholds that it did not keep, worst first."""

    verdict: Verdict
    broken: tuple[Threshold, ...] = ()


def judge(measurement: Measurement, thresholds: Sequence[Threshold]) -> Judgement:
    """Hold every threshold against its number; the worst verdict counts.

    A number that is NaN or absent gives `unknown`: it is no evidence that all is well.
    """
    if measurement.missing:
        return Judgement(Verdict.UNKNOWN)
    values = {number.name: number.value for number in measurement.numbers}
    found = [(_verdict(threshold, values.get(threshold.number, math.nan)), threshold) for threshold in thresholds]
    broken = sorted((pair for pair in found if pair[0] is not Verdict.OK), key=lambda pair: -SEVERITY[pair[0]])
    return Judgement(worst([verdict for verdict, _ in found]), tuple(threshold for _, threshold in broken))


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause.

    Attributes:
        what: what is the case, one clause.
        probability: 0 to 1; None where nobody knows.
        id: stable name for machines, where the cause is one of a documented list.
        evidence: what speaks for it.
    """

    what: str
    probability: float | None = None
    id: str = ""
    evidence: str = ""

    def to_json(self) -> Json:
        """Plain data; id and evidence where there are any."""
        data: Json = {"what": self.what, "probability": self.probability}
        return data | {name: value for name, value in (("id", self.id), ("evidence", self.evidence)) if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cause:
        """The cause that `to_json` described."""
        return cls(data["what"], data["probability"], data.get("id", ""), data.get("evidence", ""))


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question.

    Attributes:
        check: the check's name, `input-scaling`.
        asks: the question, as a person would ask it.
        verdict: how it stands.
        says: the answer in one sentence.
        evidence: what was measured.
        causes: likely causes, most likely first.
        next_step: the next experiment or the remedy; empty if nothing is to be done.
        reference: the source that the check rests on.
    """

    check: str
    asks: str
    verdict: Verdict
    says: str = ""
    evidence: Measurement = field(default_factory=Measurement)
    causes: tuple[Cause, ...] = ()
    next_step: str = ""
    reference: str = ""

    def to_json(self) -> Json:
        """Plain data for JSON: numbers that are not finite become the texts `nan`, `inf`, `-inf`; PNG becomes base64."""
        return {
            "check": self.check,
            "asks": self.asks,
            "verdict": self.verdict.value,
            "says": self.says,
            "numbers": [{"name": n.name, "value": _to_number(n.value), "unit": n.unit} for n in self.evidence.numbers],
            "plots": [_plot_to_json(plot) for plot in self.evidence.plots],
            "missing": self.evidence.missing,
            "causes": [cause.to_json() for cause in self.causes],
            "next_step": self.next_step,
            "reference": self.reference,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` described.

        Raises:
            InputError: a field is missing or has the wrong kind of value.
        """
        try:
            return cls(
                check=data["check"],
                asks=data["asks"],
                verdict=Verdict(data["verdict"]),
                says=data["says"],
                evidence=_evidence_from_json(data),
                causes=tuple(Cause.from_json(cause) for cause in data["causes"]),
                next_step=data["next_step"],
                reference=data["reference"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"this is no finding ({error!r})", fix="use JSON that a report wrote") from None


def plain(value: Any) -> Any:
    """A figure's data as JSON takes it: NumPy arrays become lists, and numbers that are not finite become None (a gap)."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _verdict(threshold: Threshold, value: float) -> Verdict:
    if math.isnan(value):
        return Verdict.UNKNOWN
    return Verdict.OK if threshold.passes(value) else threshold.otherwise


def _to_number(value: float) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _plot_to_json(plot: Plot) -> Json:
    png = None if plot.png is None else base64.b64encode(plot.png).decode("ascii")
    return {"title": plot.title, "figure": None if plot.figure is None else plain(plot.figure), "png": png}


def _evidence_from_json(data: Mapping[str, Any]) -> Measurement:
    numbers = tuple(Number(number["name"], float(number["value"]), number["unit"]) for number in data["numbers"])
    plots = tuple(
        Plot(plot["title"], plot["figure"], None if plot["png"] is None else base64.b64decode(plot["png"], validate=True))
        for plot in data["plots"]
    )
    return Measurement(numbers, plots, data["missing"])

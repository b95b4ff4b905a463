"""The ladder's questions about one event and the object that it happened to, each with its answer in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from trackside.core import Look, Reason
from trackside.perception.alarms import measures
from trackside.perception.alarms.history import History
from trackside.perception.alarms.settings import LadderSettings, Range
from trackside.perception.zones import Polygon, Polygons

_ROUNDING = 1e-6
# Events of somebody who passes a border: these can be taken back.
_PASSING = frozenset(("enter", "leave", "cross_in", "cross_out"))


@dataclass(frozen=True, slots=True)
class Case:
    """What the questions are asked about.

    Attributes:
        history: of the object; None for an event without object.
        look: the object at the event; None if it was never seen.
        names: class names.
        interval: seconds between records.
        time: of the event, in seconds.
        undone: when it was taken back; None if it was not.
        what: happened.
    """

    history: History | None
    look: Look | None = None
    names: tuple[str, ...] = ()
    interval: float = 0.0
    time: float = 0.0
    undone: float | None = None
    what: str = ""

    def class_name(self, kind: int) -> str:
        """As users know it; its number where names are unknown."""
        if kind < 0:
            return ""
        return self.names[kind] if kind < len(self.names) else str(kind)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reason, and whether waiting could still change it."""

    reason: Reason
    final: bool = False


def ask(settings: LadderSettings, case: Case) -> list[Outcome]:
    """Every step that is asked, in order. An event without object is asked nothing."""
    history = case.history
    if history is None:
        return []
    return [outcome for step in _STEPS for outcome in step(settings, case, history)]


Step = Callable[[LadderSettings, Case, History], Iterator[Outcome]]


def _score_at_event(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.least_score is None:
        return
    score = case.look.score if case.look is not None else 0.0
    yield _least("score", "score at the event {value:.2f}", score, settings.least_score, "{asked:.2f}", final=True)


def _looks(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.looks > 1:
        yield _least("looks", "{value:.0f} looks", len(history), settings.looks, "{asked:.0f}")


def _median_score(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.median_score is None:
        return
    value = measures.padded_median(history, settings.over, case.interval)
    looks = len(history.last(settings.over))
    text = f"median score {{value:.2f}} of {looks} looks in {settings.over:g} s"
    yield _least("median score", text, value, settings.median_score, "{asked:.2f}")


def _size(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    asked = (settings.height, settings.width, settings.area)
    if not any(asked):
        return
    metres = settings.unit == "metres"
    found = measures.sizes(history.last(settings.over), settings.ground if metres else None)
    units, form = (("m", "m", "m²"), ".2f") if metres else (("px", "px", "px²"), ".0f")
    for name, value, limits, unit in zip(("height", "width", "area"), found, asked, units, strict=True):
        if limits is not None:
            yield _between(name, value, limits, form, f" {unit}")


def _shape(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.aspect is not None:
        yield _between("shape", measures.aspect(history.last(settings.over)), settings.aspect, ".2f", " as wide as high")


def _within(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.within:
        found = _zone_of(settings.within, case)
        text = f"foot point in {found}" if found else f"foot point in none of {', '.join(settings.within)}"
        yield Outcome(Reason("inside", bool(found), text), final=not found)


def _ignored(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.ignore:
        found = _zone_of(settings.ignore, case)
        text = f"foot point in {found}, which is ignored" if found else "foot point in no ignored place"
        yield Outcome(Reason("ignored place", not found, text), final=bool(found))


def _stay(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    """Whether the passing of a border holds so long after it; in between it may be taken back and happen again."""
    if settings.stay is None or case.what not in _PASSING:
        return
    due = history.seen - case.time >= settings.stay - _ROUNDING
    if case.undone is not None:
        text = f"taken back after {case.undone - case.time:.1f} s, and not again within {settings.stay:g} s"
        yield Outcome(Reason("stays", False, text, case.undone - case.time, settings.stay), final=due)
    else:
        yield _least("stays", "holds after {value:.1f} s", history.seen - case.time, settings.stay, "{asked:.1f}")


def _dwell(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.dwell is not None:
        yield _least("dwell", "there for {value:.1f} s", history.seen - history.began, settings.dwell, "{asked:.1f}")


def _moved(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if settings.moved is not None:
        unit = "m" if settings.ground is not None else "of its height"
        value = measures.moved(history, settings.ground)
        yield _least("moved", f"came {{value:.2f}} {unit} far", value, settings.moved, "{asked:.2f}")


def _class_vote(settings: LadderSettings, case: Case, history: History) -> Iterator[Outcome]:
    if not settings.classes:
        return
    kind, share = measures.elected(history.classes, settings.vote)
    name = case.class_name(kind)
    told = f"{name} by {share:.0%} of {len(history)} looks" if name else f"no class has {settings.vote:.0%} of the looks"
    text = f"{told}, asked was {' or '.join(settings.classes)}"
    yield Outcome(Reason("class", name in settings.classes, text, share, settings.vote))


_STEPS: tuple[Step, ...] = (
    _score_at_event,
    _within,
    _ignored,
    _looks,
    _median_score,
    _size,
    _shape,
    _stay,
    _dwell,
    _moved,
    _class_vote,
)


def _least(step: str, text: str, value: float, asked: float, form: str, *, final: bool = False) -> Outcome:
    passed = bool(value >= asked - 1e-9)
    told = f"{text.format(value=value)}, at least {form.format(asked=asked)} was asked"
    return Outcome(Reason(step, passed, told, float(value), float(asked)), final and not passed)


def _between(step: str, value: float, limits: Range, form: str, unit: str) -> Outcome:
    least, most = limits
    passed = bool(least <= value <= most)
    shown = "not known" if np.isnan(value) else f"{value:{form}}{unit}"
    limit = least if not value > most else most
    text = f"{step} {shown}, {least:{form}} to {most:{form}} was asked"
    return Outcome(Reason(step, passed, text, float(value), float(limit)))


def _zone_of(zones: Mapping[str, Polygon], case: Case) -> str:
    """The first of these zones that the foot point at the event lies in; empty for none."""
    if case.look is None:
        return ""
    x1, _, x2, y2 = case.look.box
    inside = Polygons(zones.values()).contains([((x1 + x2) / 2, y2)])[0]
    return next((name for name, hit in zip(zones, inside, strict=True) if hit), "")

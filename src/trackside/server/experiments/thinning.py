"""Curves of a run with as many points as a screen can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.lab.records import Curve, Run, curves, lower_is_better
from trackside.lab.records.reading import ask, reading
from trackside.server.experiments.numbers import finite, odd_of
from trackside.server.experiments.service import Records
from trackside.server.experiments.shapes import CurveShape, CurvesShape, OddPoint

# Of each stretch stay its lowest and its highest point, and one that is not finite.
_KEPT = 3


@dataclass(frozen=True)
class Span:
    """What is wanted of a curve.

    Attributes:
        points: at most so many, 10 or more.
        first, last: the steps from and to; all if None.
    """

    points: int = 1000
    first: int | None = None
    last: int | None = None


def curves_shape(records: Records, run: str, names: Sequence[str], span: Span) -> CurvesShape:
    """Curves of a run by name; all of them if no name is given.

    Raises:
        Refused: 404, there is no such run.
    """
    found, _ = records.run(run)
    told = [_told(name, curve, found, span) for name, curve in _curves(records, found, names)]
    return CurvesShape(run=found.id, name=found.name, curves=told)


def thinned(values: NDArray[np.float64], points: int) -> NDArray[np.int64]:
    """Which values of a curve stay: of each stretch the lowest, the highest and the first that is not finite; both ends.

    Args:
        values: float64 [n], NaN and infinity among them.
        points: at most so many, 10 or more.

    Returns:
        int64, rising places in `values`.
    """
    if len(values) <= points:
        return np.arange(len(values))
    kept = {0, len(values) - 1}
    edges = np.linspace(0, len(values), (points - 2) // _KEPT + 1).astype(int)
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = values[start:end]
        known = np.flatnonzero(np.isfinite(part))
        if len(known):
            kept |= {start + int(known[part[known].argmin()]), start + int(known[part[known].argmax()])}
        if len(known) < len(part):
            kept.add(start + int(np.flatnonzero(~np.isfinite(part))[0]))
    return np.array(sorted(kept))


def _curves(records: Records, run: Run, names: Sequence[str]) -> list[tuple[str, Curve]]:
    if not names:
        return list(curves(records.place, run.id).items())
    with reading(run.store) as connection:
        there = {row[0] for row in ask(connection, "select key from latest_metrics where run_uuid = :run", run=run.id)}
    wanted = [name for name in dict.fromkeys(names) if name in there]
    return [(name, curves(records.place, run.id, name)[name]) for name in wanted]


def _told(name: str, curve: Curve, run: Run, span: Span) -> CurveShape:
    low = 0 if span.first is None else int(np.searchsorted(curve.steps, span.first))
    high = len(curve.steps) if span.last is None else int(np.searchsorted(curve.steps, span.last, side="right"))
    values = curve.values[low:high]
    kept = thinned(values, span.points)
    shown = values[kept].tolist()
    began = run.start if np.isfinite(run.start) else float(curve.times[0])
    return CurveShape(
        name=name,
        lower=lower_is_better(name),
        steps=curve.steps[low:high][kept].tolist(),
        values=[finite(value) for value in shown],
        times=(curve.times[low:high][kept] - began).round(3).tolist(),
        odd=[OddPoint(at=at, was=was) for at, value in enumerate(shown) if (was := odd_of(value))],
        points=len(values),
        not_finite=int((~np.isfinite(values)).sum()),
        thinned=len(kept) < len(values),
    )

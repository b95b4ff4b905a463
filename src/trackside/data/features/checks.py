"""The check `outliers`."""

from __future__ import annotations

import numpy as np

from trackside.core import Measurement, Number, Plot, Threshold, Verdict
from trackside.data.checking import FEATURES, DataAnswer, Missing, Subject, data_check
from trackside.data.evidence import contact_sheet
from trackside.data.features.outliers import LEAST, Outliers, find_outliers
from trackside.data.suspects import Suspect
from trackside.data.wording import counted

_COUNT = "outliers"
_SHOWN = 12


@data_check(
    "outliers",
    asks="Which pictures look like none of the others?",
    needs=(FEATURES,),
    costs="seconds for 10,000 pictures",
    source="Ramaswamy, Rastogi and Shim 2000, distance to the k-th neighbour; Pickands 1975 for the limit",
    thresholds=[
        Threshold(
            _COUNT,
            at_most=0,
            otherwise=Verdict.NOTE,
            reason="strange is not wrong: rare cases often matter most",
        )
    ],
)
def outliers(subject: Subject) -> DataAnswer:
    """Compare distances to neighbours with the set's own tail."""
    try:
        features = subject.features()
    except Missing as error:
        return DataAnswer(Measurement(missing=str(error)))
    found = find_outliers(features, subject.seed)
    if found is None:
        return DataAnswer(Measurement(missing=f"fewer than {LEAST} pictures can be read"), applies=False)
    known = int(np.isfinite(found.strangeness).sum())
    numbers = (
        Number(_COUNT, len(found.rows)),
        Number("distance to neighbours over the median, largest", float(np.exp(np.nanmax(found.strangeness)))),
        Number("distance to neighbours over the median, limit", float(np.exp(found.limit))),
        Number("pictures compared", known),
    )
    plots = (_sheet(subject, found),) if len(found.rows) else ()
    return DataAnswer(
        Measurement(numbers, plots),
        f"farther from all others than any is in 95 % of healthy sets: {len(found.rows):,} of {counted(known, 'pictures')}",
        (),
        "look at them: remove what does not belong, collect more of what does",
        tuple(_suspect(subject, found, int(row)) for row in found.rows),
    )


def _suspect(subject: Subject, found: Outliers, row: int) -> Suspect:
    times = float(np.exp(found.strangeness[row]))
    reason = f"lies {times:.1f} times as far from its nearest pictures as is usual"
    return Suspect("outliers", str(subject.dataset.items.names[row]), float(np.exp(-found.expected[row])), reason)


def _sheet(subject: Subject, found: Outliers) -> Plot:
    rows = found.rows[:_SHOWN]
    captions = [f"{np.exp(found.strangeness[row]):.1f} x as far" for row in rows]
    return Plot("The strangest pictures", png=contact_sheet([subject.picture(int(row)) for row in rows], captions))

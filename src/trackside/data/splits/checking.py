"""Whether a split keeps what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.findings import Finding, Measurement, Number, Threshold, Verdict, judge
from trackside.core.report import Report
from trackside.data.dataset import Dataset
from trackside.data.splits.frozen import Splits, content_hashes
from trackside.data.splits.shares import achieved
from trackside.data.wording import counted

_REASON = "what is on both sides is not held out (Kapoor, Narayanan, Patterns 4, 2023)"
_CROSSING = Threshold("units in several parts", at_most=0, reason=_REASON)
_LATE = Threshold("items before the end of an earlier part", at_most=0, reason=_REASON)
_UNKNOWN = Threshold("items without a part", at_most=0, otherwise=Verdict.NOTE, reason="they are neither used nor tested")
_LACKING = Threshold(
    "classes that a part lacks", at_most=0, otherwise=Verdict.WARN, reason="what is not tested is not known"
)
_UNEVEN = Threshold(
    "furthest class share", at_most=5, otherwise=Verdict.NOTE, reason="beyond 5 points a metric moves with the class mix"
)


def check_split(
    splits: Splits,
    dataset: Dataset,
    *,
    pairs: NDArray[np.integer[Any]] | None = None,
    hashes: Sequence[str] | None = None,
) -> Report:
    """Ask of every round whether groups, copies and equal files cross, whether time is kept, and what each part has.

    Args:
        splits: any, also read from a file.
        dataset: the data set as it is now.
        pairs: int [p, 2], rows that are copies of each other.
        hashes: of the items' content, if known.
    """
    found = list(content_hashes(dataset) if hashes is None else hashes)
    place = {one: row for row, one in enumerate(splits.hashes)}
    rows = np.array([place.get(one, -1) for one in found], np.int64)
    padded = np.concatenate([splits.table, np.full((len(splits.rounds), 1), -1, np.int8)], axis=1)
    table = padded[:, rows].astype(np.int64)
    findings = [
        _crossing("split-files", "Are files of equal content in several parts?", table, np.array(found, object)),
        _crossing("split-groups", "Are groups in several parts?", table, dataset.items.groups),
        *([] if pairs is None else [_copies(table, pairs)]),
        *([_in_time(table, dataset.items.times)] if "time" in splits.method.get("by", ()) else []),
        _without_part(table),
        *([_classes(splits, table, dataset)] if dataset.is_labelled else []),
    ]
    facts = {"splits": splits.digest, "data set": splits.dataset_version or "not known"}
    return Report("Splits", tuple(findings), facts)


def _crossing(name: str, asks: str, table: NDArray[np.int64], names: NDArray[np.object_]) -> Finding:
    texts = names.astype(str)
    worst: list[str] = []
    for part in table:
        used = (part >= 0) & (texts != "")
        pairs = np.unique(np.stack([texts[used], part[used].astype(str)], axis=1), axis=0)
        values, counts = np.unique(pairs[:, 0], return_counts=True)
        worst += [value for value in values[counts > 1] if value not in worst]
    said = f"{len(worst)} lie in several parts" + (f": {', '.join(worst[:3])}" if worst else "")
    return _finding(name, asks, said, _CROSSING, len(worst), "split by group again")


def _copies(table: NDArray[np.int64], pairs: NDArray[np.integer[Any]]) -> Finding:
    ends = table[:, np.asarray(pairs, np.int64).reshape(-1, 2)]
    torn = int(((ends >= 0).all(axis=2) & (ends[..., 0] != ends[..., 1])).any(axis=0).sum())
    asks = "Are copies of a picture in several parts?"
    said = f"{torn} of {counted(ends.shape[1], 'pairs of copies')} {'is' if torn == 1 else 'are'} torn apart"
    return _finding("split-copies", asks, said, _CROSSING, torn, "split again with these pairs")


def _in_time(table: NDArray[np.int64], times: NDArray[np.float64]) -> Finding:
    early = 0
    for part in table:
        last = -np.inf
        for number in range(int(part.max(initial=-1)) + 1):
            own = part == number
            early += int((times[own] <= last).sum())
            last = max(last, float(times[own & np.isfinite(times)].max(initial=-np.inf)))
    said = f"{counted(early, 'items')} no later than the last of the part before"
    return _finding("split-time", "Does each part come after the one before?", said, _LATE, early, "split by time again")


def _without_part(table: NDArray[np.int64]) -> Finding:
    count = int((table < 0).all(axis=0).sum())
    said = f"{count} of {counted(table.shape[1], 'items')} in no part"
    return _finding("split-known", "Has every item a part?", said, _UNKNOWN, count, "let new items join")


def _classes(splits: Splits, table: NDArray[np.int64], dataset: Dataset) -> Finding:
    lacking, furthest = 0, 0.0
    for part in table:
        reached = achieved(part, dataset.items.labels, splits.parts, len(dataset.classes))
        present = reached.classes.sum(axis=0) > 0
        lacking = max(lacking, int((reached.classes[:, present] == 0).any(axis=0).sum()))
        furthest = max(furthest, reached.furthest)
    missing = counted(lacking, "classes")
    says = f"missing from some part: {missing}; class shares differ by at most {furthest:.1f} points from the whole"
    numbers = (Number("classes that a part lacks", lacking), Number("furthest class share", furthest, "points"))
    measured = Measurement(numbers)
    verdict = judge(measured, (_LACKING, _UNEVEN)).verdict
    step = "" if verdict is Verdict.OK else "collect more groups of these classes, or ask for fewer parts"
    return Finding("split-classes", "Has every part its share of every class?", verdict, says, measured, next_step=step)


def _finding(name: str, asks: str, says: str, threshold: Threshold, count: int, step: str) -> Finding:
    measured = Measurement((Number(threshold.number, count),))
    verdict = judge(measured, (threshold,)).verdict
    return Finding(name, asks, verdict, says, measured, next_step="" if verdict is Verdict.OK else step)

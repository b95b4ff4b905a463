"""What moved between two runs of a model: mistakes that were fixed, mistakes that are new, and whether that is chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.lab.errors.predictions import Predictions
from trackside.lab.errors.seeking import holm

# Values of a column that are compared one by one.
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Moved:
    """One group of answers before and after.

    Attributes:
        name: "all", a class, a tag, or `column = value`.
        kind: "all", "class", "tag" or "column".
        count: answers; for a tag, mistakes that had it.
        before: mistakes before.
        after: mistakes after.
        fixed: mistakes that are none any more.
        new: mistakes that were none.
        p_value: chance of so uneven a count of fixed and new if nothing changed (McNemar, exact); for a tag, of so many
            fixed if its mistakes were fixed as often as the other mistakes that were looked at (Fisher, exact). Adjusted by
            Holm's method within its kind; NaN where it cannot be told.
        others_fixed: for a tag, the share of the other mistakes looked at that were fixed; else NaN.
    """

    name: str
    kind: str
    count: int
    before: int
    after: int
    fixed: int
    new: int
    p_value: float
    others_fixed: float = float("nan")

    @property
    def change(self) -> float:
        """Change of the error rate, in percentage points; negative is better."""
        return 100 * (self.after - self.before) / self.count if self.count else float("nan")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What moved.

    Attributes:
        all: over all answers of both runs.
        parts: classes, tags and values of columns, in that order, most moved first.
        only_before: answers that the later run lacks; they are left out.
        only_after: answers that the earlier run lacks; they are left out.
        fixed: keys of mistakes that were fixed.
        new: keys of mistakes that are new.
    """

    all: Moved
    parts: tuple[Moved, ...]
    only_before: int
    only_after: int
    fixed: tuple[str, ...]
    new: tuple[str, ...]


def mcnemar(fixed: int, new: int) -> float:
    """The exact two-sided test of McNemar (Psychometrika 12, 1947): binomial, fixed and new equally likely.

    >>> round(mcnemar(10, 2), 4), mcnemar(0, 0)
    (0.0386, 1.0)
    """
    from scipy import stats

    return float(stats.binomtest(fixed, fixed + new, 0.5).pvalue) if fixed + new else 1.0


def compare(
    before: Predictions, after: Predictions, *, tags: Mapping[str, Sequence[str]] | None = None, columns: Sequence[str] = ()
) -> Comparison:
    """Compare two runs on the same items, matched by key.

    Args:
        before, after: predictions of both.
        tags: tags of mistakes that were looked at before, by key (`Book.tags_of`).
        columns: columns of `before` whose values are compared; all columns of texts if not given.

    Raises:
        InputError: no item in common, or the same items with other true classes throughout.
    """
    rows, others = _matched(before, after)
    earlier, later = before.take(rows), after.take(others)
    was, now = earlier.wrong, later.wrong
    parts = _by_value("class", earlier.truth, was, now, "{}")
    parts += _tags(earlier, now, tags or {})
    for name in columns or [name for name, column in earlier.columns.items() if column.dtype == object]:
        if name not in earlier.columns:
            raise InputError(f"the predictions have no column {name!r}", fix="name a column of the earlier file")
        parts += _by_value("column", earlier.columns[name], was, now, f"{name} = {{}}")
    moved = _moved("all", "all", was, now)
    keys = earlier.keys
    return Comparison(
        moved,
        tuple(parts),
        len(before) - len(rows),
        len(after) - len(rows),
        tuple(keys[was & ~now]),
        tuple(keys[now & ~was]),
    )


def _matched(before: Predictions, after: Predictions) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    place = {key: row for row, key in enumerate(after.keys)}
    pairs = [(row, place[key]) for row, key in enumerate(before.keys) if key in place]
    if not pairs:
        fix = "give both runs on the same evaluation set, with the same names"
        raise InputError("the two runs have no item in common", fix=fix)
    return np.array([a for a, _ in pairs], np.intp), np.array([b for _, b in pairs], np.intp)


def _moved(name: str, kind: str, was: NDArray[np.bool_], now: NDArray[np.bool_]) -> Moved:
    fixed, new = int((was & ~now).sum()), int((now & ~was).sum())
    return Moved(name, kind, len(was), int(was.sum()), int(now.sum()), fixed, new, mcnemar(fixed, new))


def _by_value(
    kind: str, values: NDArray[np.object_], was: NDArray[np.bool_], now: NDArray[np.bool_], title: str
) -> list[Moved]:
    texts, number, counts = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    common = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
    parts = [
        _moved(title.format(texts[value] or "(none)"), kind, was[number == value], now[number == value]) for value in common
    ]
    return _adjusted(parts)


def _tags(before: Predictions, now: NDArray[np.bool_], tags: Mapping[str, Sequence[str]]) -> list[Moved]:
    """Tags against the other mistakes that were looked at: some mistakes vanish with any change."""
    from scipy import stats

    looked = np.array([key in tags for key in before.keys], bool) & before.wrong
    fixed_all = int((looked & ~now).sum())
    parts = []
    for tag in sorted({tag for key in before.keys[looked] for tag in tags[key]}):
        has = looked & np.array([tag in tags.get(key, ()) for key in before.keys], bool)
        count, fixed = int(has.sum()), int((has & ~now).sum())
        others, others_fixed = int(looked.sum()) - count, fixed_all - fixed
        table = [[fixed, count - fixed], [others_fixed, others - others_fixed]]
        p_value = float(stats.fisher_exact(table, "greater").pvalue) if others else float("nan")
        share = others_fixed / others if others else float("nan")
        parts.append(Moved(tag, "tag", count, count, count - fixed, fixed, 0, p_value, share))
    return _adjusted(parts)


def _adjusted(parts: Sequence[Moved]) -> list[Moved]:
    from dataclasses import replace

    known = [part for part in parts if part.p_value == part.p_value]
    better = dict(zip((part.name for part in known), holm([part.p_value for part in known]), strict=True))
    adjusted = [replace(part, p_value=better.get(part.name, part.p_value)) for part in parts]
    return sorted(adjusted, key=lambda part: (-abs(part.fixed - part.new), part.name))

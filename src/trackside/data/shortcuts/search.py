"""The search for shortcuts: all cues against all classes, with one limit for chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.shortcuts.chance import Columns, areas, family_wise, questions
from trackside.data.shortcuts.cues import GRID
from trackside.data.shortcuts.marks import BLOCKS, Marks, find_marks
from trackside.data.shortcuts.properties import FAMILIES, Change, Family, Valued
from trackside.data.shortcuts.units import Units
from trackside.data.wording import percent

LEAST = 5
"""Units that a class needs: with fewer, no cue can be told from chance."""
MOST_CLASSES = 1000
_LEVEL = 0.05
# The 5 % of false alarms, shared out: families that rest on firmer ground get more.
_BUDGET: dict[str, float] = {"mark": 0.02, "whole picture": 0.014, "region": 0.008, "file": 0.008}
# A mark that less than this share of the smallest class has is not looked for.
_SHARE, _LEAST_PICTURES = 0.25, 4
# A mark explains the change of its region, so it is told first unless it does worse by more.
_PLAIN = 0.05
# Where grey is on most of one class, white is not: of two that tell as well, what fewer pictures have is the change.
_RARER = 0.02
# A change of a region is local if at most this share of the cells carries half the effect.
_LOCAL = 0.2


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A cue that tells a class from all others, and that chance does not explain.

    Attributes:
        family: where it lies: "mark", "whole picture", "region" or "file".
        cue: in words.
        label: the class.
        auc: area under the curve of class against rest; one half is chance whatever the shares.
        low, high: its 95 % interval.
        p: chance of a cue this good anywhere in the search.
        rises: True if the class has more of it.
        change: how the class that was changed is told, of two.
        area: bool [16, 16], where it is; None for the whole picture.
        value: float64 [n], each picture's value (0 or 1 for marks; the middle where it has none).
    """

    family: Family
    cue: str
    label: int
    auc: float
    low: float
    high: float
    p: float
    rises: bool
    change: Change
    area: NDArray[np.bool_] | None
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flag:
    """A cue that is there or not.

    Attributes:
        cue: in words.
        family: where it lies.
        has: bool [n].
    """

    cue: str
    family: Family
    has: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found, strongest first, and how large it was."""

    shortcuts: tuple[Shortcut, ...]
    cues: int
    questions: dict[str, float]
    classes: int
    left_out: int
    """Classes with too few members, or beyond the limit."""


def search(
    labels: NDArray[np.int64],
    thumbs: NDArray[np.uint8],
    edges: NDArray[np.uint8],
    valued: Valued,
    told: Sequence[Flag],
    units: Units,
    rng: np.random.Generator,
) -> Searched:
    """Search.

    Args:
        labels: int64 [n], classes.
        thumbs, edges: of the extractor.
        valued: cues with values.
        told: cues that are there or not.
        units: what counts as one observation.
        rng: shuffles.
    """
    classes, sizes = np.unique(units.labels, return_counts=True)
    asked = classes[np.argsort(-sizes, kind="stable")][:MOST_CLASSES]
    asked = asked[np.isin(asked, classes[sizes >= LEAST])]
    if len(asked) < 1 or len(classes) < 2:
        return Searched((), 0, {}, 0, len(classes))
    chosen = (units.labels[None, :] == asked[:, None]).astype(np.float32)
    at_least = max(_LEAST_PICTURES, int(np.ceil(_SHARE * min(chosen.sum(1).min(), len(units) / 4))))
    marks = find_marks(thumbs[units.rows], edges[units.rows], at_least, rng)
    flags = np.array([one.has[units.rows] for one in told], bool).reshape(len(told), len(units)).T
    values = units.mean(valued.values)
    columns = Columns.of(np.concatenate([marks.has, flags], 1), values)
    table = _Table(marks, list(told), valued, values, columns)
    worth = questions(columns, chosen.sum(1).astype(np.int64), table.families, rng)
    # Two classes are one question: what tells the one from the rest tells the other.
    times = 1 if len(classes) == 2 else len(asked)
    limits = np.array([worth[family] * times / _BUDGET[family] * _LEVEL for family in table.families])
    found = table.shortcuts(chosen, asked, limits, units)
    left_out = len(classes) - len(asked)
    found.sort(key=lambda one: -one.auc - (_PLAIN if one.family == "mark" else 0))
    return Searched(tuple(found), len(limits), worth, len(asked), left_out)


@dataclass(frozen=True, slots=True)
class _Table:
    marks: Marks
    told: list[Flag]
    valued: Valued
    values: NDArray[np.float64]
    columns: Columns

    def shortcuts(
        self, chosen: NDArray[np.float32], asked: NDArray[np.int64], limits: NDArray[np.float64], units: Units
    ) -> list[Shortcut]:
        """The best cue of each family and class, where chance does not explain it."""
        log_marks, log_values = self.columns.tests(chosen)
        found = []
        for row, label in enumerate(asked):
            inside = chosen[row] > 0
            sure = family_wise(np.concatenate([log_marks[row], log_values[row]]), limits)
            aucs = areas(self.columns, inside)
            effect = np.where(sure < _LEVEL, np.abs(aucs - 0.5), 0.0)
            has = self.columns.marks
            effect[: has.shape[1]] *= 1 - _RARER * (has[inside].mean(0) + has[~inside].mean(0)) / 2
            for family in FAMILIES:
                mine = np.where(self.families == family, effect, 0.0)
                if not len(mine) or mine.max() <= 0:
                    continue
                best = int(mine.argmax())
                if family != "region" or self.is_local(best, aucs):
                    found.append(self.describe(best, int(label), float(aucs[best]), float(sure[best]), inside, units))
        return found

    @property
    def families(self) -> NDArray[np.object_]:
        """The family of each cue."""
        told = [one.family for one in self.told]
        return np.array(["mark"] * len(self.marks) + told + list(self.valued.families), object)

    def is_local(self, cue: int, aucs: NDArray[np.float64]) -> bool:
        """Whether few cells carry the effect; what a picture shows spreads over more."""
        at = cue - len(self.marks) - len(self.told)
        same = [other for other, name in enumerate(self.valued.names) if name == self.valued.names[at]]
        effects = np.abs(aucs[np.array(same) + len(self.marks) + len(self.told)] - 0.5)
        return float((effects >= abs(aucs[cue] - 0.5) / 2).mean()) <= _LOCAL

    def describe(self, cue: int, label: int, auc: float, p: float, inside: NDArray[np.bool_], units: Units) -> Shortcut:
        """In words and places."""
        marks, told = len(self.marks), len(self.told)
        change: Change = "more" if cue < marks else "rarer, else more"
        family, area = self.families[cue], None
        if cue < marks + told:
            value = self.columns.marks[:, cue].astype(np.float64)
        else:
            raw = self.values[:, cue - marks - told, 1]
            value, change = np.where(np.isfinite(raw), raw, np.nanmedian(raw)), self.valued.changes[cue - marks - told]
        if cue < marks:
            area = area_of(self.marks.places[cue])
            name = _mark_words(self.marks, cue, area)
        elif cue < marks + told:
            name = self.told[cue - marks].cue if auc > 0.5 else f"not {self.told[cue - marks].cue}"
        else:
            name, cell = self.valued.names[cue - marks - told][auc > 0.5], self.valued.cells[cue - marks - told]
            area = None if cell is None else _cell_area(cell)
        low, high = interval(abs(auc - 0.5) + 0.5, int(inside.sum()), int((~inside).sum()))
        return Shortcut(family, name, label, abs(auc - 0.5) + 0.5, low, high, p, auc > 0.5, change, area, value[units.of])


def interval(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """95 % interval of an AUC (Hanley and McNeil 1982)."""
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    square = auc * auc
    spread = auc * (1 - auc) + (positives - 1) * (one - square) + (negatives - 1) * (two - square)
    error = 1.96 * float(np.sqrt(max(spread, 0.0) / max(positives * negatives, 1)))
    return max(auc - error, 0.0), min(auc + error, 1.0)


def area_of(places: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool [16, 16] of places [260]; edges as the outermost blocks."""
    area = places[: BLOCKS**2].reshape(BLOCKS, BLOCKS).copy()
    top, bottom, left, right = places[BLOCKS**2 :]
    area[0] |= top
    area[-1] |= bottom
    area[:, 0] |= left
    area[:, -1] |= right
    return area


def _cell_area(cell: tuple[int, int]) -> NDArray[np.bool_]:
    area = np.zeros((BLOCKS, BLOCKS), bool)
    step = BLOCKS // GRID
    area[cell[0] * step : (cell[0] + 1) * step, cell[1] * step : (cell[1] + 1) * step] = True
    return area


def _mark_words(marks: Marks, mark: int, area: NDArray[np.bool_]) -> str:
    red, green, blue = marks.colours[mark]
    kind = "a frame" if marks.places[mark, BLOCKS**2 :].sum() >= 3 and area[4:12, 4:12].mean() < 0.2 else "a mark"
    return f"{kind} of colour ({red}, {green}, {blue}) on {percent(area.mean())} of the picture"

"""Which alarm is of which label: one to one, as many as possible, the nearest in time first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Alarm
from trackside.pipelines.scoring.labels import Label

# Worth of a pair against a second of distance: no saving of time outweighs one more pair.
_PAIR = 1e7
# Seconds by which decimal fractions are off.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Matched:
    """The alarms of one video held against its labels.

    Attributes:
        alarms: as given.
        labels: those that count (`ignore` is not set).
        of: for each alarm the row of its label; -1 for none.
        duplicate: for each alarm, whether it is right in time and place but its labels have alarms already.
        ignored: for each alarm, whether it lies where nobody can tell what is right.
    """

    alarms: tuple[Alarm, ...]
    labels: tuple[Label, ...]
    of: NDArray[np.int64]
    duplicate: NDArray[np.bool_]
    ignored: NDArray[np.bool_]

    @property
    def false(self) -> NDArray[np.bool_]:
        """For each alarm, whether it is false."""
        return (self.of < 0) & ~self.duplicate & ~self.ignored

    @property
    def found(self) -> NDArray[np.bool_]:
        """For each label, whether it has an alarm."""
        return np.isin(np.arange(len(self.labels)), self.of)


def match(alarms: Sequence[Alarm], labels: Sequence[Label], tolerance: float) -> Matched:
    """Assign alarms to labels.

    An alarm fits a label whose place, event and rule it has, where the label names them, and if its time lies within
    `tolerance` seconds of the label's. Of all one-to-one assignments, one with the most pairs is taken, and among these
    that with the least distance in time to the labels' starts (Kuhn 1955).

    Args:
        alarms: of one video.
        labels: of the same video.
        tolerance: seconds.
    """
    from scipy.optimize import linear_sum_assignment

    counted = tuple(label for label in labels if not label.ignore)
    fits = _fits(alarms, counted, tolerance)
    times = np.array([alarm.time for alarm in alarms], np.float64)
    starts = np.array([label.start for label in counted], np.float64)
    of = np.full(len(alarms), -1, np.int64)
    if fits.any():
        cost = np.where(fits, np.abs(times[:, None] - starts) - _PAIR, 0.0)
        rows, columns = linear_sum_assignment(cost)
        paired = fits[rows, columns]
        of[rows[paired]] = columns[paired]
    ignored = _fits(alarms, [label for label in labels if label.ignore], tolerance).any(axis=1)
    duplicate = (of < 0) & fits.any(axis=1)
    return Matched(tuple(alarms), counted, of, duplicate, ignored & (of < 0) & ~duplicate)


def _fits(alarms: Sequence[Alarm], labels: Sequence[Label], tolerance: float) -> NDArray[np.bool_]:
    """Whether each alarm fits each label: bool [alarms, labels]."""
    times = np.array([alarm.time for alarm in alarms], np.float64)[:, None]
    starts = np.array([label.start for label in labels], np.float64)
    ends = np.array([label.end for label in labels], np.float64)
    found = (times >= starts - tolerance - _ROUNDING) & (times <= ends + tolerance + _ROUNDING)
    asked = (
        ([alarm.place for alarm in alarms], [label.place for label in labels]),
        ([alarm.what for alarm in alarms], [label.event for label in labels]),
        ([alarm.rule for alarm in alarms], [label.rule for label in labels]),
    )
    for told, wanted in asked:
        texts = np.array(wanted, np.str_)
        found &= (texts == "") | (np.array(told, np.str_)[:, None] == texts)
    return np.asarray(found, np.bool_)

"""A tracker that knows the place: what cannot be there is ignored, and short misses are filled."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections
from trackside.perception.tracking.association import Floats, Rows
from trackside.perception.tracking.matching import Mask
from trackside.perception.tracking.motion import Motion
from trackside.perception.tracking.settings import TrackerSettings
from trackside.perception.tracking.tracker import Tracker

# Sightings from which a track is believed where it is not seen.
_FIRM = 10


@runtime_checkable
class Placed(Protocol):
    """A motion model that knows the place: which boxes can be anybody's, and which of its tracks to believe."""

    @property
    def believed(self) -> Mask:
        """Which tracks are where they are said to be, bool [n]."""
        ...

    def admits(self, boxes: Floats) -> Mask:
        """bool [m], for boxes [4, m]."""
        ...


class PlacedTracker(Tracker):
    """As `Tracker`; detections that the motion model does not admit (officials on the deck) are ignored and not counted.

    Args:
        settings: a preset's name or settings; `prior_settings` has those that suit a prior.
        motion: how things move; see `motion_prior`.
        coast: seconds for which a track seen often is given out unseen, where the settings do not weigh existence.
        changes: settings to change, by name.
    """

    def __init__(self, settings: str | TrackerSettings, *, motion: Motion, coast: float = 0.0, **changes: Any) -> None:
        super().__init__(settings, motion=motion, **changes)
        self._placed = motion if isinstance(motion, Placed) else None
        self._coast = coast

    def _usable(self, boxes: Floats, scores: NDArray[np.float32]) -> dict[str, Mask]:
        found = super()._usable(boxes, scores)
        if self._placed is None:
            return found
        admitted = np.zeros(boxes.shape[1], np.bool_)
        rows = found["all"].nonzero()[0]
        admitted[rows] = self._placed.admits(boxes.take(rows, axis=1))
        return {name: which & admitted for name, which in found.items()}

    def _start(self, rows: Rows, boxes: Floats, detections: Detections, starting: bool) -> None:
        # Also in the first picture nothing counts that is seen once.
        super()._start(rows, boxes, detections, starting=False)

    def _coasting(self) -> Mask | bool:
        if self._evidence is not None:
            return super()._coasting()
        if not self._coast:
            return False
        assert self._time is not None
        # Media times are sums of frame times: a nanosecond more is not later.
        waiting = self._time - self._book.seen <= self._coast + 1e-9
        firm = (self._book.sightings >= _FIRM) & waiting
        return firm if self._placed is None else firm & self._placed.believed

"""Who stays in one zone, with hysteresis."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from trackside.core import Tracks
from trackside.perception.rules.area import Area, Floats
from trackside.perception.rules.spells import Hysteresis, Ids, Spells, Turns
from trackside.perception.zones import Polygon


class Stays:
    """Spells of being in a zone. A track is where its foot point is (`Tracks.feet`, of the unclipped box).

    Tracks without identity (id 0 or below) are ignored.

    Args:
        zone: its corners, x y in pixels.
        hysteresis: when a stay begins and ends; its margin is in pixels outside the zone's edge.

    Raises:
        SettingError: fewer than three corners, or a number that is negative or not finite.
    """

    def __init__(self, zone: Polygon, hysteresis: Hysteresis | None = None) -> None:
        self.area = Area(zone)
        self.spells = Spells(hysteresis)

    def update(self, tracks: Tracks, time: float) -> Turns:
        """Take in the tracks of one look at media time `time`."""
        ids, feet = feet_of(tracks)
        return self.spells.update(ids, self.area.outside(feet), time)

    def end(self, ids: Iterable[int]) -> Turns:
        """These tracks ended: free their state. Those inside left when they were last seen there."""
        return self.spells.end(ids)

    def reset(self) -> None:
        """Forget everything, without a word."""
        self.spells.reset()


def feet_of(tracks: Tracks) -> tuple[Ids, Floats]:
    """The identities [n] and foot points [n, 2] of those that have both; the point is NaN where a box is not finite."""
    ids, feet = tracks.ids, tracks.feet.astype(np.float64)
    if not (finite := np.isfinite(feet)).all():
        feet[~finite.all(axis=1)] = np.nan
    return (ids, feet) if not len(ids) or ids.min() > 0 else (ids[ids > 0], feet[ids > 0])

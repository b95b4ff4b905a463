"""Who else was near: only then can a tracker have gone over from one object to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.linking.tracklet import Tracklet
from trackside.perception.tracking.similarity import expanded

# Seconds around a moment in which others count, and the share of their size by which boxes are grown to meet.
_AROUND, _REACH = 0.5, 0.5
# Box heights a second, and box heights at once, beyond which nobody goes: sprinters make 6.
_FASTEST, _STEP = 8.0, 1.0


class Rivals:
    """All sightings of a recording, to be asked who else was near.

    Args:
        tracklets: all of the recording.
        times: float64 [t], seconds, of each frame, ascending.
    """

    def __init__(self, tracklets: Sequence[Tracklet], times: Floats) -> None:
        frames = np.concatenate([np.empty(0, np.int64), *(each.frames for each in tracklets)])
        order = np.argsort(frames, kind="stable")
        self._times, self._moments = times, times[frames[order]]
        self._owners = np.repeat(np.arange(len(tracklets)), [len(each) for each in tracklets])[order]
        boxes = np.concatenate([np.empty((0, 4)), *(each.boxes for each in tracklets)])[order]
        self._boxes = expanded(boxes.T, _REACH).T

    def near(self, tracklet: Tracklet, owner: int, asked: NDArray[np.bool_], first: int) -> NDArray[np.bool_]:
        """Whether somebody else was near when a tracklet came to some of its sightings, or it jumped there.

        Args:
            tracklet: whose.
            owner: the row of the tracklet that it is, or is a part of.
            asked: bool [p], which of the sightings from number `first` on are asked for.
            first: see there.

        Returns:
            bool [p], False where not asked.
        """
        answer = np.zeros(len(asked), np.bool_)
        moments = self._times[tracklet.frames]
        for place in asked.nonzero()[0].tolist():
            here = first + place
            pair = tracklet.boxes[here - 1 : here + 1]
            answer[place] = _jumped(pair, moments[here] - moments[here - 1]) or self._met(pair, owner, moments[here])
        return answer

    def _met(self, pair: Floats, owner: int, moment: float) -> bool:
        low, high = np.searchsorted(self._moments, [moment - _AROUND, moment + _AROUND])
        others = self._boxes[low:high][self._owners[low:high] != owner]
        meets = (others[:, None, :2] < pair[None, :, 2:]) & (others[:, None, 2:] > pair[None, :, :2])
        return bool(meets.all(axis=2).any())


def _jumped(pair: Floats, seconds: float) -> bool:
    height = float((pair[:, 3] - pair[:, 1]).mean())
    middle = (pair[:, :2] + pair[:, 2:]) / 2
    return float(np.hypot(*(middle[1] - middle[0]))) > height * (_STEP + _FASTEST * seconds)

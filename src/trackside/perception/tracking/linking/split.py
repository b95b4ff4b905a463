"""Cutting tracks where they are mixed: where what came later would not have been taken for the same object.

At every sighting the past alone tells, by a filter, where the object should go, and the future alone, by a filter that runs
backwards, where it should come from. Where the two would not be joined (`link.continuation`), a tracker may have gone over
from one object to another, or somebody alone may just have turned about. So the track is cut only where somebody else is
near (`rivals.py`), where nobody could have gone so far, or where looks change.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.linking.link import Ends, continuation, extent
from trackside.perception.tracking.linking.looks import looks, looks_odds
from trackside.perception.tracking.linking.rivals import Rivals
from trackside.perception.tracking.linking.settings import LinkSettings
from trackside.perception.tracking.linking.smoother import Path, filtered
from trackside.perception.tracking.linking.tracklet import Tracklet

# Sightings on either side that tell past from future; fewer say nothing about where something goes.
_FEWEST = 3
# Sightings on either side whose looks are compared.
_LOOKS = 8


def split(tracklets: Sequence[Tracklet], times: Floats, settings: LinkSettings) -> list[Tracklet]:
    """The same sightings in tracklets that are not mixed, as far as motion and size tell.

    Args:
        tracklets: perhaps mixed ones.
        times: float64 [t], seconds, of each frame of the recording, ascending.
        settings: the beliefs.
    """
    found: list[Tracklet] = []
    width: float | None = None
    rivals = Rivals(tracklets, times)
    owners = list(range(len(tracklets)))
    while tracklets:
        ahead, back = _both_ways(tracklets, times, settings)
        width = extent(ahead) if width is None else width
        parts: list[Tracklet] = []
        of_parts: list[int] = []
        for tracklet, owner, past, future in zip(tracklets, owners, ahead, back, strict=True):
            gain = _gains(tracklet, past, future, times, settings, width)
            gain = np.where(gain < 0, np.where(rivals.near(tracklet, owner, gain < 0, _FEWEST), gain, 0.0), gain)
            cuts = _cuts(gain + _looks_gains(tracklet, settings), settings)
            if not cuts:
                found.append(tracklet)
            else:
                parts += [tracklet.part(slice(start, end)) for start, end in pairwise([0, *cuts, len(tracklet)])]
                of_parts += [owner] * (len(cuts) + 1)
        # What was beyond a cut had its say in the parts' filters: they are looked at again by themselves.
        tracklets, owners = parts, of_parts
    return found


def _both_ways(tracklets: Sequence[Tracklet], times: Floats, settings: LinkSettings) -> tuple[list[Path], list[Path]]:
    """The paths as known from the past alone, and as known from the future alone."""
    turned = filtered([_reversed(tracklet, len(times)) for tracklet in tracklets], -times[::-1], settings.noise)
    return filtered(tracklets, times, settings.noise), [_turned(path, len(times)) for path in turned]


def _gains(tracklet: Tracklet, past: Path, future: Path, times: Floats, settings: LinkSettings, width: float) -> Floats:
    """Log odds, [p], that what comes from each place on is what came before, by motion and size.

    Places are the sightings that have `_FEWEST` before them and `_FEWEST` from them on.
    """
    places = _places(tracklet)
    if not len(places):
        return np.empty(0)
    rows = tracklet.frames - past.frames[0]
    gain = continuation(_at(past, rows[places - 1], times), _at(future, rows[places], times), settings, width)
    return gain + settings.newcomer


def _looks_gains(tracklet: Tracklet, settings: LinkSettings) -> Floats | float:
    """The same by looks: some sightings before each place, and some from it on."""
    features = tracklet.features
    if features is None:
        return 0.0

    @cache  # What comes after one place comes before another.
    def around(start: int, end: int) -> Floats | None:
        return looks(features[start:end])

    places = _places(tracklet).tolist()
    before = [around(max(0, place - _LOOKS), place) for place in places]
    after = [around(place, min(place + _LOOKS, len(features))) for place in places]
    return looks_odds(before, after, settings.appearance, settings.alike)


def _cuts(gain: Floats, settings: LinkSettings) -> list[int]:
    """The sightings before which a tracklet is cut: of neighbouring doubtful places the worst."""
    doubtful = (gain < -settings.cut).nonzero()[0]
    runs = np.split(doubtful, np.flatnonzero(np.diff(doubtful) > _FEWEST) + 1) if len(doubtful) else []
    worst = [_FEWEST + int(run[gain[run].argmin()]) for run in runs]
    return [place for place, before in zip(worst, [-_FEWEST, *worst], strict=False) if place - before >= _FEWEST]


def _places(tracklet: Tracklet) -> NDArray[np.int64]:
    return np.arange(_FEWEST, len(tracklet) - _FEWEST + 1)


def _at(path: Path, rows: NDArray[np.int64], times: Floats) -> Ends:
    return Ends(
        times[path.frames[rows]], path.place[rows], path.velocity[rows], path.spread[rows], np.full(len(rows), path.height)
    )


def _reversed(tracklet: Tracklet, frames: int) -> Tracklet:
    """The tracklet as seen when the recording of so many frames runs backwards."""
    return Tracklet(frames - 1 - tracklet.frames[::-1], tracklet.boxes[::-1], tracklet.scores[::-1], tracklet.classes[::-1])


def _turned(path: Path, frames: int) -> Path:
    """A path through the backward recording, in forward time."""
    spread = path.spread[::-1] * np.array([1, -1, 1])[:, None]
    return Path(frames - 1 - path.frames[::-1], path.place[::-1], -path.velocity[::-1], spread, path.height)

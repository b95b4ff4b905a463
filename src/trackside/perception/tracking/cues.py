"""What else tells team mates apart: where each one plays, and the number on the back.

Each cue has a row a track and the same verbs as the motion model and the gallery (`add`, `keep`, `update`), and makes a term
for the association: a bounded log-likelihood ratio, "this detection is this track" against "it is anyone", so that cues that
are independent simply add up, and one that knows nothing adds 0.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.perception.tracking.association import Floats, Rows, Term

# Natural logarithms: no single cue speaks louder than 20 to 1.
_LIMIT = 3.0
# Sightings (weights) that the memory of a place holds: at 25 a second it follows a change of role within a minute or two.
_MOST_SIGHTINGS = 2000.0
_LEAST_SIGHTING = 1e-3
# Spreads of the team: before anything is seen, a player may be anywhere; and no player stays nearer than this to one place.
_FIRST_SPREAD, _LEAST_SPREAD = 1.0, 0.15
# Nobody plays farther from the middle; whoever is measured there (a wrong calibration, a ball boy) must not pull a mean.
_FARTHEST = 5.0
# Sightings that the first guess of the spread counts for.
_PRIOR = 5.0
# From two players, no middle can be told from a player's own place.
_FEWEST_PLAYERS = 3
_NUMBERS = 100
# Votes that a track's memory of its number holds.
_MOST_VOTES = 50.0


class Cue(Protocol):
    """One row a track; a term for the association."""

    def __len__(self) -> int: ...

    def add(self, count: int) -> None:
        """Append tracks of which nothing is known."""
        ...

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        ...

    def update(self, rows: Rows, values: Any, weights: Any, /) -> None:
        """Take in what was seen of some tracks, each at most once: values [m, ...] and how far to trust each, [m]."""
        ...

    def term(self, values: Any, weights: Any, /, tracks: Rows | None = None, *, weight: float = 1.0) -> Term:
        """What the detections' values say; `tracks` are the rows that the term's first rows point into, None for all."""
        ...


class UsualPlace:
    """Where each player usually is within the team: running mean and spread of normalised places (see `team_places`).

    A place is taken as two independent Gaussians; "anyone" is the whole team, which has mean 0 and spread 1 by
    construction. A track takes 40 bytes.

    Attributes:
        means: float64 [n, 2]; 0 while nothing is known.
    """

    def __init__(self) -> None:
        self.means: Floats = np.empty((0, 2))
        self._variances: Floats = np.empty((0, 2))
        self._sightings: Floats = np.empty(0)

    def __len__(self) -> int:
        return len(self.means)

    def add(self, count: int) -> None:
        """Append tracks that have not been seen yet."""
        self.means = np.concatenate([self.means, np.zeros((count, 2))])
        self._variances = np.concatenate([self._variances, np.full((count, 2), _FIRST_SPREAD**2)])
        self._sightings = np.concatenate([self._sightings, np.zeros(count)])

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self.means, self._variances, self._sightings = self.means[rows], self._variances[rows], self._sightings[rows]

    def update(self, rows: Rows, places: Floats, weights: Floats | None = None) -> None:
        """Take in where some tracks were seen.

        Args:
            rows: the tracks, intp [m], each at most once.
            places: float64 [m, 2], normalised; a row that is not finite says nothing.
            weights: how much each counts, [m]; None for 1.
        """
        weights = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        says = np.isfinite(places).all(axis=1) & (weights > 0) & np.isfinite(weights)
        rows, places, weights = rows[says], _near(places[says]), weights[says]
        before = self._sightings[rows]
        # West 1979, "Updating mean and variance estimates": exact until the memory is full, then exponential forgetting.
        share = (weights / (before + weights))[:, None]
        share_of_spread = (weights / (before + _PRIOR + weights))[:, None]
        off = places - self.means[rows]
        self.means[rows] += share * off
        self._variances[rows] += share_of_spread * (off * (places - self.means[rows]) - self._variances[rows])
        self._sightings[rows] = np.minimum(before + weights, _MOST_SIGHTINGS)

    def term(
        self, places: Floats, weights: Floats | None = None, tracks: Rows | None = None, *, weight: float = 1.0
    ) -> Term:
        """`weight` times the log-likelihood ratio, -3 to 3, of detections at normalised places [m, 2].

        Args:
            places: of the detections; a row that is not finite says nothing.
            weights: how far each place is to be trusted, [m], 0 to 1; None for 1.
            tracks: rows that the term's first rows point into; None for all.
            weight: of the cue, in units of gain.
        """

        places = _near(places)

        def term(i: Rows, j: Rows) -> Floats:
            rows = i if tracks is None else tracks[i]
            seen = self._sightings[rows]
            # The mean of few sightings is itself uncertain.
            doubt = (1 + 1 / np.maximum(seen, _LEAST_SIGHTING))[:, None]
            spread = doubt * np.maximum(self._variances[rows], _LEAST_SPREAD**2)
            off = (places[j] - self.means[rows]) ** 2 / spread
            ratio = 0.5 * (places[j] ** 2 - off - np.log(spread)).sum(axis=1)
            ratio[seen == 0] = np.nan
            return _bounded(ratio, weight, None if weights is None else weights[j])

        return term


class JerseyNumber:
    """Votes for the number on each player's back, 0 to 99. A track takes 400 bytes."""

    def __init__(self) -> None:
        self._votes: NDArray[np.float32] = np.empty((0, _NUMBERS), np.float32)

    def __len__(self) -> int:
        return len(self._votes)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """int64 [n]: the number with most votes; -1 where nobody voted."""
        return np.where(self._votes.any(axis=1), self._votes.argmax(axis=1), -1).astype(np.int64)

    def add(self, count: int) -> None:
        """Append tracks without a number."""
        self._votes = np.concatenate([self._votes, np.zeros((count, _NUMBERS), np.float32)])

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._votes = self._votes[rows]

    def update(self, rows: Rows, numbers: NDArray[np.integer], confidences: Floats) -> None:
        """Take in what was read on some tracks.

        Args:
            rows: the tracks, intp [m], each at most once.
            numbers: integers [m], 0 to 99; -1 where no number could be read.
            confidences: [m], 0 to 1.
        """
        trust = _trust(numbers, confidences)
        read = trust > 0
        rows = rows[read]
        self._votes[rows, numbers[read]] += trust[read].astype(np.float32)
        total = self._votes[rows].sum(axis=1, keepdims=True)
        self._votes[rows] *= np.minimum(1.0, _MOST_VOTES / np.maximum(total, 1e-9))

    def term(
        self,
        numbers: NDArray[np.integer],
        confidences: Floats,
        tracks: Rows | None = None,
        *,
        weight: float = 1.0,
    ) -> Term:
        """`weight` times the log-likelihood ratio, -3 to 3, of numbers read on detections.

        A reading of confidence c is right with probability c, else any number; a track's numbers are Dirichlet with one vote
        for all numbers together, so a track without votes, and a detection without reading, say nothing.

        Args:
            numbers: integers [m], -1 where none could be read.
            confidences: [m], 0 to 1.
            tracks: rows that the term's first rows point into; None for all.
            weight: of the cue, in units of gain.
        """
        trust = _trust(numbers, confidences)

        def term(i: Rows, j: Rows) -> Floats:
            votes = self._votes[i if tracks is None else tracks[i]].astype(np.float64)
            mine = votes[np.arange(len(j)), np.where(trust[j] > 0, numbers[j], 0)]
            share = (mine + 1 / _NUMBERS) / (votes.sum(axis=1) + 1)
            return _bounded(np.log(trust[j] * _NUMBERS * share + 1 - trust[j]), weight)

        return term


def team_places(points: Floats, teams: NDArray[np.integer]) -> Floats:
    """Places within the team: distance from its middle in units of its spread, so that the team may move and stretch.

    Middle and spread are medians (the spread 1.4826 times the median distance from the middle, an estimate of a standard
    deviation), so a player who was put into the wrong team shifts the others little.

    Args:
        points: float64 [n, 2], on the ground or in the picture; a row that is not finite is nobody.
        teams: integers [n]; below 0 for whoever has none.

    Returns:
        float64 [n, 2]; NaN for whoever has no team, or one of fewer than three.
    """
    places = np.full((len(points), 2), np.nan)
    there = np.isfinite(points).all(axis=1)
    for team in np.unique(teams[teams >= 0]):
        members = (teams == team) & there
        if np.count_nonzero(members) < _FEWEST_PLAYERS:
            continue
        off = points[members] - np.median(points[members], axis=0)
        spread = 1.4826 * np.median(np.abs(off), axis=0)
        places[members] = np.divide(off, spread, out=np.zeros_like(off), where=spread > 0)
    return places


def _near(places: Floats) -> Floats:
    return np.clip(np.asarray(places, np.float64), -_FARTHEST, _FARTHEST)


def _trust(numbers: NDArray[np.integer], confidences: Floats) -> Floats:
    """Confidences, 0 where nothing was read.

    Raises:
        SettingError: a number beyond 99.
    """
    if len(numbers) and int(numbers.max()) >= _NUMBERS:
        raise SettingError(f"numbers go from 0 to 99, got {int(numbers.max())}", where="jersey number")
    said = np.clip(np.nan_to_num(np.asarray(confidences, np.float64), nan=0.0), 0.0, 1.0)
    return np.where(np.asarray(numbers) >= 0, said, 0.0)


def _bounded(ratio: Floats, weight: float, trust: Floats | None = None) -> Floats:
    """The term's value: 0 where the ratio is NaN."""
    gain = np.clip(np.nan_to_num(ratio, nan=0.0, posinf=_LIMIT, neginf=-_LIMIT), -_LIMIT, _LIMIT)
    return np.asarray(weight * (gain if trust is None else gain * trust), np.float64)

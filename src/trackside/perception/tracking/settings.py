"""What makes one online tracker differ from another, as data: rounds of matching, when a track counts, what is given out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from trackside.core import SettingError
from trackside.perception.tracking.kalman import Noise
from trackside.perception.tracking.similarity import Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of matching. What it pairs takes no part in later rounds.

    Attributes:
        tracks: `known` (they have an identity), `seen` (those of them that were seen in the last frame), `new` (the others)
            or `all`.
        found: `strong` detections, `faint` ones or `all`.
        like: when a track's box and a detection are alike.
        last_seen: compare with the box last seen, not with the predicted one (OC-SORT's recovery).
        momentum: weight of the agreement between a track's direction and the direction to the detection (OC-SORT).
        appearance: weight of the likeness of embeddings, where they are given.
    """

    tracks: Literal["known", "seen", "new", "all"] = "known"
    found: Literal["strong", "faint", "all"] = "strong"
    like: Likeness = field(default_factory=Likeness)
    last_seen: bool = False
    momentum: float = 0.0
    appearance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Existence:
    """Whether there is anything where a track is, as log odds (Musicki, Evans and Stankovic 1994, *Integrated probabilistic
    data association*, in the log-odds form; evidence of successive frames is discounted since it is not independent).

    A detection adds `gain` (logit(score) - logit(even)), a second without detection takes `miss` away. A track is given out
    while its odds are at least even, also unseen if they are `sure`.

    Attributes:
        gain: what one detection's log odds count.
        miss: log odds lost in a second without detection.
        most: the log odds that a track can reach.
        sure: log odds from which a track that is not seen is given out where it is predicted.
        coast: seconds for which that is done.
        at_once: log odds from which a single sighting earns an identity; with less, the second does.
        doubtful: seconds that a track below even odds waits for its next detection.
    """

    gain: float = 0.35
    miss: float = 1.25
    most: float = 6.0
    sure: float = 2.0
    coast: float = 0.16
    at_once: float = 0.5
    doubtful: float = 0.3

    def __post_init__(self) -> None:
        values = (self.gain, self.miss, self.most, self.sure, self.coast, self.at_once, self.doubtful)
        if not all(0 <= value < math.inf for value in values):
            raise SettingError(f"settings of existence must be positive and finite, got {self}", where="tracker")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """An online tracker, as data.

    Attributes:
        rounds: the rounds of matching, in order.
        high: score from which a detection is strong.
        low: score from which a detection is looked at at all.
        new: score from which an unmatched detection starts a track; None for `high`.
        even: score at which half of the detections are true, for `existence`; None for `new`.
        keep_lost: seconds for which a track that is not seen waits to be found again. Keep it above the time between frames.
        sightings: frames in a row in which something new must be seen before it gets an identity, without `existence`.
        at_once: whether what the first frame of a stream shows has its identity at once.
        coast: seconds for which a track seen often is given out where it is predicted, without `existence`.
        existence: weigh the evidence for each track instead of counting sightings.
        class_aware: whether a track keeps its class: detections of another class never match it.
        noise: of the motion.
        re_update: when a track is found again, replace what was predicted meanwhile by the straight way from where it was
            last seen (OC-SORT's observation-centric re-update).
        reach: at low rates, where objects go far between frames, boxes are expanded by a further share of their size, this
            much for each second beyond 0.15.
        filtered: give out filtered boxes, not detected ones.
        paper: where it comes from.
    """

    rounds: tuple[Round, ...]
    high: float = 0.5
    low: float = 0.1
    new: float | None = None
    even: float | None = None
    keep_lost: float = 1.0
    sightings: int = 2
    at_once: bool = True
    coast: float = 0.0
    existence: Existence | None = None
    class_aware: bool = False
    noise: Noise = field(default_factory=Noise)
    re_update: bool = False
    reach: float = 0.0
    filtered: bool = False
    paper: str = ""

    def __post_init__(self) -> None:
        new = self.starts
        if not 0 <= self.low <= self.high <= 1 or not self.low <= new <= 1:
            raise SettingError(
                f"need 0 <= low <= high <= 1 and low <= new <= 1, got low={self.low}, high={self.high}, new={new}",
                where="tracker",
            )
        if not 0 < self.keep_lost < math.inf:
            raise SettingError(f"need a positive number of seconds, got keep_lost={self.keep_lost}", where="tracker")
        if self.even is not None and not 0 < self.even < 1:
            raise SettingError(f"need a score between 0 and 1, got even={self.even}", where="tracker")
        if not (0 <= self.reach < math.inf and 0 <= self.coast < math.inf):
            raise SettingError(f"need 0 or more, got reach={self.reach}, coast={self.coast}", where="tracker")
        if self.sightings < 1 or not self.rounds:
            raise SettingError("need at least one sighting and one round of matching", where="tracker")

    @property
    def starts(self) -> float:
        """The score from which an unmatched detection starts a track."""
        return self.high if self.new is None else self.new

    @property
    def by_looks(self) -> bool:
        """Whether embeddings count in any round."""
        return any(each.appearance > 0 for each in self.rounds)

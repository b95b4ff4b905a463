"""What linking of a recording's tracks believes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from trackside.core import SettingError, nearest
from trackside.perception.tracking.kalman import Noise


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Beliefs about objects between the stretches in which they are seen, and what is made of them.

    The defaults lie on a plateau of HOTA + IDF1 / 2 + MOTA / 4 over the four sequences of MOTChallenge 2015 at hand, played
    forwards, backwards and at lower frame rates; `alike` lies between what OSNet says of one person and of two (TUD-Campus).

    Attributes:
        noise: of motion and sightings while an object is seen.
        gap: the longest time unseen that is bridged by motion, seconds.
        drift: how freely an object moves while unseen; intensity as `Noise.acceleration`.
        hiding: what a second unseen costs: the rate at which hidden objects come to an end, a second.
        newcomer: log odds that a stretch begins with somebody new.
        cut: log odds against one object, without the prior of `newcomer`, from which a tracker's track is cut in two.
        resize: how far the sizes at both ends of a gap may differ: standard deviation of the logarithm of their ratio.
        appearance: log odds for a difference of 1 in cosine likeness, where embeddings are given.
        absent: the longest absence after which somebody is recognised by looks, seconds.
        away: log odds against that anybody comes back at all.
        alike: the cosine likeness that says nothing: between that of one person's and of two people's stretches.
        least: seconds of sightings below which a track is taken for false.
        evidence: the least sum of a track's evidence, seconds; a sighting counts (logit(score) - logit(even)) / 4.6 frames.
        even: the score that counts nothing; None for what the recording's scores suggest (`calibration.py`).
        fill: the longest gap, in seconds, in which the object is given out where it must have been.
        extend: seconds for which a track is continued before its first and after its last sighting.
    """

    noise: Noise = field(
        default_factory=lambda: Noise(acceleration=0.042, resizing=0.023, place=0.085, size=0.147, speed=0.95, doubt=5.0)
    )
    gap: float = 5.0
    drift: float = 0.026
    hiding: float = 0.64
    newcomer: float = 4.5
    cut: float = 3.5
    resize: float = 0.2
    appearance: float = 30.0
    absent: float = 600.0
    away: float = 3.0
    alike: float = 0.78
    least: float = 0.3
    evidence: float = 0.5
    even: float | None = None
    fill: float = 3.4
    extend: float = 0.1

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, float | int) and not (math.isfinite(value) and (value >= 0 or each.name in _SIGNED)):
                raise SettingError(f"need a finite number, at least 0, got {each.name}={value}", where="linking")
        if (self.even is not None and not 0 < self.even < 1) or not self.resize or not self.drift:
            raise SettingError("need 0 < even < 1, and `resize` and `drift` above 0", where="linking")


_SIGNED = frozenset(("newcomer", "cut", "evidence"))


Gait = Literal["straight line", "free"]

# `free` is for players: their speed says little about the next second, seen or unseen.
_GAITS = {
    "straight line": LinkSettings(),
    "free": LinkSettings(
        noise=Noise(acceleration=2.0, resizing=0.05, place=0.06, size=0.08, speed=2.0, doubt=5.0), drift=2.0
    ),
}


def link_settings(motion: Gait = "straight line", **changes: Any) -> LinkSettings:
    """Beliefs about people who walk (`straight line`), or who turn any time (`free`), with some changed.

    Raises:
        SettingError: there is no such motion or setting, or a value is impossible.
    """
    if motion not in _GAITS:
        raise SettingError(f"no motion {motion!r}", where="linking", fix=nearest(motion, _GAITS))
    try:
        return replace(_GAITS[motion], **changes)
    except TypeError:
        unknown = next(name for name in changes if name not in {each.name for each in fields(LinkSettings)})
        fix = nearest(unknown, [each.name for each in fields(LinkSettings)])
        raise SettingError(f"linking has no setting {unknown!r}", where="linking", fix=fix) from None

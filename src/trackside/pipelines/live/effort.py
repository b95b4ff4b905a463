"""How much of a camera's stream is decoded: all of it, what other pictures refer to, or key frames only.

Decoding what nobody will look at is the first thing to save when a machine is overloaded, and a decoder that has fallen
behind must leave pictures out to be fresh again. A step down is taken at once where a stream lags behind its staleness
budget, or where what is left still suffices for what the model can look at. A step up is taken by a few cameras at a time,
and only while the machine has time to spare, so that they do not all fall behind together.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from trackside.media.live import Effort

LEVELS: tuple[Effort, ...] = ("all", "references", "key frames")

# Share of wanted pictures that must be dropped before less is decoded, and below which more is decoded again.
_MANY, _FEW = 0.3, 0.1
# Pictures that must be left for each one that is analysed.
_SPARE = 1.15
# Seconds from a step down to the next step up; twice as long each time when the step up did not last.
_PATIENCE, _LONGEST = 15.0, 600.0
# Share of the processors up to which cameras step up, and of the cameras that do so at a time.
_FULL, _AT_A_TIME = 0.85, 0.05


class Governor:
    """The effort of one camera. Any thread may lower it; the engine's housekeeper alone raises it."""

    def __init__(self) -> None:
        self.effort: Effort = "all"
        self._changed = time.monotonic()
        self._raised = -_LONGEST
        self._patience = _PATIENCE

    def lagging(self, lag: float, budget: float) -> Effort:
        """The decoder is so many seconds behind. Called for each picture; acts at once."""
        if lag > budget and self.effort != "key frames":
            self._lower("key frames")
        return self.effort

    def spare(self, analysed: float, dropped: float, supply: dict[Effort, float]) -> Effort:
        """Decode no more than can be looked at.

        Args:
            analysed: pictures a second that went through.
            dropped: pictures a second that were wanted and dropped.
            supply: pictures a second that each effort would leave, as far as the stream has shown.
        """
        step = LEVELS.index(self.effort)
        if dropped > _MANY * (analysed + dropped) and step + 1 < len(LEVELS):
            lower = LEVELS[step + 1]
            if supply.get(lower, 0.0) >= _SPARE * analysed:
                self._lower(lower)
        return self.effort

    def wants_more(self, analysed: float, dropped: float, lag: float, budget: float) -> bool:
        """Whether it is time for a step up: little is dropped for want of the model, and no step was taken lately."""
        waited = time.monotonic() - self._changed > self._patience
        few = dropped <= _FEW * (analysed + dropped)
        return self.effort != "all" and few and lag < budget / 2 and waited

    def raise_effort(self) -> Effort:
        """Take one step up."""
        self.effort = LEVELS[max(0, LEVELS.index(self.effort) - 1)]
        self._changed = self._raised = time.monotonic()
        return self.effort

    @property
    def since(self) -> float:
        """When it last changed."""
        return self._changed

    def _lower(self, effort: Effort) -> None:
        now = time.monotonic()
        lasted = now - self._raised > 2 * _PATIENCE
        self._patience = _PATIENCE if lasted else min(2 * self._patience, _LONGEST)
        self.effort, self._changed = effort, now


class Governed(Protocol):
    """A camera as the choice of those that step up sees it."""

    @property
    def governor(self) -> Governor: ...
    @property
    def wants_more(self) -> bool: ...


def step_up(cameras: Sequence[Governed], load: float) -> int:
    """Let a few cameras be decoded more, those first that have waited longest.

    Args:
        cameras: all of them.
        load: share of the processors that this process uses, 0 to 1.

    Returns:
        How many took a step.
    """
    if load > _FULL:
        return 0
    ready = sorted((camera for camera in cameras if camera.wants_more), key=lambda camera: camera.governor.since)
    chosen = ready[: max(1, round(_AT_A_TIME * len(cameras)))]
    for camera in chosen:
        camera.governor.raise_effort()
    return len(chosen)

"""How much of a camera's stream is decoded: all of it, what other pictures refer to, or key frames only.

Decoding what nobody will look at is the first thing to save when a machine is overloaded, and a decoder that has fallen
behind must leave pictures out to be fresh again. Each step down is taken only where the pictures that are left still suffice
for what the model can look at, or where the stream lags behind its staleness budget.
"""

from __future__ import annotations

import time
from typing import Literal

Effort = Literal["all", "references", "key frames"]
LEVELS: tuple[Effort, ...] = ("all", "references", "key frames")

# Share of wanted pictures that must be dropped before less is decoded, and below which more is decoded again.
_MANY, _FEW = 0.3, 0.02
# Pictures that must be left for each one that is analysed.
_SPARE = 1.15
# Seconds between two steps up: each may turn out to be one too many.
_PATIENCE = 15.0


class Governor:
    """Chooses the effort of one camera; asked every few seconds."""

    def __init__(self) -> None:
        self.effort: Effort = "all"
        self._raised = time.monotonic()
        self._patience = _PATIENCE

    def lagging(self, lag: float, budget: float) -> Effort:
        """The decoder is so many seconds behind. Called for each picture; acts at once."""
        if lag > budget and self.effort != "key frames":
            self._lower("key frames")
        return self.effort

    def adapt(self, *, analysed: float, dropped: float, supply: dict[Effort, float], lag: float, budget: float) -> Effort:
        """Look at the last seconds.

        Args:
            analysed: pictures a second that went through.
            dropped: pictures a second that were wanted and dropped.
            supply: pictures a second that each effort would leave, as far as the stream has shown.
            lag: seconds that the decoder is behind.
            budget: seconds that it may be behind.
        """
        share = dropped / max(analysed + dropped, 1e-6)
        step = LEVELS.index(self.effort)
        if share > _MANY and step + 1 < len(LEVELS):
            lower = LEVELS[step + 1]
            if supply.get(lower, 0.0) >= _SPARE * analysed:
                self._lower(lower)
        elif share < _FEW and step and lag < budget / 2 and time.monotonic() - self._raised > self._patience:
            self.effort, self._raised = LEVELS[step - 1], time.monotonic()
        return self.effort

    def _lower(self, effort: Effort) -> None:
        # A step up that did not last makes the next one wait twice as long, up to ten minutes.
        if time.monotonic() - self._raised < 2 * _PATIENCE:
            self._patience = min(2 * self._patience, 600.0)
        else:
            self._patience = _PATIENCE
        self.effort, self._raised = effort, time.monotonic()

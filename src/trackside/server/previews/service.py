"""Tries of pipelines: one at a time a person, two in all, the newest wins; forgotten after ten minutes."""

from __future__ import annotations

import threading
from time import monotonic

from trackside.pipelines.plan import Plan
from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.previews.trial import Clip, Trial
from trackside.server.problems import Refused, missing

_MOST_AT_ONCE = 2
# Seconds for which the pictures of an ended try are kept.
_KEPT = 600.0
# Tries of all people that are kept or wait; each holds up to some thirty megabytes.
_MOST_KEPT = 10


class PreviewService:
    """Runs tries. Nothing runs until somebody tries something."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._trials: dict[str, Trial] = {}

    def start(self) -> None:
        """Nothing to do: a try starts its own thread."""

    def stop(self) -> None:
        """Stop all tries and forget them."""
        with self._lock:
            trials, self._trials = list(self._trials.values()), {}
        for trial in trials:
            trial.cancel()
        for trial in trials:
            trial.join()

    def begin(self, plan: Plan, clip: Clip, person: Person) -> Trial:
        """Begin a try; an older one of the same person stops, and its pictures go.

        Raises:
            Refused: 429, too many people try something.
        """
        trial = Trial(plan, clip, owner_of(person), self._tell)
        with self._lock:
            self._forget_old()
            older = next((one for one in self._trials.values() if one.owner == trial.owner), None)
            if older is not None:
                older.cancel()
                del self._trials[older.id]
            elif len(self._trials) >= _MOST_KEPT:
                self._make_room()
            self._trials[trial.id] = trial
            trial.start(self._slots, older)
        return trial

    def find(self, trial_id: str, person: Person) -> Trial:
        """A person's own try.

        Raises:
            Refused: 404, there is none (any more).
        """
        with self._lock:
            self._forget_old()
            trial = self._trials.get(trial_id)
        if trial is None or trial.owner != owner_of(person):
            raise missing("preview")
        return trial

    def forget(self, trial_id: str, person: Person) -> None:
        """Stop a try and forget its pictures.

        Raises:
            Refused: 404.
        """
        trial = self.find(trial_id, person)
        trial.cancel()
        with self._lock:
            self._trials.pop(trial_id, None)

    def _forget_old(self) -> None:
        now = monotonic()
        over = [trial for trial in self._trials.values() if trial.ended is not None and now - trial.ended > _KEPT]
        for trial in over:
            del self._trials[trial.id]

    def _make_room(self) -> None:
        """Forget the try that ended first."""
        ended = [trial for trial in self._trials.values() if trial.ended is not None]
        if not ended:
            raise Refused(429, "too many people try a pipeline just now", "try again in a minute")
        del self._trials[min(ended, key=lambda trial: trial.ended or 0.0).id]

    def _tell(self, trial_id: str) -> None:
        news = self._site.services.get("events")
        if news is not None:
            news.publish("preview", trial_id)


def owner_of(person: Person) -> str:
    """What tells people apart."""
    return person.id or person.name

"""Who somebody is, decided over several looks: one look may err, and must not be enough."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

# Nobody follows so many people at once: whoever forgets to end tracks loses the oldest, not the machine's memory.
_MOST_TRACKS = 10_000
_RARELY = 10


@dataclass(slots=True)
class _Looks:
    last: float = -float("inf")
    seen: deque[tuple[str, float]] = field(default_factory=deque)
    decided: str = ""


class Votes:
    """N of the last M looks must agree on one person, and none on another; until then somebody is unknown.

    A look that matched nobody counts as a look for nobody. Once decided a track keeps its person, unless as many later looks
    agree on another: then it is unknown again, for good, since one of the two was wrong.

    Args:
        needed: looks that must agree, N.
        looks: the last so many count, M.
        every: least media time between two looks at one track, seconds: looks that follow at once err alike.
    """

    def __init__(self, needed: int = 3, looks: int = 5, every: float = 0.3) -> None:
        if not 1 <= needed <= looks:
            raise ValueError(f"votes need 1 <= needed <= looks, got {needed=}, {looks=}")
        self._needed, self._most, self._every = needed, looks, every
        self._tracks: OrderedDict[int, _Looks] = OrderedDict()
        self._contested: set[int] = set()

    def __len__(self) -> int:
        return len(self._tracks)

    def is_due(self, track: int, time: float) -> bool:
        """Whether to look at this track now. A track that is decided is looked at ten times as rarely."""
        looks = self._tracks.get(track)
        if looks is None:
            return True
        wait = self._every * (_RARELY if looks.decided else 1)
        return track not in self._contested and time - looks.last >= wait

    def add(self, track: int, time: float, person: str, score: float) -> str:
        """Count one look; `person` is empty if nobody matched. Returns the person if this look decides it, else nothing."""
        looks = self._tracks.setdefault(track, _Looks())
        self._tracks.move_to_end(track)
        looks.last = time
        looks.seen.append((person, score))
        while len(looks.seen) > self._most:
            looks.seen.popleft()
        while len(self._tracks) > _MOST_TRACKS:
            self.end([next(iter(self._tracks))])
        return self._decide(track, looks)

    def person(self, track: int) -> str:
        """Who this track is; empty for unknown."""
        looks = self._tracks.get(track)
        return looks.decided if looks else ""

    def score(self, track: int) -> float:
        """The mean similarity of the looks that speak for its person; NaN for unknown."""
        looks = self._tracks.get(track)
        agreeing = [score for person, score in looks.seen if person == looks.decided] if looks and looks.decided else []
        return sum(agreeing) / len(agreeing) if agreeing else float("nan")

    def end(self, tracks: Iterable[int]) -> None:
        """Forget tracks. Unknown ones do no harm."""
        for track in tracks:
            self._tracks.pop(track, None)
            self._contested.discard(track)

    def forget(self, people: Iterable[str]) -> None:
        """Make tracks of these people unknown again: they were deleted or have expired."""
        gone = set(people)
        for looks in self._tracks.values():
            if looks.decided in gone:
                looks.decided = ""
            looks.seen = deque((("", score) if person in gone else (person, score)) for person, score in looks.seen)

    def _decide(self, track: int, looks: _Looks) -> str:
        counts = Counter(person for person, _ in looks.seen if person)
        if not counts or track in self._contested:
            return ""
        (best, votes), *others = counts.most_common()
        if votes < self._needed or others:
            return ""
        if looks.decided and looks.decided != best:
            looks.decided = ""
            self._contested.add(track)
            return ""
        if looks.decided == best:
            return ""
        looks.decided = best
        return best

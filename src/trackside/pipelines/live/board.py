"""Who goes into the next batch: one place a camera, the newest picture in it, and whoever was served longest ago goes first.

A picture that waits is overtaken by the camera's next one, so what a model gets is fresh however little it can do; a picture
older than the camera's staleness budget is not looked at. Whatever is left out is counted, with the cause. A batch waits for
further pictures only while the fastest camera may still send one: its period less the time that the model takes, at least
2 ms, at most 100 ms.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, field

from trackside.pipelines.live.counting import Rate
from trackside.pipelines.live.lane import MOST_BEHIND, LiveLane, Passenger
from trackside.pipelines.plan import Node
from trackside.pipelines.splitting import Split

SHORTEST_WINDOW, LONGEST_WINDOW = 0.002, 0.1
# Weight of the newest execution in the running mean.
_NEWEST = 0.2


@dataclass(slots=True)
class Ticket:
    """A record that waits for a model, or is on its way through one."""

    lane: LiveLane
    hop: int
    passenger: Passenger
    since: float
    number: int = -1


@dataclass
class Station:
    """What waits for one model.

    Attributes:
        key: of the hops that share it.
        node: one of them.
        split: its three parts, if it has them.
        batch: most records in one call.
        lanes: live streams that come here; a batch waits for no more than there are.
    """

    key: Hashable
    node: Node
    split: Split | None
    batch: int
    waiting: dict[tuple[LiveLane, int], Ticket] = field(default_factory=dict)
    lanes: set[LiveLane] = field(default_factory=set)
    execution: float = 0.0
    calls: Rate = field(default_factory=Rate)
    records: Rate = field(default_factory=Rate)

    @property
    def enough(self) -> int:
        """Waiting records that need wait for no more."""
        return max(1, min(self.batch, len(self.lanes)))

    @property
    def name(self) -> str:
        """As health tells it."""
        return self.split.model if self.split else self.node.spec.name

    def executed(self, seconds: float, records: int) -> None:
        """A call took so long."""
        self.execution += (seconds - self.execution) * (_NEWEST if self.execution else 1)
        self.calls.add()
        self.records.add(records)

    def oldest(self) -> float:
        """When the ticket that waits longest came."""
        return min((ticket.since for ticket in self.waiting.values()), default=float("inf"))


class Board:
    """Holds what waits, and forms batches. Safe to use from any thread.

    Args:
        staleness: seconds; a camera's own budget, by stream name, may differ.
    """

    def __init__(self, staleness: float = 0.5) -> None:
        self._staleness = staleness
        self._budgets: dict[str, float] = {}
        self._periods: dict[str, float] = {}
        self._stations: dict[Hashable, Station] = {}
        self._changed = threading.Condition()
        self._closed = False

    def station(self, key: Hashable, node: Node, split: Split | None, batch: int) -> Station:
        """The station of a key, made at first use."""
        with self._changed:
            if key not in self._stations:
                self._stations[key] = Station(key, node, split, batch)
            return self._stations[key]

    def stations(self) -> list[Station]:
        """All of them."""
        with self._changed:
            return list(self._stations.values())

    def drop_station(self, key: Hashable) -> None:
        """Nobody uses a model any more."""
        with self._changed:
            self._stations.pop(key, None)

    def set_camera(self, name: str, period: float, staleness: float) -> None:
        """A camera gives a picture every `period` seconds, and takes none that is older than `staleness`."""
        with self._changed:
            self._periods[name], self._budgets[name] = period, staleness

    def forget_camera(self, name: str) -> None:
        """A camera sends nothing for now: the window no longer waits for it."""
        with self._changed:
            self._periods.pop(name, None)
            self._budgets.pop(name, None)

    def join(self, lane: LiveLane) -> None:
        """A stream begins: batches of its models may wait for it."""
        with self._changed:
            for hop in lane.route.hops:
                if hop.key in self._stations:
                    self._stations[hop.key].lanes.add(lane)

    def put(self, lane: LiveLane, hop: int, passenger: Passenger) -> None:
        """Have a record wait for its model; it overtakes the one of the same camera that still waits there."""
        key = lane.route.hops[hop].key
        with self._changed:
            station = self._stations[key]
            before = station.waiting.get((lane, hop))
            since = before.since if before else time.monotonic()
            station.waiting[lane, hop] = Ticket(lane, hop, passenger, since)
            if len(station.waiting) in (1, station.enough):
                self._changed.notify()
        if before is not None:
            lane.account.drop("overtaken")

    def leave(self, lane: LiveLane) -> None:
        """Remove what waits of a lane that has ended."""
        with self._changed:
            for station in self._stations.values():
                station.lanes.discard(lane)
                for place in [place for place in station.waiting if place[0] is lane]:
                    del station.waiting[place]

    @property
    def waiting(self) -> int:
        """Records that wait, at all stations."""
        with self._changed:
            return sum(len(station.waiting) for station in self._stations.values())

    def take(self) -> tuple[Station, list[Ticket]] | None:
        """Wait for a batch and take it; None once closed."""
        while True:
            with self._changed:
                station = self._due()
                if self._closed:
                    return None
                if station is None:
                    continue
                tickets, stale = self._pick(station)
            for ticket in stale:
                ticket.lane.account.drop("stale")
            if tickets:
                return station, tickets

    def close(self) -> None:
        """Let everybody who waits go home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _due(self) -> Station | None:
        """The station whose batch is to go now; waits a while if there is none. The caller holds the lock."""
        now = time.monotonic()
        open_at = float("inf")
        chosen: tuple[float, Station] | None = None
        for station in self._stations.values():
            if not station.waiting:
                continue
            oldest = station.oldest()
            due = oldest if len(station.waiting) >= station.enough else oldest + self._window(station)
            open_at = min(open_at, due)
            if due <= now and (chosen is None or oldest < chosen[0]):
                chosen = (oldest, station)
        if chosen is None and not self._closed:
            self._changed.wait(min(0.5, max(0.0, open_at - now)))
        return chosen[1] if chosen else None

    def _window(self, station: Station) -> float:
        fastest = min(self._periods.values(), default=LONGEST_WINDOW)
        return min(LONGEST_WINDOW, max(SHORTEST_WINDOW, fastest - station.execution))

    def _pick(self, station: Station) -> tuple[list[Ticket], list[Ticket]]:
        """Take those who were served longest ago. The caller holds the lock."""
        wall, now = time.time(), time.monotonic()
        tickets: list[Ticket] = []
        stale: list[Ticket] = []
        # Some are stale or overtaken: a few more are looked at than fit.
        order = heapq.nsmallest(len(station.waiting), station.waiting, key=lambda place: place[0].last_served)
        for place in order:
            if len(tickets) == station.batch:
                break
            ticket = station.waiting.pop(place)
            lane, passenger = ticket.lane, ticket.passenger
            age = wall - passenger.captured
            if age > self._budgets.get(lane.stream.name, self._staleness):
                stale.append(ticket)
                continue
            if lane.behind >= MOST_BEHIND:
                lane.account.drop("rules busy")
                continue
            number = lane.number(ticket.hop, passenger)
            if number is None:
                lane.account.drop("overtaken")
                continue
            ticket.number, lane.last_served = number, now
            passenger.marks["taken"] = wall
            lane.account.taken(age)
            tickets.append(ticket)
        return tickets, stale

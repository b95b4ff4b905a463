"""The ordered lane of one camera: blocks with a memory see its records one at a time, in order, whatever was dropped.

Lanes are actors: what comes back from a model lies in a lane's inbox, and any thread of the shared pool works it off. A
camera that is slow here loses its own pictures, and no other camera's.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Protocol

from trackside.core import Record
from trackside.pipelines.calls import Call, Item, new_item
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.live.counting import Account, Busy
from trackside.pipelines.live.route import Route

# What may lie in a lane's inbox before the camera's next pictures are dropped.
MOST_BEHIND = 4
# Messages of one lane that a thread works off before it turns to the next lane.
_BURST = 4


class Board(Protocol):
    """What a lane needs of the board."""

    def join(self, lane: LiveLane) -> None: ...
    def leave(self, lane: LiveLane) -> None: ...
    def put(self, lane: LiveLane, hop: int, passenger: Passenger) -> None: ...


Marks = dict[str, float]
"""When a record reached each stage, `time.time()`."""


@dataclass(slots=True)
class Passenger:
    """A record under way, with the moments at which it reached each stage."""

    item: Item
    captured: float
    marks: Marks = field(default_factory=dict)


@dataclass(slots=True)
class Return:
    """What comes back from a model: the whole batch's output, the row of this record, and what was noted when it went in."""

    output: Any
    row: int
    placed: Any


class LiveLane:
    """Takes one stream's records along its route.

    Args:
        route: the compiled pipeline.
        stream: what is known of the stream.
        account: counts its pictures.
        board: where records wait for their models.
        pool: threads that work lanes off.
        finished: called with each record that is through, in order, in a thread of the pool.
        failed: called once with the first error of a block; the lane takes nothing afterwards.
    """

    def __init__(
        self,
        route: Route,
        stream: StreamInfo,
        account: Account,
        board: Board,
        pool: LanePool,
        *,
        finished: Callable[[Passenger], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.route, self.stream, self.account = route, stream, account
        self._board, self._pool, self._finished, self._failed = board, pool, finished, failed
        self._first = [Call.of(node) for node in route.first]
        self._calls = [[Call.of(node) for node in hop.lane] for hop in route.hops]
        self._forgetters = self._find_forgetters()
        self._lock = threading.Lock()
        self._inbox: deque[tuple[int, int, Passenger, Return | None]] = deque()
        self._scheduled = False
        self._early: list[dict[int, tuple[Passenger, Return | None]]] = [{} for _ in route.hops]
        self._next = [0] * len(route.hops)
        self._sent = [0] * len(route.hops)
        self._newest = [-1] * len(route.hops)
        self._count = 0
        self.closed = False
        self.last_served = 0.0
        board.join(self)

    def offer(self, record: Record, captured: float) -> None:
        """Take a record from the decoder. Called from the decode thread only.

        Raises:
            PipelineError: a block before the model failed.
        """
        self.account.given()
        passenger = Passenger(new_item(self._count, record, self.stream, None), captured, {"captured": captured})
        passenger.marks["decoded"] = time.time()
        self._count += 1
        for call in self._first:
            call.run(passenger.item)
        self._go(0, passenger)

    def number(self, hop: int, passenger: Passenger) -> int | None:
        """The place in the order of the record that goes into a model now; every number must come back once.

        None for a record that a newer one has overtaken: it is to be dropped, since lanes never go back in time.
        """
        with self._lock:
            if passenger.item.number < self._newest[hop] or self.closed:
                return None
            self._newest[hop] = passenger.item.number
            number = self._sent[hop]
            self._sent[hop] += 1
            return number

    @property
    def behind(self) -> int:
        """Messages that wait in the inbox."""
        return len(self._inbox)

    def deliver(self, hop: int, number: int, passenger: Passenger, found: Return | None) -> None:
        """Take a record back from a model, in any order. Called from the device's threads."""
        with self._lock:
            if self.closed:
                return
            self._inbox.append((hop, number, passenger, found))
            if self._scheduled:
                return
            self._scheduled = True
        self._pool.schedule(self)

    def work(self) -> bool:
        """Work off some messages; whether there are more. Called by the pool, by one thread at a time."""
        for _ in range(_BURST):
            with self._lock:
                if not self._inbox or self.closed:
                    self._scheduled = False
                    return False
                hop, number, passenger, found = self._inbox.popleft()
            try:
                self._take(hop, number, passenger, found)
            except Exception as error:
                self.fail(error)
        return True

    def fail(self, error: Exception) -> None:
        """A block failed: close the lane and tell."""
        with self._lock:
            was_closed, self.closed = self.closed, True
            self._inbox.clear()
        self._board.leave(self)
        if not was_closed:
            self._failed(error)

    def close(self) -> None:
        """The stream is over: tell the blocks that keep something, and take nothing more."""
        with self._lock:
            was_closed, self.closed = self.closed, True
            self._inbox.clear()
        self._board.leave(self)
        for early in self._early:
            early.clear()
        if not was_closed:
            for call in self._all_calls():
                call.end_of_stream()

    def _go(self, hop: int, passenger: Passenger) -> None:
        """Send a record to the next model that it has the inputs for, or on along the lane."""
        node = self.route.hops[hop].model
        if node is not None and all((w.block, w.port) in passenger.item.values for ws in _required(node) for w in ws):
            self._board.put(self, hop, passenger)
        elif (number := self.number(hop, passenger)) is not None:
            self.deliver(hop, number, passenger, None)

    def _take(self, hop: int, number: int, passenger: Passenger, found: Return | None) -> None:
        """Run every record that is now next in order behind this hop."""
        early = self._early[hop]
        early[number] = (passenger, found)
        while (ready := early.pop(self._next[hop], None)) is not None:
            self._next[hop] += 1
            self._run(hop, *ready)

    def _run(self, hop: int, passenger: Passenger, found: Return | None) -> None:
        passenger.marks.setdefault("lane", time.time())
        place = self.route.hops[hop]
        if found is not None and place.split is not None and place.model is not None:
            value = place.split.finish(found.output, found.row, found.placed)
            (port,) = place.model.spec.outputs
            passenger.item.values[place.model.name, port] = value
        for call in self._calls[hop]:
            call.run(passenger.item)
            if call.node.name in self._forgetters:
                for track_id in call.ended_tracks:
                    for reader in self._forgetters[call.node.name]:
                        reader.track_ended(track_id)
        if hop + 1 < len(self.route.hops):
            self._go(hop + 1, passenger)
        else:
            passenger.marks["done"] = time.time()
            self._finished(passenger)

    def _all_calls(self) -> list[Call]:
        return [*self._first, *(call for calls in self._calls for call in calls)]

    def _find_forgetters(self) -> dict[str, list[Call]]:
        """For each block that tracks, the calls that keep something by track and read from it."""
        calls = {call.node.name: call for call in self._all_calls()}
        return {
            name: [calls[node.name] for node in self.route.plan.downstream_of(name) if node.name in calls]
            for name, call in calls.items()
            if hasattr(call.target, "ended")
        }


def _required(node: Any) -> list[Any]:
    return [node.wires[port.name] for port in node.spec.inputs if port.required and port.context is None]


class LanePool:
    """Threads that work off whichever lanes have something to do.

    Args:
        threads: how many.
    """

    def __init__(self, threads: int) -> None:
        self.busy = Busy(threads)
        self._ready: SimpleQueue[LiveLane | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name=f"lanes-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Lanes that wait for a thread."""
        return self._ready.qsize()

    def schedule(self, lane: LiveLane) -> None:
        """Have a lane worked off."""
        self._ready.put(lane)

    def close(self) -> None:
        """End the threads."""
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _run(self) -> None:
        while self._work_next():
            pass

    def _work_next(self) -> bool:
        """Work one lane off; a function of its own, so that an idle thread keeps no lane alive."""
        lane = self._ready.get()
        if lane is None:
            return False
        begun = time.perf_counter()
        if lane.work():
            self._ready.put(lane)
        self.busy.add(time.perf_counter() - begun)
        return True

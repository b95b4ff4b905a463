"""Feeding the device: one thread prepares the next batch while the device computes this one, and nobody reads results there.

Feeders take a batch from the board as late as they can (when the device has room), so that it is fresh; device threads run
networks and hand the raw outputs to the cameras' lanes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from trackside.core import TracksideError
from trackside.pipelines.calls import Call, block_failed
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.live.board import Board, Station, Ticket
from trackside.pipelines.live.counting import Busy
from trackside.pipelines.live.lane import Return


@dataclass(frozen=True, slots=True)
class _Batch:
    station: Station
    tickets: list[Ticket]
    prepared: Any
    placed: Any


class Device:
    """The threads that bring batches through models.

    Args:
        board: where batches are taken from.
        threads: device threads: one a core on a processor, two on an accelerator.
        feeders: threads that prepare.
        on_thread: called at the start of each thread with "device" or "feeder", to pin it to a core, say.
    """

    def __init__(
        self, board: Board, *, threads: int, feeders: int = 1, on_thread: Callable[[str], None] = lambda kind: None
    ) -> None:
        self._board, self._on_thread = board, on_thread
        self.running, self.preparing = Busy(threads), Busy(feeders)
        self._ready: SimpleQueue[_Batch | None] = SimpleQueue()
        # A batch in each device thread's hands, and one that is ready for each.
        self._room = threading.Semaphore(2 * threads)
        self._buffers = 2 * threads + 1
        self._calls = threading.local()
        self._feeders = [threading.Thread(target=self._feed, name=f"feeder-{n}", daemon=True) for n in range(feeders)]
        self._devices = [threading.Thread(target=self._compute, name=f"device-{n}", daemon=True) for n in range(threads)]
        for thread in (*self._feeders, *self._devices):
            thread.start()

    @property
    def waiting(self) -> int:
        """Batches that are ready."""
        return self._ready.qsize()

    def close(self) -> None:
        """End the threads; the board must be closed first."""
        for thread in self._feeders:
            self._room.release()
            thread.join(timeout=10)
        for _ in self._devices:
            self._ready.put(None)
        for thread in self._devices:
            thread.join(timeout=10)

    def _feed(self) -> None:
        self._on_thread("feeder")
        number: int | None = 0
        while number is not None:
            number = self._feed_next(number)

    def _feed_next(self, number: int) -> int | None:
        """Prepare one batch into the buffer of this number, and give the next one's; None at the end.

        A function of its own, so that an idle thread keeps no picture alive.
        """
        self._room.acquire()
        taken = self._board.take()
        if taken is None:
            return None
        begun = time.perf_counter()
        batch = self._prepare(*taken, number)
        if batch is None:
            self._room.release()
        else:
            self._ready.put(batch)
            number = (number + 1) % self._buffers
        self.preparing.add(time.perf_counter() - begun)
        return number

    def _prepare(self, station: Station, tickets: list[Ticket], number: int) -> _Batch | None:
        if station.split is None:
            return _Batch(station, tickets, None, None)
        try:
            prepared, placed = station.split.prepare([_image(ticket) for ticket in tickets], number)
        except Exception as error:
            if len(tickets) == 1:
                tickets[0].lane.fail(_told(error, tickets[0]))
                return None
            self._one_by_one(station, tickets, number)
            return None
        now = time.time()
        for ticket in tickets:
            ticket.passenger.marks["prepared"] = now
        return _Batch(station, tickets, prepared, placed)

    def _one_by_one(self, station: Station, tickets: list[Ticket], number: int) -> None:
        """One bad picture must not cost the cameras that share its batch. Rare: it runs in the feeder."""
        for ticket in tickets:
            batch = self._prepare(station, [ticket], number)
            if batch is not None:
                self._run(batch)

    def _compute(self) -> None:
        self._on_thread("device")
        while self._compute_next():
            pass

    def _compute_next(self) -> bool:
        batch = self._ready.get()
        if batch is None:
            return False
        begun = time.perf_counter()
        self._run(batch)
        spent = time.perf_counter() - begun
        self.running.add(spent)
        batch.station.executed(spent, len(batch.tickets))
        self._room.release()
        return True

    def _run(self, batch: _Batch) -> None:
        try:
            if batch.station.split is not None:
                output = batch.station.split.run(batch.prepared)
                returns = [Return(output, row, placed) for row, placed in enumerate(batch.placed[: len(batch.tickets)])]
            else:
                self._call(batch.station).run_batch([ticket.passenger.item for ticket in batch.tickets])
                returns = [Return(None, 0, None)] * len(batch.tickets)
        except Exception as error:
            self._after_failure(batch, error)
            return
        now = time.time()
        for ticket, found in zip(batch.tickets, returns, strict=True):
            ticket.passenger.marks["inferred"] = now
            ticket.lane.deliver(ticket.hop, ticket.number, ticket.passenger, found)

    def _after_failure(self, batch: _Batch, error: Exception) -> None:
        if len(batch.tickets) == 1:
            batch.tickets[0].lane.fail(_told(error, batch.tickets[0]))
        elif batch.station.split is not None:
            self._one_by_one(batch.station, batch.tickets, self._buffers)
        else:
            for ticket in batch.tickets:
                self._run(_Batch(batch.station, [ticket], None, None))

    def _call(self, station: Station) -> Call:
        """A batch block without parts, bound for this thread."""
        calls: dict[Any, Call] = self._calls.__dict__.setdefault("calls", {})
        if station.key not in calls:
            calls[station.key] = Call.of(station.node)
        return calls[station.key]


def _image(ticket: Ticket) -> Any:
    node = ticket.lane.route.hops[ticket.hop].model
    assert node is not None
    port = next(port for port in node.spec.inputs if port.context is None)
    (wire,) = node.wires[port.name]
    return ticket.passenger.item.values[wire.block, wire.port] if wire.block != SOURCE else ticket.passenger.item.record.data


def _told(error: Exception, ticket: Ticket) -> Exception:
    node = ticket.lane.route.hops[ticket.hop].model
    assert node is not None
    return error if isinstance(error, TracksideError) else block_failed(node, error, ticket.passenger.item)

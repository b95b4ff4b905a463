"""The inference workers: batches of records from all streams, never waiting for what comes after.

Threads, since a runtime releases the interpreter lock while it computes. Each worker has one intra-op thread: two workers
with one thread each run up to 230 images a second where one with two threads runs 63 to 192
(`benchmarks/pipeline_overhead.py`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Protocol

from trackside.pipelines.calls import Call, Item
from trackside.pipelines.plan import Plan


class Client(Protocol):
    """Where a record comes from and goes back to: a stream's lane. Called from the workers' threads."""

    def deliver(self, item: Item, stage: int) -> None:
        """The record is ready for this stage."""
        ...

    def fail(self, error: Exception) -> None:
        """A block failed on a record."""
        ...

    def account(self, block: str, seconds: float) -> None:
        """A block has spent this time on a record."""
        ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A record waiting for the batch blocks of one stage, and whose it is."""

    item: Item
    stage: int
    client: Client


class InferencePool:
    """Worker threads that run the batch blocks of a plan for every stream.

    The queue needs no bound of its own: each stream has a bounded number of records under way.

    Args:
        plan: the compiled pipeline.
        workers: threads.
        batch: most records in one call.
    """

    def __init__(self, plan: Plan, *, workers: int, batch: int = 1) -> None:
        self._plan = plan
        self._batch = max(1, batch)
        self._waiting: SimpleQueue[Ticket | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"inference-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, ticket: Ticket) -> None:
        """Queue a record."""
        self._waiting.put(ticket)

    def close(self) -> None:
        """Stop the workers once the queue is empty."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        calls = {stage: [Call.of(node) for node in self._plan.at(stage)] for stage in range(1, self._plan.last_stage + 1, 2)}
        while (tickets := self._next_batch()) is not None:
            by_stage: dict[int, list[Ticket]] = defaultdict(list)
            for ticket in tickets:
                by_stage[ticket.stage].append(ticket)
            for stage, group in by_stage.items():
                _run(calls[stage], group)

    def _next_batch(self) -> list[Ticket] | None:
        """Wait for one record, then take those that are there already, up to a batch. None ends the worker."""
        first = self._waiting.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < self._batch:
            try:
                ticket = self._waiting.get_nowait()
            except Empty:
                break
            if ticket is None:  # The end is another worker's as much as this one's: pass it on.
                self._waiting.put(None)
                break
            batch.append(ticket)
        return batch


def _run(calls: list[Call], tickets: list[Ticket]) -> None:
    items = [ticket.item for ticket in tickets]
    try:
        for call in calls:
            start = perf_counter()
            call.run_batch(items)
            share = (perf_counter() - start) / len(tickets)
            for ticket in tickets:
                ticket.client.account(call.node.name, share)
    except Exception as error:
        if len(tickets) > 1:  # One bad record must not cost the streams that share its batch.
            for ticket in tickets:
                _run(calls, [ticket])
            return
        tickets[0].client.fail(error)
        return
    for ticket in tickets:
        ticket.client.deliver(ticket.item, ticket.stage + 1)

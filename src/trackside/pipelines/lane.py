"""The ordered lane of one stream: whatever has a memory (tracking, rules, writing) sees the records in order, one at a time.

Inference workers deliver records as they finish; the lane's thread puts them back in order and runs the blocks of each
even stage. A bounded number of records is under way at any time, which bounds the memory of everything between decoder
and disk.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from trackside.core import Cancelled, Record
from trackside.pipelines.block import Mode
from trackside.pipelines.calls import Call, Item, Spent, new_item
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.plan import Plan
from trackside.pipelines.pool import InferencePool, Ticket

# Pictures under way in one stream: enough to keep two workers busy past a slow frame, and at most this many bytes of them.
_MOST_UNDER_WAY = 12
_MOST_BYTES_UNDER_WAY = 256 * 2**20
# Records that a lane takes at a time. The networks push everything else out of the processor's caches, so four records in
# a row cost the lane little more than two apart; and threads wake each other less often.
_BURST = 4

Finished = Callable[[Item], None]


class Lane:
    """Runs one stream's records along the spine.

    Args:
        plan: the compiled pipeline.
        stream: what is known of the stream.
        pool: the inference workers.
        folder: where its results go, or None if nothing is written.
        cancel: set by the user to stop.
        finished: called with every record that has passed all blocks, in order, in the lane's thread.
    """

    def __init__(
        self,
        plan: Plan,
        stream: StreamInfo,
        pool: InferencePool,
        *,
        folder: Path | None,
        cancel: threading.Event,
        finished: Finished,
    ) -> None:
        self._plan, self._stream, self._pool, self._folder = plan, stream, pool, folder
        self._cancel, self._finished = cancel, finished
        self._stages = range(0, plan.last_stage + 3, 2)
        self._calls = {stage: [Call.of(node) for node in plan.at(stage)] for stage in self._stages}
        self._batched = frozenset(node.stage for node in plan.nodes if node.mode is Mode.BATCH)
        self._forgetters = self._find_forgetters()
        self._inbox: SimpleQueue[list[tuple[Item, int]]] = SimpleQueue()
        self._arrived: list[tuple[Item, int]] = []
        self._arrivals = threading.Lock()
        self._early: dict[int, dict[int, Item]] = {stage: {} for stage in self._stages}
        self._next = dict.fromkeys(self._stages, 0)
        self._burst = _BURST
        self._away = 0
        self._decoder_waits = False
        self._under_way = threading.Semaphore(_slots(stream))
        self._submitted: int | None = None
        self._error: BaseException | None = None
        self._count = 0
        self._batch_spent: dict[str, Spent] = defaultdict(Spent)
        self._accounts = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"lane-{stream.name}", daemon=True)
        self._thread.start()

    def push(self, record: Record) -> None:
        """Take the next record from the decoder; waits while too many are under way.

        Raises:
            Cancelled: the user stopped the run.
            PipelineError: a block failed on an earlier record.
        """
        self._wait_for_slot()
        item = new_item(self._count, record, self._stream, self._folder)
        self._count += 1
        self._run_stage(item, 0)
        self._forward(item, 1)

    def close(self) -> None:
        """Wait until every record is through, and end the stateful blocks.

        Raises:
            Cancelled: the user stopped the run.
            PipelineError: a block failed.
        """
        self._submitted = self._count
        with self._arrivals:
            self._burst = 1
            self._hand_over()
        self._thread.join()
        if self._error is not None:
            raise self._error
        for call in self._all_calls():
            call.end_of_stream()

    def abort(self) -> None:
        """Stop at once and remove what the sinks have written."""
        self.fail(Cancelled("stopped"))
        self._thread.join()
        for call in self._all_calls():
            call.abort()

    def spent(self) -> dict[str, Spent]:
        """What each block has spent on this stream so far."""
        with self._accounts:
            return {**self._batch_spent, **{call.node.name: call.spent for call in self._all_calls()}}

    def deliver(self, item: Item, stage: int) -> None:
        """Take a record back from the inference workers, in any order. Called from their threads."""
        with self._arrivals:
            self._away -= 1
            self._arrive(item, stage)

    def _arrive(self, item: Item, stage: int) -> None:
        """Queue a record for the lane's thread; the caller holds the lock.

        A burst that is not full is handed over when nothing else can come: no record is away, and none comes from the
        decoder.
        """
        self._arrived.append((item, stage))
        if len(self._arrived) >= self._burst or (self._decoder_waits and not self._away):
            self._hand_over()

    def _hand_over(self) -> None:
        self._inbox.put(self._arrived)
        self._arrived = []

    def fail(self, error: Exception) -> None:
        """Stop the stream because of an error; the first one counts. Called from any thread."""
        if self._error is None:
            self._error = error
        self._inbox.put([])

    def account(self, block: str, seconds: float) -> None:
        """Count what a batch block has spent on one record. Called from the inference workers."""
        with self._accounts:
            self._batch_spent[block].add(seconds)

    def _all_calls(self) -> list[Call]:
        return [call for stage in self._stages for call in self._calls[stage]]

    def _find_forgetters(self) -> dict[str, list[Call]]:
        """For each block that tracks, the calls that keep something by track and read from it."""
        calls = {call.node.name: call for call in self._all_calls()}
        return {
            name: [calls[node.name] for node in self._plan.downstream_of(name) if node.name in calls]
            for name, call in calls.items()
            if hasattr(call.target, "ended")
        }

    def _wait_for_slot(self) -> None:
        if not self._under_way.acquire(blocking=False):
            self._set_decoder_waits(True)
            while not self._under_way.acquire(timeout=0.2):
                self._check()
            self._set_decoder_waits(False)
        self._check()

    def _set_decoder_waits(self, waits: bool) -> None:
        with self._arrivals:
            self._decoder_waits = waits
            if waits and not self._away:
                self._hand_over()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error
        if self._cancel.is_set():
            raise Cancelled("stopped")

    def _forward(self, item: Item, stage: int) -> None:
        """Send a record to the batch blocks of an odd stage, or past them if there are none."""
        if stage in self._batched:
            with self._arrivals:
                self._away += 1
            self._pool.submit(Ticket(item, stage, self))
        else:
            with self._arrivals:
                self._arrive(item, stage + 1)

    def _run(self) -> None:
        done = 0
        while self._error is None and done != self._submitted:
            try:
                for item, stage in self._inbox.get():
                    done += self._take(item, stage)
            except Exception as error:
                self.fail(error)

    def _take(self, item: Item, stage: int) -> int:
        """Run every record that is now next in order at this stage. Returns how many left the spine."""
        early = self._early[stage]
        early[item.number] = item
        done = 0
        while (ready := early.pop(self._next[stage], None)) is not None:
            self._next[stage] += 1
            self._run_stage(ready, stage)
            if stage >= self._plan.last_stage:
                self._finished(ready)
                self._under_way.release()
                done += 1
            else:
                self._forward(ready, stage + 1)
        return done

    def _run_stage(self, item: Item, stage: int) -> None:
        for call in self._calls.get(stage, ()):
            call.run(item)
            if call.node.name in self._forgetters:
                self._forget(call)

    def _forget(self, tracker: Call) -> None:
        for track_id in tracker.ended_tracks:
            for call in self._forgetters[tracker.node.name]:
                call.track_ended(track_id)


def _slots(stream: StreamInfo) -> int:
    bytes_each = max(1, stream.width * stream.height * 3 // 2)
    return max(3, min(_MOST_UNDER_WAY, _MOST_BYTES_UNDER_WAY // bytes_each))

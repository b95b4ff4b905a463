"""Toy blocks for live engines: a model that takes a while and says who shared its calls, and rules that raise alarms."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from trackside.core import Alarm, Alarms, Detections, Image, Table, as_rgb
from trackside.pipelines.block import BLOCKS, block
from trackside.pipelines.kinds import Batch, MediaTime, RecordIndex

list(BLOCKS)  # The built-in blocks first, so that toys cannot shadow them.

CALLS: list[int] = []
"""The sizes of all calls of the toy model, since the test cleared it."""
_calling = threading.Lock()


class ToySplit:
    """A model that takes `seconds` a call, whatever the batch; each picture gives one box as wide as it is bright."""

    def __init__(self, *, model: str = "toy", seconds: float = 0.002, score: float = 0.9) -> None:
        self.key: Hashable = ("toy", model)
        self.model, self.most = model, None
        self._seconds, self._score = seconds, score

    def plateau(self) -> int:
        return 4

    def prepare(self, images: Sequence[Image], number: int) -> tuple[Any, Sequence[Any]]:
        return [float(as_rgb(image)[0, 0, 0]) for image in images], [None] * len(images)

    def run(self, prepared: Any) -> Any:
        if any(abs(value - 13) < 0.5 for value in prepared):
            raise RuntimeError("this picture breaks it")
        time.sleep(self._seconds)
        with _calling:
            CALLS.append(len(prepared))
        return prepared

    def finish(self, output: Any, row: int, placed: Any) -> Detections:
        return Detections(np.array([[0, 0, output[row] + 1, 10]]), np.array([self._score]), np.array([0]), ("thing",))


@block("live-toy.find@1", split=ToySplit)
def find(images: Batch[Image], *, model: str = "toy", seconds: float = 0.002, score: float = 0.9) -> Batch[Detections]:
    """Find one box in each picture.

    Args:
        images: pictures.
        model: name.
        seconds: of a call.
        score: of the box.
    """
    split = ToySplit(model=model, seconds=seconds, score=score)
    return [split.finish(split.run(split.prepare([image], 0)[0]), 0, None) for image in images]


class Judged(NamedTuple):
    """What `live-toy.judge` gives."""

    alarms: Alarms
    seen: Table


@block("live-toy.judge@1")
class Judge:
    """Raise an alarm at every tenth record, and keep the order in which records came.

    Args:
        detections: any.
        time: media time.
        index: number.
        slow: seconds that it takes.
        fail_at: number of the record at which it breaks; -1 for none.
    """

    made: ClassVar[list[Judge]] = []

    def __init__(self, *, slow: float = 0.0, fail_at: int = -1) -> None:
        self._slow, self._fail_at = slow, fail_at
        self.indices: list[int] = []
        self.times: list[float] = []
        self.was_told = False
        Judge.made.append(self)

    def __call__(self, detections: Detections, time: MediaTime, index: RecordIndex) -> Judged:
        if index == self._fail_at:
            raise RuntimeError("the toy broke")
        if self._slow:
            clock_sleep(self._slow)
        self.indices.append(index)
        self.times.append(time)
        alarm = Alarm("judge", "tenth", time, time)
        alarms = Alarms((alarm,)) if len(self.indices) % 10 == 0 else Alarms()
        return Judged(alarms, Table({"score": detections.scores}))

    def on_stream_end(self) -> None:
        self.was_told = True


clock_sleep = time.sleep

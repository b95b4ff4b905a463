"""One try: the real engine on a few seconds of video, in a thread of the server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter
from typing import Literal

from trackside.core import Cancelled, InputError, Problem, TracksideError
from trackside.pipelines.calls import Item
from trackside.pipelines.engine import StreamReport, StreamRun, inference_pool
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.plan import Plan
from trackside.server.database import new_id
from trackside.server.previews.gallery import Gallery
from trackside.server.problems import problems_of

log = logging.getLogger("trackside.server")

State = Literal["waiting", "running", "done", "failed", "cancelled"]
# Seconds between two pieces of news of one try.
_NEWS = 0.25


@dataclass(frozen=True, slots=True)
class Clip:
    """The part of a video that is tried.

    Attributes:
        name: the video's, as its owner knows it.
        open: gives the file as a local path for as long as it is needed.
        start, seconds: which part.
    """

    name: str
    open: Callable[[], AbstractContextManager[Path]]
    start: float
    seconds: float


class Trial:
    """A try of a plan on a clip.

    Args:
        plan: compiled without sinks.
        clip: what to try it on.
        owner: whose it is.
        tell: called with the try's id when there is something new.

    Attributes:
        first_picture_s: seconds from the making of the try to its first pictures.
    """

    def __init__(self, plan: Plan, clip: Clip, owner: str, tell: Callable[[str], None]) -> None:
        self.id = new_id()
        self.owner = owner
        self.state: State = "waiting"
        self.problems: list[Problem] = []
        self.first_picture_s: float | None = None
        self.ended: float | None = None
        self.fraction = 0.0
        self.gallery = Gallery(plan, clip.start, clip.seconds)
        self.report = StreamReport()
        self._plan, self._clip, self._tell = plan, clip, tell
        self._begun = perf_counter()
        self._told = 0.0
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"preview-{self.id}", daemon=True)

    def start(self, slots: threading.Semaphore, after: Trial | None = None) -> None:
        """Begin as soon as there is a slot and the one before has ended."""
        self._slots, self._after = slots, after
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon."""
        self._cancel.set()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.ended is not None

    def ms_per_record(self, block: str) -> float | None:
        """What a block took for a record on average; None until the try has ended."""
        spent = self.report.spent.get(block)
        return round(spent.seconds / spent.records * 1000, 2) if spent and spent.records else None

    def _work(self) -> None:
        if self._after is not None:
            self._after.join()
            self._after = None
        while not self._slots.acquire(timeout=0.1):
            if self._cancel.is_set():
                return self._end("cancelled")
        try:
            self._end(self._run())
        finally:
            self._slots.release()

    def _run(self) -> State:
        try:
            self.state = "running"
            with self._clip.open() as path, inference_pool(self._plan) as pool:
                run = StreamRun(self._plan, pool, path, name=self._clip.name, cancel=self._cancel, collect=self._collect)
                self.report = run.run()
        except Cancelled:
            return "cancelled"
        except InputError as error:  # Its place is a path of the server, which is nobody's business.
            self.problems = [Problem(error.what, error.fix, SOURCE)]
            return "failed"
        except TracksideError as error:
            self.problems = problems_of(error)
            return "failed"
        except Exception as error:
            log.error("a try failed", exc_info=error)
            self.problems = [Problem(f"the try failed ({type(error).__name__})", "look into the server's log")]
            return "failed"
        return "done"

    def _collect(self, item: Item) -> None:
        kept = self.gallery.take(item)
        self.fraction = min(1.0, max(0.0, (item.record.time - self._clip.start) / self._clip.seconds))
        if kept and self.first_picture_s is None:
            self.first_picture_s = round(perf_counter() - self._begun, 3)
            self._news()
        elif kept and monotonic() - self._told >= _NEWS:
            self._news()

    def _news(self) -> None:
        self._told = monotonic()
        self._tell(self.id)

    def _end(self, state: State) -> None:
        self.fraction = 1.0 if state == "done" else self.fraction
        self.state, self.ended = state, monotonic()
        self._tell(self.id)

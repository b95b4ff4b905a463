"""One person's live calibration on the server: a session, the folder it writes, and when it is over."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.camera.boards import specification_of
from trackside.geometry.camera.session import FIRST, Session, State, in_centimetres
from trackside.server.calibration.frames import picture_of

if TYPE_CHECKING:
    from trackside.core import Report
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.solve import Calibration

    Reporting = Callable[[Calibration, Session], Report]

# Seconds without a picture after which nobody is there any more.
IDLE = 900.0
# Seconds after Finish in which the page fetches the report.
_LINGER = 60.0
# Seconds after the report was fetched.
_FAREWELL = 2.0


class Busy(InputError):
    """The last picture is still looked at."""


class LiveCalibration:
    """A session behind a lock: pictures in, state out as plain data; `finish` writes the folder.

    Args:
        board: that is waved.
        folder: where results go.
        name: the camera's.
        distance: working distance, metres.
        model: of the lens.
        idle: seconds without a request after which it is over.
        clock: seconds, for tests.
        session: what does the work; made from the settings if None.
    """

    def __init__(
        self,
        board: Board,
        *,
        folder: Path,
        name: str = "camera",
        distance: float = 25.0,
        model: str = "brown",
        idle: float = IDLE,
        clock: Callable[[], float] = time.monotonic,
        session: Session | None = None,
    ) -> None:
        self.session = session or Session(board, model=model, distance=distance)
        self.name, self.folder = name, folder
        self.report: str | None = None
        self.files: list[Path] = []
        self._idle, self._clock, self._lock = idle, clock, threading.Lock()
        self._last = clock()
        self._ends = math.inf

    @property
    def is_over(self) -> bool:
        """Whether it is finished and fetched, or nobody is there any more."""
        now = self._clock()
        return now >= self._ends or (not self._lock.locked() and now - self._last > self._idle)

    def settings(self) -> dict[str, Any]:
        """What the page shows before the first picture."""
        distance, goal = self.session.distance, self.session.goal
        return {
            "name": self.name,
            "board": specification_of(self.session.collector.board),
            "distance": distance,
            "goal": goal,
            "first": FIRST,
            "goal_text": in_centimetres(goal),
            "folder": str(self.folder),
        }

    def add(self, data: bytes, at: float) -> dict[str, Any]:
        """Look at a JPEG taken at that second.

        Raises:
            Busy: another one is looked at.
            InputError: it is no picture that can be used, or the calibration is finished.
        """
        picture = picture_of(data)
        with self._alone():
            if self.report is not None:
                raise InputError("the calibration is finished", fix="start the command again for another one")
            return state_to_json(self.session.add(picture, at), (picture.shape[1], picture.shape[0]))

    def restart(self) -> None:
        """Forget all pictures. Raises Busy."""
        with self._alone():
            self.session.close()
            self.session = self.session.anew()

    def finish(self) -> dict[str, Any]:
        """Calibrate, write the folder, keep the report.

        Raises:
            Busy: a picture is looked at.
            InputError: what is missing; the session goes on.
            OutputError: the folder cannot be written.
        """
        from trackside.geometry.camera.report import calibration_report, save_calibration

        with self._alone():
            calibration = self.session.finish()
            collector = self.session.collector
            report = calibration_report(
                calibration,
                name=self.name,
                distance=self.session.distance,
                shots=collector.shots,
                reasons=collector.reasons,
                seen=collector.seen,
            )
            self.files = save_calibration(self.folder, calibration, report, collector.shots, name=self.name)
            self.report = report.to_html()
            self._ends = self._clock() + _LINGER
        return {"title": report.title, "verdict": report.verdict.value, "files": [str(path) for path in self.files]}

    def fetched(self) -> str | None:
        """The report's page, after which the server may stop; None before `finish`."""
        if self.report is not None:
            self._ends = min(self._ends, self._clock() + _FAREWELL)
        return self.report

    def _alone(self) -> _Alone:
        self._last = self._clock()
        return _Alone(self._lock)


class _Alone:
    """Holds a lock, or refuses at once: pictures must not queue."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise Busy("the last picture is still looked at", fix="send the next one after the answer")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def state_to_json(state: State, size: tuple[int, int]) -> dict[str, Any]:
    """A session's state as the page draws it; pixels of the picture of that width and height."""
    coverage, error = state.coverage, state.expected_error
    known = math.isfinite(error)
    return {
        "size": size,
        "points": [] if state.sighting is None else _rounded(state.sighting.pixels),
        "kept": state.sighting is not None and not state.reason,
        "reason": state.reason,
        "count": state.count,
        "cells": [] if coverage is None else coverage.cells.tolist(),
        "sides": [0] * 8 if coverage is None else coverage.sides.tolist(),
        "face_on": 0 if coverage is None else coverage.face_on,
        "area": 0.0 if coverage is None else coverage.area,
        "missing": [] if coverage is None else list(coverage.missing),
        "advice": state.advice.text,
        "outline": [] if state.advice.outline is None else _rounded(state.advice.outline),
        "expected_error": error if known else None,
        "expected_text": in_centimetres(error) if known else "",
        "trouble": state.trouble,
        "until_first": state.until_first,
        "done": state.done,
    }


def _rounded(points: Any) -> list[list[float]]:
    return [[float(value) for value in point] for point in np.round(points, 1)]

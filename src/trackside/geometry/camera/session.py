"""A live calibration: pictures of a waved board go in, one after another; what is known and what to do next comes out.

From ten sightings on the camera is calibrated again and again in a background thread, and the session is over when a point
at the working distance is known as well as asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from trackside.core import RGB, InputError, SettingError
from trackside.geometry.camera.advice import Advice, advise
from trackside.geometry.camera.collecting import Collector
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.selection import bends, is_blurred
from trackside.geometry.camera.sighting import Refusal, Sighting
from trackside.geometry.camera.views import view_of

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.solve import Calibration

# Views before a first calibration: with fewer its own uncertainty is not to be trusted.
FIRST = 10
# A view is kept if the board moved by this share of the picture's diagonal since the nearest one kept.
_NEW_VIEW = 0.03
# Width of the copy that is looked at first: a board that fills a quarter of it has dots of 5 pixels.
_FIRST_LOOK = 960
# New views between two calibrations in the background.
_EVERY = 3
# Views that a live calibration uses: enough for the expected error, and under a second on two cores.
_LIVE = 30
# The expected error that is enough, as a share of the working distance: 2.5 cm at 25 m.
_GOAL = 0.001
# An expected error takes the lens model for granted: it counts only after views all over the picture, with tilts. The
# same shares as the report asks for (`report.judging`), so that it does not warn of what was called enough here.
_LEAST_AREA, _LEAST_CORNERS, _LEAST_TILTS = 0.7, 0.75, 0.5
# Pixels by which a rolling shutter may bend the board before the person is asked to hold it still.
_MOST_BENT = 4.0


class Solver(Protocol):
    """What finds the lens: `trackside.geometry.camera.solve.calibrate`, or another for tests."""

    def __call__(self, board: Board, sightings: Sequence[Sighting], *, model: Any) -> Calibration: ...


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What a session knows after a picture.

    Attributes:
        sighting: the board in that picture, or None.
        reason: why the board was not found or its picture not kept; empty if it was kept.
        count: views kept.
        coverage: of these, or None before the first.
        advice: what to do next.
        expected_error: at the working distance, metres, median over the picture; NaN before it is known.
        done: whether it is enough.
        trouble: why the error is not known although there are views enough, and what to do; empty if it is known.
        until_first: views still wanted before the error is first told; 0 from then on.
    """

    sighting: Sighting | None
    reason: str
    count: int
    coverage: Coverage | None
    advice: Advice
    expected_error: float
    done: bool
    trouble: str = ""
    until_first: int = 0


class Session:
    """A calibration while the board is waved. Not for use from several threads at once.

    Args:
        board: that is waved.
        model: of the lens, `brown` or `fisheye`.
        distance: working distance, metres.
        goal: expected error there that is enough, metres; None for a thousandth of the distance.
        most: views kept.
        solver: what calibrates; None for `calibrate`.
        background: whether it calibrates in a thread of its own, or while a picture is added.

    Raises:
        SettingError: a distance or goal that is none.
    """

    def __init__(
        self,
        board: Board,
        *,
        model: str = "brown",
        distance: float = 25.0,
        goal: float | None = None,
        most: int = 80,
        solver: Solver | None = None,
        error_of: Callable[[Calibration, float], float] | None = None,
        background: bool = True,
    ) -> None:
        for name, value in (("distance", distance), ("goal", distance if goal is None else goal)):
            if not (value > 0 and math.isfinite(value)):
                raise SettingError(f"{value} is no length", where=name, fix="give metres, above 0")
        self.collector = Collector(board, most=most)
        self.distance, self.goal, self._most = distance, distance * _GOAL if goal is None else goal, most
        self._model, self._solver, self._error_of = model, solver, error_of or expected_error
        self._pool = ThreadPoolExecutor(1, "calibration") if background else None
        self._running: Future[float] | None = None
        self._solved_at, self._expected, self._trouble = 0, math.nan, ""
        self._coverage: Coverage | None = None
        self._last: Sighting | None = None

    def add(self, image: RGB, time: float = math.nan) -> State:
        """Look at one more picture.

        Args:
            image: uint8 [h, w, 3] RGB.
            time: seconds of media time; NaN if unknown.
        """
        found = self._look(image, time)
        self.collector.seen += 1
        reason = found.reason if isinstance(found, Refusal) else self._objection(found)
        sighting = found if isinstance(found, Sighting) else None
        if sighting is not None and not reason:
            self._keep(sighting, image)
        elif isinstance(found, Refusal):
            self.collector.refuse(found)
        self._last = sighting
        self._follow()
        return self._state(sighting, reason)

    def finish(self, most: int = 40) -> Calibration:
        """Calibrate with the best of the views kept.

        Raises:
            InputError: what is missing.
        """
        self.close()
        if self._coverage is None:
            fix = "print the board, and hold it in front of the camera"
            raise InputError(f"the board was never found ({self.collector.commonest_reason or 'no pictures'})", fix=fix)
        selection = self.collector.chosen(most)
        return self._solve([self.collector.sightings[row] for row in selection.chosen])

    def anew(self) -> Session:
        """A session with the same settings that has seen nothing; this one ends."""
        background = self._pool is not None
        self.close()
        return Session(
            self.collector.board,
            model=self._model,
            distance=self.distance,
            goal=self.goal,
            most=self._most,
            solver=self._solver,
            error_of=self._error_of,
            background=background,
        )

    def close(self) -> None:
        """End the background thread."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _look(self, image: RGB, time: float) -> Sighting | Refusal:
        """Find the board; a small copy is asked first, for a search of the whole picture that finds nothing is slow."""
        if image.shape[1] > _FIRST_LOOK:
            import cv2

            size = _FIRST_LOOK, max(1, round(image.shape[0] * _FIRST_LOOK / image.shape[1]))
            copy = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            glance = self.collector.look(copy, time=time, source="live")
            if isinstance(glance, Refusal):
                return glance
        return self.collector.look(image, time=time, source="live")

    def _objection(self, sighting: Sighting) -> str:
        """Why a sighting is not kept, or an empty text."""
        size = self.collector.size
        if size is not None and sighting.size != size:
            return (
                f"the picture changed from {size[0]} x {size[1]} to {sighting.size[0]} x {sighting.size[1]}: "
                "turn the camera back and do not zoom, or start again"
            )
        if is_blurred(sighting.sharpness, [other.sharpness for other in self.collector.sightings]):
            return "hold still: blurred"
        if self._last is not None and bends([self._last, sighting])[1] > _MOST_BENT:
            return "slower: the board moves too fast"
        if self.collector.moved(sighting) < _NEW_VIEW:
            return "this view is there already"
        return ""

    def _keep(self, sighting: Sighting, image: RGB) -> None:
        coverage = self._coverage or Coverage.empty(sighting.size)
        self._coverage = coverage.with_view(view_of(self.collector.board, sighting))
        self.collector.keep(sighting, image)

    def _follow(self) -> None:
        """Take over what the background has found, and give it more to do."""
        if self._running is not None and self._running.done():
            self._take(self._running)
            self._running = None
        count = 0 if self._coverage is None else self._coverage.count
        if self._running is None and count >= FIRST and count >= self._solved_at + _EVERY:
            self._solved_at = count
            chosen = [self.collector.sightings[row] for row in self.collector.chosen(_LIVE).chosen]
            self._running = self._submit(chosen)

    def _submit(self, sightings: Sequence[Sighting]) -> Future[float]:
        if self._pool is not None:
            return self._pool.submit(self._error, sightings)
        ended: Future[float] = Future()
        try:
            ended.set_result(self._error(sightings))
        except Exception as error:
            ended.set_exception(error)
        self._take(ended)
        return ended

    def _take(self, ended: Future[float]) -> None:
        error = ended.exception()
        if error is not None and not isinstance(error, InputError):
            raise error
        self._trouble = "" if error is None else "; ".join(filter(None, (error.what, error.fix)))
        self._expected = math.nan if error is not None else ended.result()

    def _error(self, sightings: Sequence[Sighting]) -> float:
        return self._error_of(self._solve(sightings), self.distance)

    def _solve(self, sightings: Sequence[Sighting]) -> Calibration:
        if self._solver is None:
            from trackside.geometry.camera.solve import calibrate

            self._solver = calibrate
        return self._solver(self.collector.board, sightings, model=self._model)

    def _state(self, sighting: Sighting | None, reason: str) -> State:
        coverage = self._coverage
        done = coverage is not None and _is_everywhere(coverage) and self._expected <= self.goal
        count = 0 if coverage is None else coverage.count
        return State(
            sighting,
            reason,
            count,
            coverage,
            self._advice(sighting, reason, done),
            self._expected,
            done,
            self._trouble,
            max(0, FIRST - count),
        )

    def _advice(self, sighting: Sighting | None, reason: str, done: bool) -> Advice:
        if done:
            return Advice(f"Enough: the expected error at {self.distance:g} m is {in_centimetres(self._expected)}")
        if sighting is None:
            return Advice(f"Show the whole board to the camera: {reason.split(';')[0]}")
        next_one = advise(self.collector.board, self._coverage or Coverage.empty(sighting.size))
        if reason.startswith(("hold still", "slower", "the picture changed")):
            return Advice(reason[0].upper() + reason[1:], next_one.outline)
        return next_one


def _is_everywhere(coverage: Coverage) -> bool:
    enough = coverage.area >= _LEAST_AREA and coverage.corners >= _LEAST_CORNERS
    return enough and coverage.tilts >= _LEAST_TILTS


def expected_error(calibration: Calibration, distance: float) -> float:
    """Metres, median over the picture, of the expected sideways error at that distance."""
    from trackside.geometry.camera.uncertainty import point_deviation

    return float(point_deviation(calibration, distance).median)


def in_centimetres(metres: float) -> str:
    """A length as people say it: `1.8 cm`, `0.4 mm`, `2.3 m`."""
    for unit, length, digits in (("m", 1.0, 2), ("cm", 0.01, 1), ("mm", 0.001, 1)):
        if abs(metres) >= length or unit == "mm":
            return f"{metres / length:.{digits}f} {unit}"
    return ""

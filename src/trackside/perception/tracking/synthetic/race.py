"""A SYNTHETIC swimming race: one swimmer in each of eight lanes, from the blocks to the last wall.

The numbers are those of good swimmers (World Aquatics rules SW 5.3, 6.3, 8.5: at most 15 m under water after the start and
each turn; race analyses of finals: reaction 0.6 to 0.8 s, 15 m after 5.2 to 7 s, 1.4 to 2.3 m/s between).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError, Tracks
from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.synthetic.detector import Flaws, detect, mistake, together
from trackside.perception.tracking.synthetic.scene import Scene
from trackside.perception.tracking.synthetic.view import View

LANES, WIDTH = 8, 2.5
# Metres that a detector's box of a swimmer covers: head, shoulders and arms.
_LONG, _TALL = 1.2, 0.6
# Seconds on the block before the signal, and at the wall after the finish.
_BEFORE, _AFTER = 2.0, 3.0
# Metres before a wall where a swimmer goes down to turn.
_TUMBLE = (0.4, 1.2)
# Officials on the deck, seen all the time: metres.
_OFFICIALS = np.array([[-3.0, 4.0], [-3.0, 16.0], [-2.5, 9.0]])


@dataclass(frozen=True, slots=True)
class _Swim:
    """One swimmer: float64 [t] metres along the lane, bool [t] whether to be seen; metres across, one number."""

    along: Floats
    visible: NDArray[np.bool_]
    across: float


def race(
    seed: int,
    *,
    pool: float = 50.0,
    distance: float = 100.0,
    under_water: tuple[float, float] = (10.0, 15.0),
    flaws: Flaws | None = None,
    fps: float = 25.0,
) -> Scene:
    """A SYNTHETIC race: dive, strokes, turns, finish, with under-water parts in which nobody is seen.

    Args:
        seed: of its chance; the same seed and settings give the same scene.
        pool: metres from wall to wall.
        distance: metres of the race, whole lengths.
        under_water: the shortest and longest way under water after the start and each turn, metres; drawn evenly.
        flaws: of the detector. A third of its false heads are splashes near swimmers, a third lies anywhere on the water
            (a reflection, a float of a lane rope), a third are officials on the deck, always the same.
        fps: frames a second.

    Raises:
        SettingError: the distance is not whole lengths, or the ways under water do not fit between the walls.
    """
    lengths = round(distance / pool)
    if lengths < 1 or abs(lengths * pool - distance) > 1e-6 or not 0 <= under_water[0] <= under_water[1] <= pool - 3:
        raise SettingError(f"no race of {distance} m in {pool} m, {under_water} m under water", where="synthetic race")
    flaws, chance = Flaws() if flaws is None else flaws, np.random.default_rng(seed)
    swims = [_swim(chance, pool, lengths, under_water, fps) for _ in range(LANES)]
    view = View(eye=(pool / 2, -14.0, 11.0), looks_at=(pool / 2, 8.5), focal=900.0 * 50 / pool)
    lanes = (WIDTH * (np.arange(LANES) + 0.5)).astype(np.float64)
    scene = Scene({}, {}, {}, fps, view, _axes(view, pool, lanes), seed)
    for step in range(max(len(each.along) for each in swims)):
        places = np.array(
            [[each.along[min(step, len(each.along) - 1)], y + each.across] for each, y in zip(swims, lanes, strict=True)]
        )
        seen = np.array([each.visible[min(step, len(each.along) - 1)] for each in swims])
        boxes = _boxes(view, places)
        frame = step + 1
        real = detect(boxes[seen], flaws, chance)
        false = mistake(_boxes(view, _false_places(chance, flaws.false, places, pool)), chance)
        scene.truth[frame] = _tracks(boxes[seen], seen.nonzero()[0] + 1)
        scene.found[frame], scene.times[frame] = together(real, false, chance), step / fps
    return scene


def _swim(chance: np.random.Generator, pool: float, lengths: int, under: tuple[float, float], fps: float) -> _Swim:
    """The whole race of one swimmer, at `fps`."""
    speed, tired = chance.uniform(1.4, 2.0), chance.uniform(0.0, 0.1)
    stroke = (chance.uniform(0.05, 0.25), chance.uniform(0.7, 1.1), chance.uniform(0, 2 * np.pi))
    parts = [_rest(_BEFORE + chance.uniform(0.6, 0.8), fps)]
    for number in range(lengths):
        pace = speed * (1 - tired * number / max(1, lengths - 1)) if number else speed * 1.05
        last = number == lengths - 1
        down = pool if last else pool - chance.uniform(*_TUMBLE)
        length = _length(chance, pace, chance.uniform(*under), down, pool, stroke, fps, dive=not number)
        parts.append((pool - length[0] if number % 2 else length[0], length[1]))
    end = float(parts[-1][0][-1])
    parts.append((np.full(round(_AFTER * fps), end), np.ones(round(_AFTER * fps), np.bool_)))
    along, visible = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return _Swim(np.asarray(along, np.float64), np.asarray(visible, np.bool_), float(chance.normal(0, 0.2)))


def _rest(seconds: float, fps: float) -> tuple[Floats, NDArray[np.bool_]]:
    steps = round(seconds * fps)
    return np.zeros(steps), np.ones(steps, np.bool_)


def _length(
    chance: np.random.Generator,
    pace: float,
    under: float,
    down: float,
    pool: float,
    stroke: tuple[float, float, float],
    fps: float,
    *,
    dive: bool,
) -> tuple[Floats, NDArray[np.bool_]]:
    """From one wall to the other: metres from the first, and whether to be seen."""
    # A dive is through the air and in at some 4 m/s for a moment; a push-off 2.6 m/s. Both fade to a little over the pace.
    first, fade = (chance.uniform(3.4, 4.2), 1.2) if dive else (chance.uniform(2.3, 2.8), 1.5)
    # Feet on the wall, turned round.
    place, time, places = 0.0, 0.0, [] if dive else [0.0] * round(chance.uniform(0.3, 0.6) * fps)
    swing, rate, phase = stroke
    while place < pool:
        places.append(place)
        below = place < under
        base = 1.05 * pace + (first - 1.05 * pace) * np.exp(-time / fade) if below else pace
        wave = 0.0 if below else swing * np.sin(2 * np.pi * rate * time + phase)
        place += base * (1 + wave) / fps
        time += 1 / fps
    along = np.array(places)
    return along, (along >= under) & (along <= down)


def _false_places(chance: np.random.Generator, mean: float, swimmers: Floats, pool: float) -> Floats:
    """Metres [m, 2] of false heads."""
    kinds = chance.integers(0, 3, chance.poisson(mean))
    near = swimmers[chance.integers(0, len(swimmers), len(kinds))] + chance.normal(0, [2.0, 0.4], (len(kinds), 2))
    anywhere = chance.uniform(0, [pool, LANES * WIDTH], (len(kinds), 2))
    officials = _OFFICIALS[chance.integers(0, len(_OFFICIALS), len(kinds))]
    return np.choose(kinds[:, None], [near, anywhere, officials])


def _boxes(view: View, places: Floats) -> Floats:
    """Boxes [n, 4] around swimmers at metres [n, 2]."""
    middle, scale = view.pixels(places)
    half = scale[:, None] * np.array([_LONG, _TALL]) / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def _tracks(boxes: Floats, ids: NDArray[np.intp]) -> Tracks:
    count = len(ids)
    return Tracks(boxes.astype(np.float32), np.ones(count, np.float32), np.zeros(count, np.int32), (), ids.astype(np.int64))


def _axes(view: View, pool: float, lanes: Floats) -> Floats:
    first, second = (view.pixels(np.stack([np.full(LANES, x), lanes], axis=1))[0] for x in (0.0, pool))
    return np.concatenate([first, second], axis=1)

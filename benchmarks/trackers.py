"""Claim: tracking costs a fraction of what the well-known open trackers take; `evidence` at equal or better MOTA and IDF1.

SYNTHETIC crowds of 10, 50 and 200 people who walk straight on and turn at the edges of 1920 x 1080, 300 frames at 30 fps:
5 % of the detections missing, corners jittered by 1 px (standard deviation), 15 % of the scores low (0.2 to 0.45, the others
0.75 to 0.95, so that every peer's defaults take them for faint and sure). Frames per second of `update()` on one thread,
detections built before, every peer at its defaults and told the frame rate where it asks; norfair, which has no default
distance, with IoU and 0.7. What is scored is what `update()` gives out; MOTA and IDF1 are over five crowds of each size,
the speed is measured on the first. The truth counts people who were missed, at random: that rewards trackers that give
out predictions (`evidence`, norfair, motpy), and is why `evidence` leads by more here than on real detections. Ours runs on
plain NumPy and, where it is installed, with numba, with the same results.
"""

from __future__ import annotations

import os

# Before NumPy is loaded: what is compared is one thread's work.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker, OCSORTTracker, SORTTracker

from benchmarks.harness import Claim, median, ratios, report, timed
from trackside.core import Detections, Tracks
from trackside.perception import Tracker
from trackside.perception.tracking.association import compiled
from trackside.perception.tracking.metrics import clear, compare, identity

try:
    import motpy
    import norfair
except ImportError as error:
    motpy = norfair = None
    print(f"{error}: norfair and motpy are left out; benchmarks/requirements.txt says how they install", file=sys.stderr)

SIZES = (10, 50, 200)
FRAMES = 300
FPS = 30.0
ROUNDS = 9
SEEDS = 5
WIDTH, HEIGHT = 1920, 1080
PEER = "trackers ByteTrack"
# How many times the peers' frames per second are claimed, at each size.
GOALS = {"numba": {10: 2.0, 50: 7.0, 200: 7.0}, "NumPy": {10: 1.5, 50: 3.0, 200: 3.0}}
Shown = tuple[Any, Any]
"""Boxes [n, 4] and identities [n] of a frame."""


@dataclass(frozen=True)
class Contestant:
    """One tracker to be measured.

    Attributes:
        build: makes a new one; gives its verb, from a frame as it wants it and the time in seconds to what it returns.
        frame: makes a frame as it wants it.
        shown: reads what it returned.
        before: called before it runs.
    """

    build: Callable[[], Callable[[Any, float], Any]]
    frame: Callable[[Detections], Any]
    shown: Callable[[Any], Shown]
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Crowd:
    """What is there and what was found of it, frame by frame."""

    truth: dict[int, Tracks]
    found: list[Detections]


def main() -> None:
    """Measure every crowd size and report."""
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    everyone = contestants()
    for people in SIZES:
        scenes = [crowd(people, seed) for seed in range(SEEDS)]
        scores = {name: quality(each, scenes) for name, each in everyone.items()}
        rates = measure(everyone, scenes[0])
        for name in everyone:
            speed = {"frames/s": median(rates[name]), "x ByteTrack": ratios(rates[name], rates[PEER])}
            rows.append({"people": people, "tracker": name} | speed | scores[name])
        claims += claimed(people, rates, scores)
    report("trackers", rows, claims, method=" ".join(__doc__.split()))


def crowd(people: int, seed: int) -> Crowd:
    """People who walk straight on and turn at the edges of the picture."""
    rng = np.random.default_rng(seed)
    tall = rng.uniform(60, 160, people)
    size = np.stack([0.4 * tall, tall], axis=1)
    room = np.array([WIDTH, HEIGHT]) - size
    place, speed = rng.uniform(0, 1, (people, 2)) * room, rng.normal(0, 60, (people, 2))
    truth, found = {}, []
    for number in range(FRAMES):
        # Back and forth between 0 and `room`.
        corner = room - np.abs((place + speed * number / FPS) % (2 * room) - room)
        boxes = np.concatenate([corner, corner + size], axis=1)
        truth[number] = Tracks(boxes, np.ones(people), np.zeros(people), (), np.arange(1, people + 1))
        seen = rng.random(people) >= 0.05
        scores = np.where(rng.random(people) < 0.15, rng.uniform(0.2, 0.45, people), rng.uniform(0.75, 0.95, people))
        jittered = boxes + rng.normal(0, 1, boxes.shape)
        found.append(Detections(jittered[seen], scores[seen], np.zeros(seen.sum())))
    return Crowd(truth, found)


def contestants() -> dict[str, Contestant]:
    """Ours and the peers that are installed."""
    return {**ours(), **dict(roboflow()), **({} if norfair is None else others())}


def ours() -> dict[str, Contestant]:
    """Two presets, each with numba and without."""

    def use(numba: str) -> None:
        os.environ["TRACKSIDE_NUMBA"] = numba
        compiled.cache_clear()

    def one(preset: str, numba: str) -> Contestant:
        return Contestant(
            lambda: Tracker(preset).update,
            lambda found: found,
            lambda tracks: (tracks.boxes, tracks.ids),
            lambda: use(numba),
        )

    ways = {"numba": "1", "NumPy": "0"}
    if compiled() is None:
        print("numba is left out: it is not installed, or TRACKSIDE_NUMBA=0", file=sys.stderr)
        del ways["numba"]
    return {f"ours {preset}, {way}": one(preset, on) for way, on in ways.items() for preset in ("bytetrack", "evidence")}


def roboflow() -> Iterator[tuple[str, Contestant]]:
    """Trackers of `trackers`."""

    def frame(found: Detections) -> sv.Detections:
        return sv.Detections(found.boxes.copy(), confidence=found.scores.copy(), class_id=found.classes.astype(int))

    def shown(tracked: sv.Detections) -> Shown:
        known = tracked.tracker_id >= 0
        return tracked.xyxy[known], tracked.tracker_id[known]

    def builder(kind: Any) -> Callable[[], Callable[[Any, float], Any]]:
        def build() -> Callable[[Any, float], Any]:
            tracker = kind(frame_rate=FPS)
            return lambda found, _: tracker.update(found)

        return build

    for name, kind in {"SORT": SORTTracker, "ByteTrack": ByteTrackTracker, "OC-SORT": OCSORTTracker}.items():
        yield f"trackers {name}", Contestant(builder(kind), frame, shown)


def others() -> dict[str, Contestant]:
    """norfair and motpy, which want a list of objects."""

    def norfair_one() -> Callable[[Any, float], Any]:
        tracker = norfair.Tracker(distance_function="iou", distance_threshold=0.7)
        return lambda found, _: tracker.update(found)

    def motpy_one() -> Callable[[Any, float], Any]:
        tracker = motpy.MultiObjectTracker(dt=1 / FPS)
        return lambda found, _: tracker.step(found)

    def norfair_frame(found: Detections) -> list[Any]:
        points = found.boxes.astype(float).reshape(-1, 2, 2)
        return [norfair.Detection(two, np.repeat(score, 2)) for two, score in zip(points, found.scores, strict=True)]

    def motpy_frame(found: Detections) -> list[Any]:
        return [motpy.Detection(box, float(score)) for box, score in zip(found.boxes, found.scores, strict=True)]

    return {
        "norfair": Contestant(
            norfair_one, norfair_frame, lambda seen: ([each.estimate.ravel() for each in seen], [each.id for each in seen])
        ),
        "motpy": Contestant(motpy_one, motpy_frame, lambda seen: ([each.box for each in seen], [each.id for each in seen])),
    }


def quality(contestant: Contestant, scenes: list[Crowd]) -> dict[str, float]:
    """MOTA and IDF1 over all scenes, and how many identities were given to each 100 people."""
    contestant.before()
    results = [follow(contestant, scene) for scene in scenes]
    comparisons = [compare(scene.truth, result) for scene, result in zip(scenes, results, strict=True)]
    overall, identities = reduce(add, map(clear, comparisons)), reduce(add, map(identity, comparisons))
    given = sum(len(np.unique(np.concatenate([tracks.ids for tracks in result.values()]))) for result in results)
    people = sum(len(scene.truth[0]) for scene in scenes)
    return {"MOTA": overall.mota, "IDF1": identities.idf1, "ids a 100 people": 100 * given / people}


def follow(contestant: Contestant, scene: Crowd) -> dict[int, Tracks]:
    """What it gives out, with its identities as numbers."""
    update, names = contestant.build(), {}
    result = {}
    for number, found in enumerate(scene.found):
        boxes, ids = contestant.shown(update(contestant.frame(found), number / FPS))
        numbers = [names.setdefault(each, len(names) + 1) for each in ids]
        result[number] = Tracks(boxes, np.ones(len(numbers)), np.zeros(len(numbers)), (), np.array(numbers, np.int64))
    return result


def measure(everyone: Mapping[str, Contestant], scene: Crowd) -> dict[str, list[float]]:
    """Frames per second of each, a round after the other."""
    rates: dict[str, list[float]] = {name: [] for name in everyone}
    for number in range(ROUNDS):
        for name, each in everyone.items():
            each.before()
            update, frames = each.build(), [each.frame(found) for found in scene.found]
            gc.collect()
            rates[name].append(FRAMES / timed(lambda update=update, frames=frames: run(update, frames)).wall)
        print(f"  round {number + 1}/{ROUNDS} of {len(scene.truth[0])} people", flush=True)
    return rates


def run(update: Callable[[Any, float], Any], frames: list[Any]) -> None:
    """All frames through one tracker."""
    for number, frame in enumerate(frames):
        update(frame, number / FPS)


def claimed(people: int, rates: Mapping[str, list[float]], scores: Mapping[str, Mapping[str, float]]) -> Iterator[Claim]:
    """What is claimed at one size: faster than each peer of its kind, and no worse than ByteTrack."""
    peers = [name for name in (PEER, "norfair", "motpy") if name in rates]
    for name in (name for name in rates if name.startswith("ours")):
        goal = GOALS[name.rpartition(" ")[2]][people]
        for peer in peers:
            yield Claim(
                f"{people} people: frames/s of {name} / {peer}", ratios(rates[name], rates[peer]), "ratio", f">= {goal}"
            )
    for preset in ("bytetrack", "evidence"):
        for metric in ("MOTA", "IDF1"):
            ahead = scores[f"ours {preset}, NumPy"][metric] - scores[PEER][metric]
            yield Claim(f"{people} people: {metric} of ours {preset} less that of {PEER}", ahead, "", ">= 0")


if __name__ == "__main__":
    main()

"""Claim: what is known of the place keeps identities through gaps that no box overlaps across.

On SYNTHETIC scenes, made by `trackside.perception.tracking.synthetic` and not filmed, ten seeds each: swimming races with
dives and turns of 10 to 15 m under water, and play of 2 x 11 look-alikes who hide each other and leave the picture. All
trackers get the same detections. The peers, SORT, ByteTrack, OC-SORT and C-BIoU of `trackers`, run with their defaults and
with a patience of the longest gap and their score thresholds at ours; at each length of gap the better of the two counts.
Our settings were found on other seeds of the same generators, which is in our favour; the peers know nothing of the place.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker, CBIoUTracker, OCSORTTracker, SORTTracker

from benchmarks.harness import Claim, report
from trackside.core import Tracks
from trackside.perception.tracking import Tracker
from trackside.perception.tracking.linking import link_recording, link_settings, track_recording
from trackside.perception.tracking.metrics import Scores, combine, score
from trackside.perception.tracking.priors import motion_prior, prior_settings
from trackside.perception.tracking.synthetic import Flaws, Scene, race, team_play

SEEDS = int(os.environ.get("TRACKSIDE_SEEDS", "10"))
# Nothing was looked at on these seeds while the priors were written.
FIRST_SEED = 1000
# Seconds: those that the goal is about.
EDGES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
PEERS: tuple[type, ...] = (SORTTracker, ByteTrackTracker, OCSORTTracker, CBIoUTracker)
THRESHOLDS = ("track_activation_threshold", "high_conf_det_threshold")


@dataclass(frozen=True)
class Case:
    """A kind of scene, and who runs on it.

    Attributes:
        make: from a seed to the scene.
        ours: name to what runs it.
        main: the name of ours that the claims are about.
        patience: seconds of the longest gap.
        peers: whether peers run too.
        goals: of the claims on IDF1 and on identity switches; empty for none.
    """

    make: Callable[[int], Scene]
    ours: Mapping[str, Callable[[Scene], dict[int, Tracks]]]
    main: str
    patience: float
    peers: bool = True
    goals: tuple[str, str] = ("", "")
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        others = tuple(f"{kind.__name__} {how}" for kind in PEERS for how in ("default", "patient")) if self.peers else ()
        object.__setattr__(self, "names", (*self.ours, *others))


def with_prior(name: Any, scene: Scene) -> dict[int, Tracks]:
    """Our online tracker with a prior."""
    lanes = {"lanes": scene.axes, "homography": scene.view.homography} if name == "lane" else {}
    place = {"homography": scene.view.homography} if name == "plane" else lanes
    motion = motion_prior(name, **place)
    tracker = Tracker(prior_settings(name), motion=motion)
    return {frame: tracker.update(found, scene.times[frame]) for frame, found in scene.found.items()}


def without_prior(scene: Scene) -> dict[int, Tracks]:
    """Our online tracker as it is."""
    tracker = Tracker("evidence")
    return {frame: tracker.update(found, scene.times[frame]) for frame, found in scene.found.items()}


def linked(scene: Scene) -> dict[int, Tracks]:
    """Looking back from the end, knowing only that people turn any time."""
    return track_recording(scene.found, scene.times, link_settings("free"))


def linked_with_prior(name: Any, scene: Scene) -> dict[int, Tracks]:
    """Looking back from the end on what our online tracker with a prior has found."""
    return link_recording(with_prior(name, scene), scene.times, link_settings("free"))


def peer(kind: type, patience: float | None, scene: Scene) -> dict[int, Tracks]:
    """A tracker of `trackers`, with its defaults or patient for so many seconds."""
    changes: dict[str, Any] = {}
    if patience is not None:
        # Its buffer is counted in frames of 30 a second.
        changes = {name: 0.5 for name in THRESHOLDS if name in signature(kind).parameters}
        changes["lost_track_buffer"] = round(30 * patience)
    tracker = kind(frame_rate=scene.fps, **changes)
    tracks = {}
    for frame, seen in scene.found.items():
        result = tracker.update(sv.Detections(xyxy=seen.boxes, confidence=seen.scores, class_id=seen.classes))
        ids = np.asarray(result.tracker_id if result.tracker_id is not None else np.full(len(result), -1))
        named = ids >= 0
        tracks[frame] = Tracks(result.xyxy[named], result.confidence[named], np.zeros(int(named.sum())), (), ids[named])
    return tracks


LANE = {"lane": partial(with_prior, "lane")}
PLAY = {name: partial(with_prior, name) for name in ("plane", "free", "straight line")}
PLAY["plane, linked"] = partial(linked_with_prior, "plane")
EVERY = {"no prior": without_prior, "linked": linked}
RACE = partial(race, pool=50.0)
CASES = {
    "race 50 m, 5 % missed": Case(RACE, LANE | EVERY, "lane", 15.0, goals=(">= 0.99", "<= 0")),
    "race 50 m, 20 % missed": Case(partial(RACE, flaws=Flaws(missed=0.2)), LANE | EVERY, "lane", 15.0, goals=("", "<= 0")),
    "race 25 m, 5 % missed": Case(partial(race, pool=25.0), LANE, "lane", 15.0, peers=False, goals=(">= 0.99", "<= 0")),
    "race 50 m, 5 % missed, 1 false head a frame": Case(
        partial(RACE, flaws=Flaws(false=1.0)), LANE, "lane", 15.0, peers=False, goals=("", "<= 0")
    ),
    "race 50 m, 20 % missed, 2 false heads a frame": Case(
        partial(RACE, flaws=Flaws(missed=0.2, false=2.0)), LANE, "lane", 15.0, peers=False, goals=("", "<= 0")
    ),
    "team play": Case(partial(team_play, seconds=45.0), PLAY | EVERY, "plane", 40.0),
}


def main() -> None:
    """Run everything on everything and report."""
    jobs = [(case, seed) for case in CASES for seed in range(FIRST_SEED, FIRST_SEED + SEEDS)]
    found: dict[tuple[str, str], list[Scores]] = defaultdict(list)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for (case, seed), scores in zip(jobs, pool.map(run_all, jobs), strict=True):
            print(f"  {case}, seed {seed}", flush=True)
            for name, each in scores.items():
                found[case, name].append(each)
    rows = [as_row(case, name, scores) for (case, name), scores in found.items()]
    report("long_gaps", rows, claims(found), method=" ".join(__doc__.split()))


def run_all(job: tuple[str, int]) -> dict[str, Scores]:
    """Name of each tracker to its scores on one scene."""
    case, seed = CASES[job[0]], job[1]
    scene = case.make(seed)
    everyone: dict[str, Callable[[Scene], dict[int, Tracks]]] = dict(case.ours)
    if case.peers:
        for kind in PEERS:
            everyone[f"{kind.__name__} default"] = partial(peer, kind, None)
            everyone[f"{kind.__name__} patient"] = partial(peer, kind, case.patience)
    return {
        name: score(scene.truth, track(scene), fps=scene.fps, detections=scene.found) for name, track in everyone.items()
    }


def as_row(case: str, name: str, scores: list[Scores]) -> dict[str, Any]:
    """All seeds of one tracker on one kind of scene."""
    numbers = [each.numbers() for each in scores]
    total = combine(scores)
    row: dict[str, Any] = {"scene": case, "tracker": name, "IDF1": total.identity.idf1}
    row["IDF1 each seed"] = " ".join(f"{each['IDF1']:.4f}" for each in numbers)
    row["IDSW each seed"] = " ".join(f"{each['IDSW']:.0f}" for each in numbers)
    row["IDSW"] = total.clear.idsw
    for part in total.gaps.bins(EDGES):
        row[part.name] = f"{part.kept}/{part.count}"
    return row


def claims(found: Mapping[tuple[str, str], list[Scores]]) -> list[Claim]:
    """The goals on IDF1 and switches of each case, and the lead over peers at each length of gap."""
    made = []
    for name, case in CASES.items():
        ours = found[name, case.main]
        made.append(Claim(f"{name}: lowest IDF1 of {SEEDS}", min(each.identity.idf1 for each in ours), "", case.goals[0]))
        made.append(Claim(f"{name}: identity switches", sum(each.clear.idsw for each in ours), "", case.goals[1]))
        if case.peers:
            made += gap_claims(name, {each: combine(found[name, each]) for each in case.names}, case)
    return made


def gap_claims(name: str, totals: Mapping[str, Scores], case: Case) -> list[Claim]:
    """Identity recall of ours less that of the best peer, at each length of gap that there is."""
    made = []
    bins = {each: total.gaps.bins(EDGES) for each, total in totals.items()}
    for place, part in enumerate(bins[case.main]):
        if part.count:
            best = max(bins[each][place].recall for each in case.names if each not in case.ours)
            lead = part.recall - best
            what = f"{name}: recall at {part.name} ({part.count} gaps): {part.recall:.3f}, best peer {best:.3f}; lead"
            made.append(Claim(what, lead, "", ">= 0.001"))
    return made


if __name__ == "__main__":
    main()

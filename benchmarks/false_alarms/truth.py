"""What should alarm, from ground-truth tracks alone, and never from what any of our blocks made of detections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.false_alarms.places import Places, raw_rules
from trackside.core import Tracks
from trackside.core.motchallenge import read_mot
from trackside.pipelines.scoring import Footage, Label, Labels, cut_pipeline, record
from trackside.pipelines.scoring.replay import run_nodes

Told = tuple[str, float, int, str]
"""Name, media time, person, place."""


@dataclass(frozen=True)
class Definition:
    """What counts.

    Attributes:
        interrupted: seconds; shorter interruptions of a stay are none.
        brushed: seconds; alarms on shorter stays, and on crossings that are taken back within it, count neither way.
        undecided: seconds at the end of a recording that are not scored.
    """

    interrupted: float = 1.0
    brushed: float = 1.0
    undecided: float = 1.0


AS_CLAIMED = Definition()
# Every moment at which the labelled feet are on the other side should alarm, up to the last.
LITERAL = Definition(0.0, 0.0, 0.0)


def truth(folder: Path, places: Places, definition: Definition = AS_CLAIMED) -> Labels:
    """What the raw rules say of the ground-truth tracks of a MOTChallenge sequence."""
    cut = cut_pipeline(raw_rules(places))
    (found,) = record(cut, [folder])
    tracks = read_mot(folder / "gt" / "gt.txt")
    frames = [tracks.get(number + 1, Tracks.empty()) for number in range(len(found))]
    given = Footage(found.stream, found.times, found.indexes, {("track", "tracks"): frames}, {"track": endings(frames)})
    return Labels(tuple(as_labels(folder.name, told_of(given, places), found.end, definition)), (folder.name,))


def told_of(given: Footage, places: Places) -> list[Told]:
    """The events of the raw rules on tracks."""
    cut = cut_pipeline(raw_rules(places))
    nodes = [node for node in cut.nodes(cut.pipeline) if node.name not in ("track", "alarm")]
    told: list[Told] = []
    for item in run_nodes(given, nodes):
        for (_, port), events in item.values.items():
            if port == "events" and len(events):
                rows = zip(events.names, events.times.tolist(), events.ids.tolist(), events.places, strict=True)
                told += [(name, time, track, place) for name, time, track, place in rows]
    return told


def endings(frames: Sequence[Tracks]) -> list[list[int]]:
    """For each frame the identities that were last seen in the one before."""
    last = {int(track): number for number, tracks in enumerate(frames) for track in tracks.ids}
    gone: list[list[int]] = [[] for _ in frames]
    for track, number in last.items():
        if number + 1 < len(frames):
            gone[number + 1].append(track)
    return gone


def as_labels(video: str, told: Sequence[Told], end: float, definition: Definition = AS_CLAIMED) -> list[Label]:
    """Stays in zones, crossings and dwells as labels."""
    labels: list[Label] = []
    for (track, place), stays in stays_of(told, end, definition.interrupted).items():
        labels += [
            Label(video, start, stop, place, "enter", id=str(track), ignore=stop - start < definition.brushed and stop < end)
            for start, stop in stays
        ]
        for name, time, who, where in told:
            if name == "dwell" and (who, where) == (track, place):
                stop = max([stop for start, stop in stays if start <= time + definition.interrupted], default=time)
                labels.append(Label(video, time, max(stop, time), place, "dwell", id=str(track)))
    crossings = [one for one in told if one[0].startswith("cross")]
    for name, time, track, place in crossings:
        brushed = goes_back(crossings, time, track, place, definition.brushed)
        labels.append(Label(video, time, time, place, name, id=str(track), ignore=brushed))
    return sorted(labels, key=lambda label: label.start)


def goes_back(crossings: Sequence[Told], time: float, track: int, place: str, within: float) -> bool:
    """Whether the same person crosses the same line at another moment so soon before or after."""
    return any(who == track and where == place and 0 < abs(at - time) < within for _, at, who, where in crossings)


def stays_of(told: Sequence[Told], end: float, interrupted: float) -> dict[tuple[int, str], list[tuple[float, float]]]:
    """For each person and zone the stays, those with short interruptions joined."""
    stays: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for name, time, track, place in sorted(told, key=lambda one: one[1]):
        known = stays.setdefault((track, place), []) if name in ("enter", "leave") else []
        if name == "enter" and known and time - known[-1][1] < interrupted:
            known[-1] = (known[-1][0], end)
        elif name == "enter":
            known.append((time, end))
        elif name == "leave" and known:
            known[-1] = (known[-1][0], time)
    return stays

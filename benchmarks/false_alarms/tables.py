"""Lines of the table, claims, and intervals for footage whose events are not independent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.false_alarms.cases import Case, Settings
from benchmarks.harness import Claim
from trackside.pipelines.scoring import Score, Share
from trackside.pipelines.scoring.rule import Part

Pair = tuple[Score, Score]
"""The raw rule's score, and that of what is compared with it."""
# Seconds of footage that are drawn together: people stay in sight for about so long.
BLOCK = 5.0
DRAWS = 4000


def lines(
    part: str, cases: Sequence[Case], ways: Mapping[str, Settings], *, by_recording: bool = False
) -> list[dict[str, Any]]:
    """For each way to raise alarms a line a case, or a recording, and one for all of them."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.part.video if by_recording else case.name, []).append(case)
    groups["ALL"] = list(cases)
    return [
        _line(part, way, name, together, settings) for way, settings in ways.items() for name, together in groups.items()
    ]


def summed(pairs: Iterable[Pair]) -> Pair:
    """All of them together."""
    both = list(pairs)
    return sum((raw for raw, _ in both), start=Score()), sum((kept for _, kept in both), start=Score())


def removed(pair: Pair) -> Share:
    """Of the raw rule's false alarms, those that are gone."""
    raw, kept = pair
    return Share(max(raw.false - kept.false, 0), raw.false)


def lost(pair: Pair) -> Share:
    """Of the labels that the raw rule finds, those that are lost."""
    raw, kept = pair
    return Share(max(raw.found - kept.found, 0), raw.found)


def missed(cases: Sequence[Case], settings: Settings) -> Share:
    """Of the labels that the raw rule finds, those that the other does not find; what it finds besides makes up for none."""
    gone = had = 0
    for case in cases:
        video, outcome = case.part.video, case.outcome(settings)
        kept = (outcome.alarms if settings.ladder else outcome.events)[video]
        raw = case.rule("raw").outcome().events[video]
        here = np.array([case.part.start <= label.start < case.part.end for label in raw.labels], np.bool_)
        had += int((raw.found & here).sum())
        gone += int((raw.found & ~kept.found & here).sum())
    return Share(gone, had)


def claims(what: str, cases: Sequence[Case], settings: Settings, *, goals: bool = False) -> list[Claim]:
    """What is taken away and what is lost, with Wilson's 95 % intervals, and the rates that remain."""
    pair = raw, kept = summed((case.before(), case.after(settings)) for case in cases)
    repeats = Share(max(raw.duplicates - kept.duplicates, 0), raw.duplicates)
    found = []
    named = (
        ("false alarms removed", removed(pair), ">= 90"),
        ("true alarms lost", lost(pair), "<= 5"),
        ("true alarms lost, label by label", missed(cases, settings), "<= 5"),
    )
    for name, share, goal in named:
        low, high = share.interval
        found.append(Claim(f"{what}: {name}", 100 * share.value, "%", goal if goals else ""))
        found.append(Claim(f"{what}: {name}, lower end (Wilson)", 100 * low, "%"))
        found.append(Claim(f"{what}: {name}, upper end (Wilson)", 100 * high, "%"))
    found.append(Claim(f"{what}: repeated alarms removed", 100 * repeats.value, "%"))
    found.append(Claim(f"{what}: false alarms, raw rule", raw.false_rate.value, "an hour"))
    found.append(Claim(f"{what}: false alarms", kept.false_rate.value, "an hour"))
    found.append(Claim(f"{what}: false alarms, upper end (Garwood)", kept.false_rate.interval[1], "an hour"))
    return found


def block_claims(what: str, cases: Sequence[Case], settings: Settings) -> list[Claim]:
    """The same with intervals of a two-stage bootstrap: recordings are drawn, and of each its stretches of time.

    All places' events of one stretch are drawn together, since they are of the same people (Davison and Hinkley 1997, 3.8).
    """
    recordings: dict[str, list[Case]] = {}
    for case in cases:
        recordings.setdefault(case.part.video, []).append(case)
    blocks = [_blocks(together, settings) for together in recordings.values()]
    rng = np.random.default_rng(0)
    shares = np.array([_shares(_drawn(blocks, rng)) for _ in range(DRAWS)])
    found = []
    for name, column in (("false alarms removed", 0), ("true alarms lost", 1)):
        low, high = 100 * np.nanpercentile(shares[:, column], [2.5, 97.5])
        found.append(Claim(f"{what}: {name}, lower end (bootstrap)", float(low), "%"))
        found.append(Claim(f"{what}: {name}, upper end (bootstrap)", float(high), "%"))
    return found


def _blocks(cases: Sequence[Case], settings: Settings) -> np.ndarray[Any, np.dtype[np.float64]]:
    """For each stretch of one recording: false raw, false, found raw, found; summed over its places."""
    part = cases[0].part
    count = max(1, round((part.end - part.start) / BLOCK))
    edges = np.linspace(part.start, part.end, count + 1).tolist()
    rows = []
    for first, last in pairwise(edges):
        here = [Part(part.video, first, last)]
        raw, kept = summed((case.before(here), case.after(settings, here)) for case in cases)
        rows.append((raw.false, kept.false, raw.found, kept.found))
    return np.array(rows, np.float64)


def _drawn(
    blocks: Sequence[np.ndarray[Any, np.dtype[np.float64]]], rng: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.float64]]:
    chosen = [blocks[number] for number in rng.integers(len(blocks), size=len(blocks))]
    total: np.ndarray[Any, np.dtype[np.float64]] = np.sum(
        [one[rng.integers(len(one), size=len(one))].sum(axis=0) for one in chosen], axis=0
    )
    return total


def _shares(counts: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    raw_false, false, raw_found, found = counts.tolist()
    gone = 1 - false / raw_false if raw_false else np.nan
    return gone, 1 - found / raw_found if raw_found else np.nan


def _line(part: str, way: str, name: str, cases: Sequence[Case], settings: Settings) -> dict[str, Any]:
    raw, kept = summed((case.before(), case.after(settings)) for case in cases)
    return {
        "part": part,
        "way": way,
        "footage": name,
        "minutes": 60 * raw.hours,
        "labels": raw.labels,
        "raw found": raw.found,
        "found": kept.found,
        "lost, label by label": missed(cases, settings).hits,
        "raw false": raw.false,
        "false": kept.false,
        "raw repeats": raw.duplicates,
        "repeats": kept.duplicates,
        "precision": str(kept.precision),
        "late p50 s": kept.delay(0.5) if kept.delays else None,
        "refused by": _refused(cases, settings),
    }


def _refused(cases: Sequence[Case], settings: Settings) -> str:
    """How many events that were no true alarm each step of the ladder refused; one event may count at several."""
    counts: dict[str, int] = {}
    for case in cases if settings.ladder else ():
        for one in case.outcome(settings).tally():
            counts[one.step] = counts.get(one.step, 0) + one.false + one.repeated
    return ", ".join(f"{step} {count}" for step, count in sorted(counts.items(), key=lambda item: -item[1]) if count)

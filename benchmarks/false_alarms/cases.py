"""The footage: which recordings with which places, and which part is for tuning and which is held out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from benchmarks.false_alarms.places import Places, grid, of_example, pipelines, random_layout, settings_of
from benchmarks.false_alarms.truth import AS_CLAIMED, Definition, truth
from trackside.models.store import default_home
from trackside.pipelines import Pipeline
from trackside.pipelines.scoring import Labels, Rule, Score, cut_pipeline, read_labels, record
from trackside.pipelines.scoring.rule import Outcome, Part

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[3] / "shared"))
MOT = SHARED / "data" / "mot15"
VTEST = SHARED / "data" / "opencv_vtest" / "vtest.avi"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "alarms"
TUNING = ("ADL-Rundle-6", "TUD-Campus")
HELD_OUT = ("ETH-Sunnyday", "KITTI-17")
DETECTORS = ("fastestdet", "yolox-nano")
# Seconds of vtest.avi that are for tuning.
HALF = 40.0
VTEST_HEIGHT = 576
TOLERANCE = 1.0


@dataclass(frozen=True)
class Settings:
    """A way to raise alarms.

    Attributes:
        rules: one of `pipelines`: raw, calm or guarded.
        ladder: whether the ladder stands behind them.
        chosen: what differs from the defaults, as `settings_of` takes it.
    """

    rules: str
    ladder: bool
    chosen: Mapping[str, Any] = field(default_factory=dict)


class Case:
    """Labelled footage with each kind of rules, and the part of it that is scored.

    Args:
        name: for the table.
        given: the pipelines.
        opened: makes a rule of one, on the footage.
        height: of the picture, in the unit of the places.
        unscored: seconds at the end.
    """

    def __init__(
        self,
        name: str,
        given: Mapping[str, Pipeline],
        opened: Callable[[Pipeline], Rule],
        *,
        start: float = 0.0,
        height: float = 1.0,
        unscored: float = AS_CLAIMED.undecided,
    ) -> None:
        self.name, self._given, self._opened, self._height = name, given, opened, height
        self._rules: dict[str, Rule] = {}
        (whole,) = self.rule("raw").parts
        self.part = Part(whole.video, max(start, whole.start), whole.end - unscored)

    def rule(self, kind: str) -> Rule:
        """The rule of one kind; made when it is first asked for."""
        if kind not in self._rules:
            self._rules[kind] = self._opened(self._given[kind])
        return self._rules[kind]

    def before(self, parts: Sequence[Part] | None = None) -> Score:
        """What the raw rule alone gives."""
        return self.rule("raw").outcome().raw(parts or [self.part])

    def after(self, settings: Settings, parts: Sequence[Part] | None = None) -> Score:
        """What one way to raise alarms gives."""
        outcome = self.outcome(settings)
        return outcome.score(parts or [self.part]) if settings.ladder else outcome.raw(parts or [self.part])

    def outcome(self, settings: Settings) -> Outcome:
        """Its alarms, held against the labels."""
        rule = self.rule(settings.rules)
        return rule.outcome(settings_of(rule.cut.pipeline, self._height, settings.chosen))


def tuning_cases() -> list[Case]:
    """vtest up to 40 s, ADL-Rundle-6 and TUD-Campus."""
    return [*vtest_cases(0.0, HALF), *(case for name in TUNING for case in mot_cases(name))]


def held_out_cases(definition: Definition = AS_CLAIMED) -> list[Case]:
    """vtest from 40 s on, ETH-Sunnyday and KITTI-17."""
    videos = vtest_cases(HALF) if definition == AS_CLAIMED else []
    return [*videos, *(case for name in HELD_OUT for case in mot_cases(name, definition=definition))]


def layout_cases(names: Sequence[str], seeds: Sequence[int]) -> list[Case]:
    """Random places on MOTChallenge sequences, with the published detections."""
    return [
        case
        for name in names
        for seed in seeds
        for case in mot_cases(name, random_layout(seed), videos=False, note=f", layout {seed}")
    ]


def vtest_cases(start: float, end: float | None = None) -> list[Case]:
    """Our labels on vtest.avi from `start` to `end` in seconds, with two detectors.

    A part that is tuned on ends where nothing after it can have decided: its footage is cut there.
    """
    given = read_yaml(EXAMPLE / "vtest.yaml")
    labels = read_labels(EXAMPLE / "vtest.json")
    kept = replace(labels, labels=tuple(one for one in labels.labels if end is None or one.start < end))
    opened = partial(rule_of, path=VTEST, labels=kept, until=end)
    places = of_example(given)
    return [
        Case(f"vtest, {model}", pipelines(places, model), opened, start=start, height=VTEST_HEIGHT) for model in DETECTORS
    ]


def mot_cases(
    name: str,
    places: Places | None = None,
    *,
    definition: Definition = AS_CLAIMED,
    videos: bool = True,
    note: str = "",
) -> list[Case]:
    """Published detections, and two detectors where the sequence has its video."""
    folder, places = MOT / name, places or grid()
    labels = truth(folder, places, definition)
    video = folder / f"{name}.mp4"
    sources = [("published", folder, "fastestdet")]
    if videos and video.is_file():
        sources += [(model, video, model) for model in DETECTORS]
    return [
        Case(
            f"{name}, {source}{note}",
            pipelines(places, model),
            partial(rule_of, path=path, labels=labels),
            unscored=definition.undecided,
        )
        for source, path, model in sources
    ]


def rule_of(pipeline: Pipeline, path: Path, labels: Labels, until: float | None = None) -> Rule:
    """The rule on one recording, or on its beginning; the detector runs once, and is kept, the tracker runs once."""
    cut = cut_pipeline(pipeline)
    footage = record(cut, [path], cache=default_home() / "footage")
    footage = footage if until is None else [one.until(until) for one in footage]
    return Rule(cut, footage, labels, TOLERANCE, [name for name in cut.second if name != "track"])


def read_yaml(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))

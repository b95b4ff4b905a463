"""The footage: which recordings with which places, and which part is for tuning and which is held out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.false_alarms.places import Places, calm_rules, grid, of_example, random_layout, raw_rules, settings_of
from benchmarks.false_alarms.truth import AS_CLAIMED, Definition, truth
from trackside.models.store import default_home
from trackside.pipelines import Pipeline
from trackside.pipelines.graph import parse_pipeline
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
TOLERANCE = 1.0


@dataclass(frozen=True)
class Settings:
    """A way to raise alarms.

    Attributes:
        calm: whether the rules are those with hysteresis.
        ladder: whether the ladder stands behind them.
        chosen: what differs from the defaults, as `settings_of` takes it.
    """

    calm: bool
    ladder: bool
    chosen: Mapping[str, Any] = field(default_factory=dict)


class Case:
    """Labelled footage with both kinds of rules, and the part of it that is scored.

    Args:
        name: for the table.
        raw: raw rules.
        calm: rules with hysteresis.
        part: what is scored.
        height: of the picture, in the unit of the places.
    """

    def __init__(self, name: str, raw: Rule, calm: Rule, part: Part, height: float = 1.0) -> None:
        self.name, self.raw, self.calm, self.part, self._height = name, raw, calm, part, height

    def before(self, parts: Sequence[Part] | None = None) -> Score:
        """What the raw rule alone gives."""
        return self.raw.outcome().raw(parts or [self.part])

    def after(self, settings: Settings, parts: Sequence[Part] | None = None) -> Score:
        """What one way to raise alarms gives."""
        outcome = self.outcome(settings)
        return outcome.score(parts or [self.part]) if settings.ladder else outcome.raw(parts or [self.part])

    def outcome(self, settings: Settings) -> Outcome:
        """Its alarms, held against the labels."""
        rule = self.calm if settings.calm else self.raw
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
        replace_name(case, f"{name}, layout {seed}")
        for name in names
        for seed in seeds
        for case in mot_cases(name, random_layout(seed), videos=False)
    ]


def replace_name(case: Case, name: str) -> Case:
    """The case under another name."""
    return Case(name, case.raw, case.calm, case.part)


def vtest_cases(start: float, end: float | None = None) -> list[Case]:
    """Our labels on vtest.avi from `start` to `end` in seconds, with two detectors.

    A part that is tuned on ends where nothing after it can have decided: its footage is cut there.
    """
    given = read_yaml(EXAMPLE / "vtest.yaml")
    labels = read_labels(EXAMPLE / "vtest.json")
    kept = replace(labels, labels=tuple(one for one in labels.labels if end is None or one.start < end))
    cases = []
    for model in DETECTORS:
        raw = parse_pipeline(given).with_settings({"detect.model": model})
        rules = [rule_of(one, VTEST, kept, end) for one in (raw, calm_rules(of_example(given), model))]
        stop = min(one.end for one in rules[0].footage) - AS_CLAIMED.undecided
        cases.append(Case(f"vtest, {model}", *rules, Part("vtest", start, stop), height=576))
    return cases


def mot_cases(
    name: str, places: Places | None = None, definition: Definition = AS_CLAIMED, videos: bool = True
) -> list[Case]:
    """Published detections, and two detectors where the sequence has its video."""
    folder, places = MOT / name, places or grid()
    labels = truth(folder, places, definition)
    video = folder / f"{name}.mp4"
    sources = [("published", folder, "fastestdet")]
    if videos and video.is_file():
        sources += [(model, video, model) for model in DETECTORS]
    cases = []
    for source, path, model in sources:
        rules = [rule_of(one, path, labels) for one in (raw_rules(places, model), calm_rules(places, model))]
        (whole,) = rules[0].parts
        part = Part(whole.video, whole.start, whole.end - definition.undecided)
        cases.append(Case(f"{name}, {source}", *rules, part))
    return cases


def rule_of(pipeline: Pipeline, path: Path, labels: Labels, until: float | None = None) -> Rule:
    """The rule on one recording, or on its beginning; the detector runs once, and is kept, the tracker runs once."""
    cut = cut_pipeline(pipeline)
    footage = record(cut, [path], cache=default_home() / "footage")
    footage = footage if until is None else [one.until(until) for one in footage]
    changing = [name for name in cut.second if name != "track"]
    return Rule(cut, footage, labels, TOLERANCE, changing)


def read_yaml(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))

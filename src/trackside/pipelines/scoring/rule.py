"""A rule on labelled footage: its score with any settings, each computed once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trackside.core import InputError
from trackside.pipelines.scoring.cut import Cut
from trackside.pipelines.scoring.footage import Footage
from trackside.pipelines.scoring.labels import Labels
from trackside.pipelines.scoring.matching import Matched, match
from trackside.pipelines.scoring.replay import Replay
from trackside.pipelines.scoring.score import Score, Tally, tally, total

Settings = Mapping[str, Any]
"""`{"block.setting": value}`; what is not named is as in the pipeline."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the footage.

    Attributes:
        video: its name.
        start: seconds.
        end: seconds.
    """

    video: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one setting of the rule came to.

    Attributes:
        alarms: for each video, its alarms held against its labels.
        refused: for each video, what the ladder refused, held against the labels by itself.
        events: for each video, what came into the ladder.
        parts: the parts of the footage that are scored, by video.
    """

    alarms: Mapping[str, Matched]
    refused: Mapping[str, Matched]
    events: Mapping[str, Matched]
    parts: Mapping[str, Part]

    def score(self, parts: Sequence[Part] | None = None) -> Score:
        """The score over all footage, or over some parts of it."""
        return _score(self.alarms, self.parts, parts)

    def raw(self, parts: Sequence[Part] | None = None) -> Score:
        """The score if every event that came into the ladder were an alarm."""
        return _score(self.events, self.parts, parts)

    def tally(self) -> list[Tally]:
        """Which step refused how many."""
        return tally({name: (self.refused[name], matched) for name, matched in self.alarms.items()})


def _score(matched: Mapping[str, Matched], whole: Mapping[str, Part], parts: Sequence[Part] | None) -> Score:
    chosen = whole.values() if parts is None else parts
    return total(Score.of(matched[part.video], part.start, part.end) for part in chosen)


@dataclass
class Rule:
    """A rule, footage, and what should alarm.

        rule = Rule(cut_pipeline(pipeline), footage, labels)
        rule.outcome({"alarm.median_score": 0.6}).score().recall

    Args:
        cut: the pipeline.
        footage: what its first part made of each video.
        labels: what should alarm.
        tolerance: seconds by which an alarm may miss its label.
        varied: names of the blocks whose settings will be changed.

    Raises:
        InputError: a video without labels, or labels that lie outside of their video.
    """

    cut: Cut
    footage: Sequence[Footage]
    labels: Labels
    tolerance: float = 1.0
    varied: Sequence[str] = ()
    _outcomes: dict[str, Outcome] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for one in self.footage:
            self._check(one)
        self._replay = Replay(self.cut, self.footage, self.varied)

    def _check(self, footage: Footage) -> None:
        for label in self.labels.of(footage.stream.name):
            if label.start > footage.end + self.tolerance:
                what = f"a label starts at {label.start:g} s, but {footage.stream.name} ends at {footage.end:.2f} s"
                raise InputError(what, where=self.labels.where, fix="give media time in seconds, not frame numbers")

    @property
    def parts(self) -> list[Part]:
        """All of the footage, a part a video."""
        return [Part(one.stream.name, one.start, one.end) for one in self.footage]

    def outcome(self, settings: Settings | None = None) -> Outcome:
        """What the rule comes to with these settings.

        Raises:
            PipelineError: a setting cannot be.
        """
        key = json.dumps(dict(settings or {}), sort_keys=True, default=str)
        if key not in self._outcomes:
            self._outcomes[key] = self._run(settings)
        return self._outcomes[key]

    def _run(self, settings: Settings | None) -> Outcome:
        runs = self._replay.run(settings)
        labels = {name: self.labels.of(name) for name in runs}
        return Outcome(
            {name: match(run.alarms, labels[name], self.tolerance) for name, run in runs.items()},
            {name: match(run.refused, labels[name], self.tolerance) for name, run in runs.items()},
            {name: match(run.events, labels[name], self.tolerance) for name, run in runs.items()},
            {part.video: part for part in self.parts},
        )

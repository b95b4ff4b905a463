"""A search for the setting that meets a target, with what it is worth on footage that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from trackside.pipelines.scoring.rule import Part, Rule, Settings
from trackside.pipelines.scoring.score import Score
from trackside.pipelines.scoring.target import Target

# Values of `alarm.raise@1`'s settings that are tried where the user names none.
_LADDER: Mapping[str, tuple[Any, ...]] = {
    "median_score": (None, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    "least_score": (None, 0.2, 0.3, 0.4, 0.5, 0.6),
    "over": (0.6, 1.0, 1.5, 2.0, 3.0),
    "looks": (1, 2, 3, 4, 6, 8),
    "stay": (None, 0.2, 0.4, 0.6, 1.0),
    "dwell": (None, 0.5, 1.0, 1.5, 2.0),
    "moved": (None, 0.1, 0.2, 0.3, 0.5),
    "aspect": (None, (0.2, 0.8), (0.2, 0.6)),
    "merge": (None, 1.0, 2.0, 4.0),
    "merge_distance": (0.5, 1.0, 1.5),
    "wait": (1.0, 2.0, 3.0, 5.0),
}
_ROUNDS = 3
# Fewest videos from which one can be left out; else each video is cut in two halves.
_FEWEST = 2

Space = Mapping[str, Sequence[Any]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A setting and its score on the footage that it was chosen on."""

    settings: Settings
    score: Score


@dataclass(frozen=True, slots=True)
class Fold:
    """One part of the footage, scored with the setting that was chosen on the others."""

    held_out: tuple[Part, ...]
    chosen: Candidate
    score: Score


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        target: what was asked.
        best: chosen on all footage; its score flatters it.
        folds: chosen on the rest of the footage, scored on one part.
        held_out: the folds' scores together: what to expect.
        by: how the footage was held out, for the reader.
        tried: how many settings.
    """

    target: Target
    best: Candidate
    folds: tuple[Fold, ...]
    held_out: Score
    by: str
    tried: int
    space: Mapping[str, Sequence[Any]] = field(default_factory=dict, repr=False)


def default_space(rule: Rule) -> dict[str, Sequence[Any]]:
    """The ladder's settings and values to try; empty where no ladder is scored."""
    block = rule.cut.judged.block
    use = rule.cut.pipeline.blocks[block].use
    if not use.startswith("alarm.raise"):
        return {}
    return {f"{block}.{name}": values for name, values in _LADDER.items()}


def search(
    rule: Rule, target: Target, space: Space, *, draws: int = 60, seed: int = 0, progress: Progress | None = None
) -> Found:
    """Find the setting with the most recall among those that meet a target.

    Random draws of all settings, then one setting at a time from the best draw on (coordinate ascent), up to three
    rounds. The same search is done without each video in turn, and scored on it; with one video, without each half.

    Args:
        rule: the rule on its footage.
        target: most false alarms an hour.
        space: `block.setting` to the values to try.
        draws: random ones; the pipeline's own setting is tried too.
        seed: of the draws.
        progress: told how many of the searches are done.

    Raises:
        PipelineError: a value cannot be.
    """
    rng = np.random.default_rng(seed)
    candidates: list[Settings] = [{}]
    candidates += [{name: values[int(rng.integers(len(values)))] for name, values in space.items()} for _ in range(draws)]
    folds, by = _folds(rule)
    tried: set[str] = set()
    searches = _Searcher(rule, target, space, candidates, tried)
    found = []
    for number, (kept, held) in enumerate(folds):
        chosen = searches.best(kept)
        found.append(Fold(tuple(held), chosen, rule.outcome(chosen.settings).score(held)))
        if progress is not None:
            progress(number + 1, len(folds) + 1)
    best = searches.best(rule.parts)
    if progress is not None:
        progress(len(folds) + 1, len(folds) + 1)
    held_out = sum((fold.score for fold in found), start=Score())
    return Found(target, best, tuple(found), held_out, by, len(tried), dict(space))


def _folds(rule: Rule) -> tuple[list[tuple[list[Part], list[Part]]], str]:
    """Pairs of what is searched on and what is held out."""
    parts = rule.parts
    by = "each video in turn held out"
    if len(parts) < _FEWEST:
        by = "each half of the only video in turn held out"
        parts = [half for part in parts for half in _halves(part)]
    return [([one for one in parts if one != held], [held]) for held in parts], by


def _halves(part: Part) -> list[Part]:
    middle = (part.start + part.end) / 2
    return [Part(part.video, part.start, middle), Part(part.video, middle, part.end)]


@dataclass
class _Searcher:
    rule: Rule
    target: Target
    space: Space
    candidates: Sequence[Settings]
    tried: set[str]

    def best(self, parts: Sequence[Part]) -> Candidate:
        """Draw, then climb, looking at these parts only."""
        best = max((self._scored(settings, parts) for settings in self.candidates), key=self._worth)
        for _ in range(_ROUNDS):
            before = best
            for name, values in self.space.items():
                options = [self._scored({**best.settings, name: value}, parts) for value in values]
                best = max([best, *options], key=self._worth)
            if best is before:
                break
        return best

    def _scored(self, settings: Settings, parts: Sequence[Part]) -> Candidate:
        self.tried.add(repr(sorted(settings.items(), key=lambda item: item[0])))
        return Candidate(settings, self.rule.outcome(settings).score(parts))

    def _worth(self, candidate: Candidate) -> tuple[float, ...]:
        """What meets the target first; then recall, few false alarms, few repeats, early alarms, few changes."""
        score = candidate.score
        met = self.target.met(score)
        late = score.delay(0.5) if score.delays else 0.0
        quality = (score.found, -score.false, -score.duplicates, -round(late, 1), -len(candidate.settings))
        return (1.0, *quality) if met else (0.0, -score.false, *quality)

"""What a training came to, as a report: its result, beside trivial baselines and beside what is published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d

from trackside.core.findings import Finding, Measurement, Number, Verdict
from trackside.core.intervals import wilson
from trackside.core.report import Report
from trackside.lab.baselines import Score, score_baselines
from trackside.lab.metric import Metric
from trackside.lab.recipes.known import Known, known_results
from trackside.lab.tasks.preparing import Prepared
from trackside.lab.tasks.task import Examples

# Trivial models need no more than this to be measured.
_MOST_ITEMS, _RAW_SIDE = 1000, 16
_FEATURES = "linear on frozen features"


def training_report(ready: Prepared, results: Mapping[str, float], facts: Mapping[str, str]) -> Report:
    """A report of a fitted training.

    Args:
        ready: what was fitted.
        results: metrics of the validation part, by name.
        facts: what a reader must know to repeat it.
    """
    metric = ready.metrics[0]
    scores = baseline_scores(ready)
    known = known_results(ready.dataset)
    findings = (
        _result(ready, results),
        _baselines(metric, results, scores),
        _known(metric, results, known, ready),
    )
    about = {
        "data": ready.dataset,
        "task": ready.task.name,
        "recipe": ready.recipe.name,
        "recipe's source": ready.recipe.source,
    }
    about |= {"recipe's result": ready.recipe.result, "notes": "; ".join(ready.notes)}
    return Report(f"training of {ready.dataset}", tuple(one for one in findings if one), {**about, **facts})


def baseline_scores(ready: Prepared) -> tuple[Score, ...]:
    """What trivial models score on the validation part, the best first; at most 1,000 items of each part are used.

    A linear model on raw pictures sees them averaged to 16 x 16 pixels: more columns than items tell it nothing more.
    """
    if not ready.task.baselines:
        return ()
    train, held_back = (_some(examples) for examples in ready.plain)
    names: Sequence[str] = ready.task.baselines
    features = None
    if ready.recipe.mode == "frozen":
        features = tuple(_some(loader.dataset)[0] for loader in (ready.training.train, ready.training.validation))  # type: ignore[union-attr]
    else:
        names = [name for name in names if name != _FEATURES]
    classes = len(ready.classes) if train[1].dtype == np.int64 and train[1].ndim == 1 else None
    return score_baselines(train, held_back, ready.metrics[0], classes=classes, features=features, names=names)


def _some(examples: Examples) -> tuple[Any, Any]:
    """Inputs and targets of up to 1,000 examples, evenly chosen; pictures made small."""
    rows = np.linspace(0, len(examples) - 1, min(len(examples), _MOST_ITEMS)).astype(int)
    blocks = [examples.__getitems__(block.tolist()) for block in np.array_split(rows, max(1, len(rows) // 100))]
    inputs = torch.cat([_small(block[0]) for block in blocks])
    return inputs.numpy(), torch.cat([block[1] for block in blocks]).numpy()


def _small(inputs: torch.Tensor) -> torch.Tensor:
    return adaptive_avg_pool2d(inputs, _RAW_SIDE) if inputs.ndim == 4 and inputs.shape[-1] > _RAW_SIDE else inputs


def _result(ready: Prepared, results: Mapping[str, float]) -> Finding:
    """The result itself, with an interval where it is a share of items."""
    metric, count = ready.metrics[0], ready.counts[1]
    value = results.get(metric.name, math.nan)
    numbers = [Number(name, result, _unit(ready.metrics, name)) for name, result in results.items()]
    says = f"{metric.name} {value:.4g} {metric.unit}".rstrip() + f" on {count:,} of {ready.validation!r}"
    if metric.name == "accuracy" and math.isfinite(value):
        low, high = wilson(value * count, count)
        says += f", 95 % interval {low:.3f} to {high:.3f}"
        numbers += [Number("lower end", low), Number("upper end", high)]
    says += "; the epoch was chosen by the same items, so new ones will do a little worse"
    verdict = Verdict.OK if math.isfinite(value) else Verdict.UNKNOWN
    return Finding("result", "What came out?", verdict, says, Measurement(tuple(numbers)))


def _baselines(metric: Metric, results: Mapping[str, float], scores: Sequence[Score]) -> Finding | None:
    if not scores:
        return None
    value = results.get(metric.name, math.nan)
    # Where the network is itself a linear layer on frozen features, its equal is no trivial model.
    trivial = [one for one in scores if one.name != _FEATURES] or list(scores)
    plainly = metric.better(value, trivial[0].high if metric.higher_is_better else trivial[0].low)
    verdict = Verdict.OK if plainly else Verdict.WARN
    says = f"{metric.name} {value:.4g} against {', '.join(map(str, scores))}"
    evidence = Measurement(tuple(Number(one.name, one.value) for one in scores))
    step = "" if plainly else "look for what is wrong before training more: `trackside diagnose`"
    return Finding(
        "trivial-baselines", "Does it beat models that learn next to nothing?", verdict, says, evidence, next_step=step
    )


def _known(metric: Metric, results: Mapping[str, float], known: Sequence[Known], ready: Prepared) -> Finding | None:
    if not known:
        return None
    rows = [
        f"{one.model}: {one.metric} {one.shown} ({one.split}; {one.note or 'as published'}; {one.source})" for one in known
    ]
    own = f"{metric.name} {results.get(metric.name, math.nan):.4g} on {ready.validation!r}"
    own += ", split off here, which is not the published split" if ready.split_off else ""
    says = f"here {own}; published: " + " | ".join(rows)
    numbers = tuple(Number(f"{place}. {one.model}, {one.metric}", one.value, one.unit) for place, one in enumerate(known, 1))
    asks = "What do others reach on this data?"
    return Finding("known-results", asks, Verdict.NOTE, says, Measurement(numbers), reference=known[0].source)


def _unit(metrics: Sequence[Metric], name: str) -> str:
    return next((metric.unit for metric in metrics if metric.name == name), "")

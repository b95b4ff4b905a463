"""A rule's score as a report with plots: against the labels, over each threshold, by step, and what a search found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from trackside.core import Finding, Measurement, Number, Plot, Report, Verdict
from trackside.pipelines.scoring.figures import curve_figure, tally_figure
from trackside.pipelines.scoring.rates import rule_of_three
from trackside.pipelines.scoring.rule import Outcome, Rule
from trackside.pipelines.scoring.score import Score
from trackside.pipelines.scoring.search import Found
from trackside.pipelines.scoring.sweep import Curve
from trackside.pipelines.scoring.target import Target

_POISSON = "Garwood 1936, Fiducial limits for the Poisson distribution"


def rules_report(
    rule: Rule,
    outcome: Outcome,
    *,
    curves: Sequence[Curve] = (),
    target: Target | None = None,
    found: Found | None = None,
    facts: Mapping[str, str] | None = None,
) -> Report:
    """One report of all that was scored.

    Args:
        rule: what was scored, on what.
        outcome: with the pipeline's own settings.
        curves: over thresholds.
        target: what it should reach.
        found: what a search for the target came to.
        facts: files and settings, for the reader.
    """
    findings = [_scored(rule, outcome, target)]
    if any(outcome.refused.values()) or outcome.raw() != outcome.score():
        findings.append(_ladder(outcome))
    findings += [_curve(curve, target) for curve in curves]
    if found is not None:
        findings.append(_searched(found))
    name = rule.cut.pipeline.pipeline
    told = {"rule": f"{name}, {rule.cut.judged}", "tolerance": f"{rule.tolerance:g} s", **(facts or {})}
    return Report(f"Alarms of {name}", tuple(findings), told)


def sentence(score: Score) -> str:
    """A score in one sentence."""
    rate = score.false_rate
    return (
        f"{score.found} of {score.labels} labels have their alarm: recall {score.recall}, precision {score.precision}. "
        f"{_counted(score.false, 'false alarm')} in {score.hours:.3g} camera-hours: {rate} an hour."
    )


def _scored(rule: Rule, outcome: Outcome, target: Target | None) -> Finding:
    score = outcome.score()
    verdict = Verdict.NOTE
    if target is not None:
        verdict = Verdict.OK if target.met(score) else Verdict.FAIL
    if not score.labels and not score.false:
        verdict = Verdict.UNKNOWN if target is None else verdict
    by_video = [
        number for part in rule.parts for number in _numbers_of(part.video, outcome.score([part])) if len(rule.parts) > 1
    ]
    limit = rule_of_three(score.hours)
    enough = (
        target.proof(score)
        if target is not None
        else f"Even a rule without any false alarm in {score.hours:.3g} camera-hours may give {limit:.3g} an hour (95 %)."
    )
    return Finding(
        check="rule",
        asks="Does the rule alarm when it should, and only then?",
        verdict=verdict,
        says=sentence(score),
        evidence=Measurement((*_numbers(score), *by_video)),
        next_step=enough,
        reference=_POISSON,
    )


def _numbers(score: Score) -> tuple[Number, ...]:
    low, high = score.false_rate.interval
    found = [
        Number("recall", 100 * score.recall.value, "%"),
        Number("precision", 100 * score.precision.value, "%"),
        Number("false alarms", score.false),
        Number("false alarms an hour", score.false_rate.value),
        Number("at least", low, "an hour"),
        Number("at most", high, "an hour"),
        Number("repeats", score.duplicates),
        Number("footage", score.hours, "camera-hours"),
        Number("time to alarm, median", score.delay(0.5), "s"),
        Number("time to alarm, 95 %", score.delay(0.95), "s"),
    ]
    return tuple(number for number in found if math.isfinite(number.value))


def _numbers_of(video: str, score: Score) -> tuple[Number, ...]:
    return (
        Number(f"{video}: found", score.found, f"of {score.labels}"),
        Number(f"{video}: false", score.false),
    )


def _ladder(outcome: Outcome) -> Finding:
    raw, score = outcome.raw(), outcome.score()
    removed = raw.false - score.false
    lost = raw.found - score.found
    share = f" ({removed / raw.false:.0%})" if raw.false else ""
    loss = f" ({lost / raw.found:.1%})" if raw.found and lost > 0 else ""
    tallies = outcome.tally()
    numbers = [Number(f"refused by {one.step}: false", one.false) for one in tallies]
    numbers += [Number(f"refused by {one.step}: lost", one.lost) for one in tallies if one.lost]
    plots = (Plot("Events that each step refused", tally_figure(tallies)),) if tallies else ()
    return Finding(
        check="ladder",
        asks="What do the steps of the ladder refuse, and what do they lose?",
        verdict=Verdict.NOTE,
        says=(
            f"The rule alone would give {_counted(raw.false, 'false alarm')} and find {raw.found} of {raw.labels}; "
            f"the ladder takes away {_counted(removed, 'false one')}{share} "
            f"and loses {_counted(max(lost, 0), 'true one')}{loss}."
        ),
        evidence=Measurement(tuple(numbers), plots, "" if numbers else "nothing was refused"),
    )


def _curve(curve: Curve, target: Target | None) -> Finding:
    name = curve.sweep.setting
    pairs = list(zip(curve.sweep.values, curve.scores, strict=True))
    says = "This is how recall and false alarms change; all other settings are as in the pipeline."
    if target is not None:
        met = [(value, score) for value, score in pairs if target.met(score)]
        best = max(met, key=lambda pair: (pair[1].found, -pair[1].false), default=None)
        says = f"No value of {name} keeps the target." if best is None else f"Best at {best[0]}: {sentence(best[1])}"
    return Finding(
        check=name,
        asks=f"What does {name} do?",
        verdict=Verdict.NOTE,
        says=says,
        evidence=Measurement(plots=(Plot(f"Recall and false alarms over {name}", curve_figure(curve)),)),
        next_step="A value chosen on this footage looks better here than elsewhere: hold it against other footage.",
    )


def _searched(found: Found) -> Finding:
    best, held = found.best.score, found.held_out
    chosen = settings_text(found.best.settings)
    met = found.target.met(held)
    says = f"Chosen on all footage: {chosen}. There: {sentence(best)} On footage held out ({found.by}): {sentence(held)}"
    numbers = (
        Number("settings tried", found.tried),
        Number("held out: recall", 100 * held.recall.value, "%"),
        Number("held out: false alarms an hour", held.false_rate.value),
    )
    return Finding(
        check="search",
        asks=f"Which setting keeps {found.target.text or 'the target'} with the most recall?",
        verdict=Verdict.OK if met and found.target.met(best) else Verdict.WARN,
        says=says,
        evidence=Measurement(tuple(number for number in numbers if math.isfinite(number.value))),
        next_step=found.target.proof(held),
    )


def settings_text(settings: Mapping[str, Any]) -> str:
    """Settings as the command line takes them."""
    return ", ".join(f"{name}={_text(value)}" for name, value in settings.items()) or "the pipeline as it is"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return str(list(value)) if isinstance(value, tuple) else str(value)

"""A diagnosis: a report whose causes are ranked, with probability and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trackside.core.findings import Cause, Finding, Measurement, Number, Verdict
from trackside.core.report import Report
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.causes import CAUSES, HEALTHY
from trackside.lab.diagnosis.signs import Examination, Seen
from trackside.lab.diagnosis.weighing import Ranked

SHOWN = 6
LEAST = 0.003
SURE = 0.4
"""Probability of the first cause below which a diagnosis warns instead of failing."""
SPEAKS = 2.5
"""Weight of a sign from which its examination warns."""


@dataclass(frozen=True)
class Diagnosis(Report):
    """What is wrong with a run. `causes` ranks all that may be the case; `healthy` says that nothing is."""

    @property
    def healthy(self) -> bool:
        """Whether nothing was found to be wrong."""
        return bool(self.causes) and self.causes[0].id == HEALTHY


def report(case: Case, seen: Sequence[tuple[Examination, Seen]], ranked: Sequence[Ranked], seconds: float) -> Diagnosis:
    """The report of an examined run: the ranked causes first, then what was seen."""
    facts = {
        "steps": f"{case.steps:,}",
        "experiments": ", ".join(case.trials) or "none",
        "time of the diagnosis": f"{seconds:.0f} s",
    }
    unasked = [f"{one.name} ({what.missing})" for one, what in seen if what.missing]
    if not case.recording.losses:
        facts["loss"] = "no backward pass was seen (torch.autograd.grad is not watched): only the outcome was judged"
    if case.recording.trouble:
        facts["watching"] = case.recording.trouble
    if unasked:
        facts["not asked"] = "; ".join(unasked)
    first = _first(case, ranked)
    findings = (_finding(one, what, first.verdict is Verdict.OK) for one, what in seen if not what.missing)
    return Diagnosis("Diagnosis of a training run", (first, *findings), facts)


def _first(case: Case, ranked: Sequence[Ranked]) -> Finding:
    numbers = [("skill on the training split", case.reached), ("skill on the validation split", case.reached_validation)]
    evidence = Measurement(tuple(Number(name, value) for name, value in numbers if value == value))
    top = ranked[0]
    if top.id == HEALTHY:
        cause = Cause("nothing is wrong with the run", top.probability, HEALTHY, "no experiment did plainly better")
        return Finding("diagnosis", "What is wrong?", Verdict.OK, "the run is healthy", evidence, (cause,))
    faults = [one for one in ranked if one is top or (one.id != HEALTHY and one.signs and one.probability >= LEAST)][:SHOWN]
    causes = tuple(_cause(one) for one in faults)
    verdict, says = Verdict.FAIL, CAUSES[top.id].what
    if top.probability < SURE:
        verdict, says = Verdict.WARN, f"something seems wrong, and nothing points clearly; the likeliest: {says}"
    return Finding("diagnosis", "What is wrong?", verdict, says, evidence, causes, CAUSES[top.id].remedy)


def _cause(one: Ranked) -> Cause:
    evidence = "; ".join(sign.says for sign in one.signs[:3])
    return Cause(CAUSES[one.id].what, one.probability, one.id, evidence)


def _finding(one: Examination, seen: Seen, healthy: bool) -> Finding:
    """What an examination saw. It warns where it spoke for a cause, unless all in all the run is healthy."""
    speaking = any(sign.weight >= SPEAKS for sign in seen.signs)
    verdict = Verdict.WARN if speaking and not healthy else Verdict.OK
    return Finding(one.name, one.asks, verdict, seen.says, seen.measurement, reference=one.source)

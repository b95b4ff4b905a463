"""Findings of the analysis of errors, as one report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trackside.core.findings import Finding, Measurement, Number, Plot, Threshold, Verdict, judge
from trackside.core.report import Report
from trackside.lab.errors.compare import Comparison, Moved
from trackside.lab.errors.ideas import Idea, Ideas
from trackside.lab.errors.slices import Slices

_NG = "Ng, Machine Learning Yearning, chapters 13 to 19"
_ENOUGH = Threshold(
    "looked at",
    at_least=50,
    otherwise=Verdict.NOTE,
    reason="with fewer, a share of 20 % is known to no better than 11 points",
)
_NO_SLICE = Threshold("slices", at_most=0, otherwise=Verdict.WARN, reason="with random mistakes 5 % of runs name one")
_BETTER = Threshold("points gained", at_least=0, otherwise=Verdict.WARN, reason="a fix should not add mistakes")


def ideas_report(found: Ideas) -> Report:
    """The ceilings of all ideas: one finding with numbers and a plot, and one for what was asked together."""
    best = found.single[0] if found.single else None
    says = f"{found.looked_at} of {found.mistakes} mistakes looked at, error rate {found.error_rate:.1%}"
    says += f"; most promising: {told(best, found)}" if best else "; nothing is tagged yet"
    numbers = [
        Number("error rate", 100 * found.error_rate, "%"),
        Number("looked at", found.looked_at),
        Number("explained by no tag", 100 * found.untagged, "%"),
        *(Number(f"ceiling: {idea.name}", round(100 * idea.ceiling, 2), "%") for idea in found.single),
    ]
    plots = (Plot("Error rate if every mistake of an idea were solved", ceilings_figure(found)),) if best else ()
    finding = _finding("error-ideas", "What could each idea gain?", says, tuple(numbers), plots, (_ENOUGH,), _NG)
    together = [
        Finding(
            "error-ideas-together", "What could these ideas gain together?", Verdict.OK, told(idea, found), reference=_NG
        )
        for idea in found.together
    ]
    return Report("Error analysis", (finding, *together))


def told(idea: Idea, whole: Ideas) -> str:
    """An idea in one clause, with its intervals."""
    low, high = idea.ceiling_interval
    price = f", {idea.points_per_day:.2g} points a person day" if not math.isnan(idea.points_per_day) else ""
    return (
        f"{idea.name}: {idea.share:.0%} of mistakes ({idea.share_interval[0]:.0%} to {idea.share_interval[1]:.0%}), "
        f"error rate {whole.error_rate:.1%} -> {idea.ceiling:.1%} ({low:.1%} to {high:.1%}){price}"
    )


def slices_report(found: Slices) -> Report:
    """A finding for the question, and one a slice."""
    asks = "Are there groups of items that fail more often than the rest?"
    numbers = (Number("slices", len(found.found)), Number("conditions and pairs tried", found.tried))
    says = found.missing or (
        f"{len(found.found)} found and confirmed" if found.found else f"none among {found.tried} conditions and pairs"
    )
    measured = Measurement(missing=found.missing) if found.missing else Measurement(numbers)
    verdict = judge(measured, (_NO_SLICE,)).verdict
    findings = [Finding("error-slices", asks, verdict, says, measured, reference="Eyuboglu et al., Domino, ICLR 2022")]
    for one in found.found:
        says = (
            f"{one.name}: error rate {one.rate:.1%} ({one.interval[0]:.1%} to {one.interval[1]:.1%}), rest {one.rest:.1%}; "
            f"{len(one)} items{'; ' + one.about if one.about else ''}"
        )
        facts = (Number("items", len(one)), Number("mistakes", one.mistakes), Number("p", one.p_value))
        step = "look at its mistakes, then collect or correct such items"
        findings.append(Finding("error-slice", asks, Verdict.WARN, says, Measurement(facts), next_step=step))
    return Report("Slices that fail", tuple(findings))


def comparison_report(found: Comparison) -> Report:
    """What moved: one finding for the whole, one for each part that moved beyond chance."""
    numbers = (
        Number("points gained", round(-found.all.change, 3), "%"),
        Number("fixed", found.all.fixed),
        Number("new", found.all.new),
        Number("p", found.all.p_value),
    )
    says = _moved(found.all)
    left = found.only_before + found.only_after
    says += f"; {left} answers are in one run only and left out" if left else ""
    first = _finding(
        "error-compare", "What did the change do?", says, numbers, (), (_BETTER,), "McNemar, Psychometrika 12, 1947"
    )
    findings = [first]
    for part in found.parts:
        if part.p_value <= 0.05:
            worse = part.kind != "tag" and part.new > part.fixed
            verdict = Verdict.WARN if worse else Verdict.OK
            findings.append(Finding("error-compare-part", f"What moved in {part.name}?", verdict, _moved(part)))
    return Report("Before and after", tuple(findings))


def _moved(part: Moved) -> str:
    if part.kind == "tag":
        others = "" if math.isnan(part.others_fixed) else f", of the others {part.others_fixed:.0%}"
        return f"{part.name}: {part.fixed} of {part.count} mistakes fixed{others} (p {part.p_value:.2g})"
    chance = "beyond chance" if part.p_value <= 0.05 else "within chance"
    rates = f"error rate {part.before / part.count:.1%} -> {part.after / part.count:.1%}"
    return f"{part.name}: {rates}, {part.fixed} fixed, {part.new} new; {chance} (p {part.p_value:.2g})"


def _finding(
    check: str,
    asks: str,
    says: str,
    numbers: tuple[Number, ...],
    plots: tuple[Plot, ...],
    thresholds: Sequence[Threshold],
    source: str,
) -> Finding:
    measured = Measurement(numbers, plots)
    return Finding(check, asks, judge(measured, thresholds).verdict, says, measured, reference=source)


def ceilings_figure(found: Ideas) -> dict[str, Any]:
    """A bar an idea: the error rate at its ceiling with its interval, beside the error rate as it is (Plotly)."""
    shown = [*found.single, *found.together][::-1]
    low = [100 * (idea.ceiling - idea.ceiling_interval[0]) for idea in shown]
    high = [100 * (idea.ceiling_interval[1] - idea.ceiling) for idea in shown]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [idea.name for idea in shown],
        "x": [100 * idea.ceiling for idea in shown],
        "error_x": {"type": "data", "symmetric": False, "array": high, "arrayminus": low},
        "text": [f"{idea.share:.0%} of mistakes" for idea in shown],
    }
    line = {"type": "line", "x0": 100 * found.error_rate, "x1": 100 * found.error_rate, "y0": 0, "y1": 1, "yref": "paper"}
    layout = {
        "xaxis": {"title": {"text": "error rate, % (line: as it is)"}, "rangemode": "tozero"},
        "yaxis": {"automargin": True},
        "shapes": [line],
    }
    return {"data": [bars], "layout": layout}

"""Error decomposed from human to test, as a report: which gap is real, which is largest, what closes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackside.core.findings import Cause, Finding, Measurement, Number, Plot, Verdict
from trackside.core.report import Report
from trackside.lab.variance.gaps import SPLITS, Gap, gaps
from trackside.lab.variance.splits import Measured

SOURCE = "Ng 2018, Machine Learning Yearning, chapters 20 to 43"
MATTERS = 0.01
"""A gap below this is left alone: one more right answer in a hundred."""


def decompose(errors: Mapping[str, Measured], *, matters: float = MATTERS) -> Report:
    """Where error comes from, each gap with its 95 % interval, and what to do about the largest.

    A gap counts as a problem where its interval lies above zero and its size above `matters`; where the interval holds
    zero, the splits are too small to tell, which is said with the number of items that it would take.

    Args:
        errors: by split, see `gaps`.
        matters: size below which a gap is left alone.

    Raises:
        InputError: see `gaps`.
    """
    found = gaps(errors)
    problems = sorted((gap for gap in found if gap.real and gap.size >= matters), key=lambda gap: -gap.size)
    findings = tuple(_finding(gap, errors, matters) for gap in found)
    facts = {"errors": ", ".join(f"{name} {_shown(errors[name])}" for name in SPLITS if name in errors)}
    return Report("Bias and variance", (_next(problems, errors), *findings), facts)


def _next(problems: list[Gap], errors: Mapping[str, Measured]) -> Finding:
    """What to do next: the remedies of the largest real gap."""
    evidence = Measurement(
        tuple(Number(f"error on {name}", errors[name].error) for name in SPLITS if name in errors), (_plot(errors),)
    )
    asks = "What limits the model?"
    if not problems:
        return Finding(
            "limit", asks, Verdict.OK, "no gap is both real and large enough to matter", evidence, reference=SOURCE
        )
    first = problems[0]
    whole = sum(gap.size for gap in problems)
    causes = tuple(Cause(f"{gap.kind.name}, {gap.size:.3g} of error", gap.size / whole) for gap in problems)
    says = f"{first.kind.name} limits the model: {first.size:.3g} of error between {first.below} and {first.above}"
    return Finding("limit", asks, Verdict.WARN, says, evidence, causes, "; or ".join(first.kind.remedies), SOURCE)


def _finding(gap: Gap, errors: Mapping[str, Measured], matters: float) -> Finding:
    numbers = (Number("gap", gap.size), Number("low", gap.low), Number("high", gap.high))
    name = gap.kind.name.replace(" ", "-")
    says = f"{gap.size:+.3g} from {gap.below} to {gap.above} (95 % interval {gap.low:+.3g} to {gap.high:+.3g})"
    if gap.real and gap.size >= matters:
        remedy = "; or ".join(gap.kind.remedies)
        return Finding(name, gap.kind.asks, Verdict.WARN, says, Measurement(numbers), (), remedy, SOURCE)
    if gap.high < matters or gap.real:
        return Finding(name, gap.kind.asks, Verdict.OK, says, Measurement(numbers), reference=SOURCE)
    says = f"{says}: the splits are too small to tell"
    return Finding(name, gap.kind.asks, Verdict.UNKNOWN, says, Measurement(numbers), (), _more(gap, errors, matters), SOURCE)


def _more(gap: Gap, errors: Mapping[str, Measured], matters: float) -> str:
    """How many items it would take: widths shrink with the root of the count."""
    half, wished = (gap.high - gap.low) / 2, max(matters, abs(gap.size))
    smaller = min((name for name in (gap.below, gap.above) if errors[name].count), key=lambda name: errors[name].count or 0)
    needed = int((errors[smaller].count or 0) * (half / wished) ** 2) + 1
    return f"measure on about {needed:,} items of {smaller} instead of {errors[smaller].count:,}"


def _shown(measured: Measured) -> str:
    low, high = measured.interval
    return (
        f"{measured.error:.3g}"
        if measured.count is None
        else f"{measured.error:.3g} ({low:.3g} to {high:.3g}, {measured.count:,} items)"
    )


def _plot(errors: Mapping[str, Measured]) -> Plot:
    """Errors from split to split, with intervals."""
    names = [name for name in SPLITS if name in errors]
    ends = [errors[name].interval for name in names]
    bars: dict[str, Any] = {
        "type": "data",
        "symmetric": False,
        "array": [high - errors[name].error for name, (_, high) in zip(names, ends, strict=True)],
        "arrayminus": [errors[name].error - low for name, (low, _) in zip(names, ends, strict=True)],
    }
    trace = {"type": "bar", "x": names, "y": [errors[name].error for name in names], "error_y": bars}
    return Plot("Error from split to split", {"data": [trace], "layout": {"yaxis": {"title": {"text": "error"}}}})

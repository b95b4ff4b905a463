"""A check: a question, a function that measures, and thresholds that judge what it measured.

```python
@check("blur", asks="Are there blurred pictures?", costs="one pass over the pictures", source="...", thresholds=(...,))
def blur(subject: Subject) -> Answer: ...
```
The function never judges, and whoever disagrees with a verdict changes a threshold. A check that breaks costs the others
nothing: its finding says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trackside.core.errors import TracksideError
from trackside.core.findings import Cause, Finding, Judgement, Measurement, Threshold, Verdict, judge

S = TypeVar("S")
"""What a check looks at: a data set, a training run, an application."""
E = TypeVar("E")
"""What a check hands on besides its finding, such as the items that somebody should look at."""


@dataclass(frozen=True)  # No slots: `Answer[X](...)` notes its type on the instance.
class Answer(Generic[E]):
    """What a check's function gives: a measurement in words, without a verdict.

    Attributes:
        measurement: numbers and plots, or why there are none.
        says: the answer in one sentence, with the numbers that matter.
        causes: likely causes, most likely first.
        next_step: the next experiment or the remedy, if the verdict is not `ok`.
        extra: what it hands on besides.
        applies: False where the question does not arise (no boxes: no question about boxes); such answers are left out.
    """

    measurement: Measurement = field(default_factory=Measurement)
    says: str = ""
    causes: tuple[Cause, ...] = ()
    next_step: str = ""
    extra: E | None = None
    applies: bool = True


@dataclass(frozen=True)
class Check(Generic[S, E]):
    """A question that can be asked of a subject.

    Attributes:
        name: `split-leakage`.
        asks: the question, as a person would ask it.
        measure: the function that measures.
        thresholds: what judges the numbers.
        costs: what it takes: "one pass over the pictures".
        source: the paper, page or standard that it rests on.
    """

    name: str
    asks: str
    measure: Callable[[S], Answer[E]]
    thresholds: tuple[Threshold, ...] = ()
    costs: str = ""
    source: str = ""

    def __call__(self, subject: S) -> tuple[Finding, Answer[E]]:
        """Measure and judge. An exception of the check itself becomes a finding with the verdict `error`."""
        try:
            answer = self.measure(subject)
            verdict = judge(answer.measurement, self.thresholds)
        except Exception as error:
            return self._broken(error), Answer()
        return self._finding(answer, verdict), answer

    def _finding(self, answer: Answer[E], judgement: Judgement) -> Finding:
        fine = judgement.verdict is Verdict.OK
        return Finding(
            self.name,
            self.asks,
            judgement.verdict,
            answer.says or answer.measurement.missing,
            answer.measurement,
            () if fine else answer.causes,
            "" if fine else answer.next_step,
            self.source,
        )

    def _broken(self, error: Exception) -> Finding:
        known = isinstance(error, TracksideError)
        says = str(error) if known else f"the check broke ({type(error).__name__}: {error})"
        next_step = "" if known else "please report this; the other checks are not touched"
        return Finding(self.name, self.asks, Verdict.ERROR, says, next_step=next_step, reference=self.source)


def check(
    name: str, *, asks: str, costs: str = "", source: str = "", thresholds: Sequence[Threshold] = ()
) -> Callable[[Callable[[S], Answer[E]]], Check[S, E]]:
    """Make a check of a function that measures; see the top of this file."""

    def made(measure: Callable[[S], Answer[E]]) -> Check[S, E]:
        return Check(name, asks, measure, tuple(thresholds), costs, source)

    return made

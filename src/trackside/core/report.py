"""One report for all findings: in the terminal, as a single HTML file, as JSON.

Names, sentences and figures may come from strangers' files. HTML is escaped by Jinja2, figures are JSON with `<` escaped
and a content security policy keeps the page from loading or sending anything; control characters never reach the
terminal.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackside.core.errors import InputError
from trackside.core.files import write_text
from trackside.core.findings import SEVERITY, Cause, Finding, Plot, Verdict, plain, worst
from trackside.core.printing import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_COLOURS = {"ok": "green", "note": "cyan", "warn": "yellow", "unknown": "magenta", "error": "bright_red", "fail": "red"}
_MARKS = {"ok": "✓", "note": "•", "warn": "!", "unknown": "?", "error": "×", "fail": "✗"}


@dataclass(frozen=True, slots=True)
class Report:
    """Findings about one thing.

    Attributes:
        title: what the report is about.
        findings: the answers, in the order in which the questions were asked.
        facts: what a reader must know to repeat it: versions, files, settings. Name to text.
    """

    title: str
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all findings."""
        return worst([finding.verdict for finding in self.findings])

    @property
    def sorted_findings(self) -> tuple[Finding, ...]:
        """What needs attention first; the order of asking within a verdict."""
        return tuple(sorted(self.findings, key=lambda finding: -SEVERITY[finding.verdict]))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Causes of all findings that have a stable id, most probable first; each once, with its highest probability."""
        best: dict[str, Cause] = {}
        for cause in (cause for finding in self.findings for cause in finding.causes if cause.id):
            if cause.id not in best or (cause.probability or 0.0) > (best[cause.id].probability or 0.0):
                best[cause.id] = cause
        return tuple(sorted(best.values(), key=lambda cause: -(cause.probability or 0.0)))

    def counts(self) -> dict[str, int]:
        """How many findings have each verdict that occurs, worst first."""
        counts = Counter(finding.verdict.value for finding in self.findings)
        return {name: counts[name] for name in sorted(counts, key=lambda name: -SEVERITY[name])}

    def to_json(self) -> str:
        """The report as strict JSON text, without NaN."""
        data = {
            "title": self.title,
            "verdict": self.verdict.value,
            "facts": dict(self.facts),
            "causes": [cause.to_json() for cause in self.causes],
            "findings": [finding.to_json() for finding in self.findings],
        }
        return json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that `to_json` wrote.

        Raises:
            InputError: the text is no such report.
        """
        try:
            data = json.loads(text)
            findings = tuple(Finding.from_json(finding) for finding in data["findings"])
            return cls(data["title"], findings, dict(data["facts"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"this is no report ({error!r})", fix="use JSON that a report wrote") from None

    def to_html(self) -> str:
        """One page that needs nothing else: styles, pictures and, for Plotly figures, the plotting code are inside."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        folder = Path(__file__).parent / "templates"
        environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
        drawn = [plot for finding in self.findings for plot in finding.evidence.plots if plot.figure is not None]
        return environment.get_template("report.html").render(
            report=self, marks=_MARKS, picture=_picture, figure=_figure, plotting=_plotting_code() if drawn else ""
        )

    def show(self, console: Console | None = None, *, brief: bool = False) -> None:
        """Print the report.

        Args:
            console: where; the terminal if None.
            brief: findings that are fine take one line: what was measured for them is left to the page.
        """
        from rich.console import Console as RichConsole

        target = console or RichConsole()
        for part in self._terminal(brief):
            target.print(part)

    def save(self, path: Path) -> None:
        """Write the report, whole or not at all: JSON for `.json`, otherwise HTML.

        Raises:
            OutputError: no space, no permission.
        """
        write_text(path, self.to_json() if path.suffix == ".json" else self.to_html())

    def _terminal(self, brief: bool) -> list[RenderableType]:
        summary = ", ".join(f"{count} {name}" for name, count in self.counts().items()) or "nothing was asked"
        heading = _text(self.title, "bold")
        heading.append_text(_text(f"  {summary}", "dim"))
        return [heading, *(_lines(finding, brief and finding.verdict is Verdict.OK) for finding in self.sorted_findings)]


def _lines(finding: Finding, brief: bool) -> RenderableType:
    """A finding in the terminal: verdict and answer, then whatever there is of evidence, causes, remedy, reference."""
    from rich.table import Table

    head = _text(finding.check, "bold")
    head.append_text(_text(f"  {finding.says or finding.asks}"))
    lines = Table.grid(padding=(0, 1))
    lines.add_column(width=10, no_wrap=True)
    lines.add_row(_text(f"{_MARKS[finding.verdict]} {finding.verdict.value}", f"bold {_COLOURS[finding.verdict]}"), head)
    if brief:
        return lines
    told = any(cause.evidence for cause in finding.causes)  # What speaks for a cause deserves a line of its own.
    causes = [_cause(cause) for cause in finding.causes]
    details = [
        ("measured", ", ".join(str(number) for number in finding.evidence.numbers) or finding.evidence.missing),
        *(("likely", cause) for cause in (causes if told else ["; ".join(causes)])),
        ("next", finding.next_step),
        ("see", finding.reference),
    ]
    for name, text in details:
        if text:
            lines.add_row(_text(f"  {name}", "dim"), _text(text, "dim"))
    return lines


def _cause(cause: Cause) -> str:
    """A cause in the terminal: what, how probable, what speaks for it."""
    shown = cause.what if cause.probability is None else f"{cause.what} ({cause.probability:.0%})"
    return f"{shown}: {cause.evidence}" if cause.evidence else shown


def _text(text: str, style: str = "") -> Text:
    """Text for the terminal, without markup or control characters."""
    from rich.text import Text as RichText

    return RichText(printable(text), style=style)


def _picture(plot: Plot) -> str:
    """The address of a PNG inside the page."""
    return "data:image/png;base64," + base64.b64encode(plot.png or b"").decode("ascii")


def _figure(plot: Plot) -> Any:
    """A figure as JSON that may stand inside a script element."""
    from markupsafe import Markup

    text = json.dumps(plain(plot.figure), allow_nan=False, default=str)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _plotting_code() -> Any:
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs())

"""One report, three forms, no way in for hostile text."""

from __future__ import annotations

import html.parser
import io
import json
import math
from pathlib import Path

import pytest
from rich.console import Console

from trackside.core import Cause, Finding, InputError, Measurement, Number, Plot, Report, Verdict

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> [bold red]{{7*7}}[/] \x1b[2J\u202e"
CALM = Finding("balance", "Are the classes balanced?", Verdict.OK, "They are.")


def hostile() -> Report:
    figure = {"data": [{"y": [1.0, math.nan], "name": HOSTILE}], "layout": {"title": {"text": HOSTILE}}}
    evidence = Measurement((Number(HOSTILE, 1.5, HOSTILE),), (Plot(HOSTILE, figure), Plot(HOSTILE, png=b"\x89PNG")), HOSTILE)
    bad = Finding(HOSTILE, HOSTILE, Verdict.FAIL, HOSTILE, evidence, (Cause(HOSTILE, 0.5),), HOSTILE, HOSTILE)
    return Report(HOSTILE, (CALM, bad), {HOSTILE: HOSTILE})


class Page(html.parser.HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shown(report: Report, *, brief: bool = False, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    report.show(console, brief=brief)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_hostile_text_brings_no_element_no_handler_and_no_address_into_the_page() -> None:
    page = Page(hostile().to_html())
    # The plotting code and one script for the one figure; one picture, the PNG that the report holds.
    assert page.tags.count("script") == 2
    assert page.tags.count("img") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    addresses = [value for name, value in page.attributes if name in ("src", "href")]
    assert addresses == ["data:image/png;base64,iVBORw=="]
    assert any(HOSTILE in words for words in page.words)


def test_a_page_without_figures_is_small_and_has_no_script() -> None:
    page = Report("Health", (CALM,)).to_html()
    assert len(page) < 20_000
    assert "<script" not in page
    assert "http://" not in page and "https://" not in page


def test_a_report_without_findings_says_so() -> None:
    empty = Report("Health")
    assert empty.verdict is Verdict.OK
    assert "nothing was asked" in empty.to_html()
    assert "nothing was asked" in shown(empty)


def test_the_terminal_shows_verdict_evidence_causes_and_remedy_without_control_characters() -> None:
    text = shown(hostile())
    assert "\x1b" not in text and "\u202e" not in text
    assert "[bold red]" in text
    for part in ("fail", "measured", "likely", "(50%)", "next", "see", "1 fail, 1 ok"):
        assert part in text


def test_in_brief_only_what_is_fine_loses_its_numbers() -> None:
    evidence = Measurement((Number("share", 0.25),))
    fine, bad = (Finding(v.value, "?", v, "Says.", evidence) for v in (Verdict.OK, Verdict.WARN))
    assert shown(Report("All", (fine, bad))).count("measured") == 2
    assert shown(Report("All", (fine, bad)), brief=True).count("measured") == 1
    assert "measured" not in shown(Report("All", (fine,)), brief=True)


def test_long_answers_keep_clear_of_the_column_of_verdicts() -> None:
    wrapped = shown(Report("All", (Finding("blur", "?", Verdict.OK, "word " * 40),)), width=60).splitlines()[2:]
    assert len(wrapped) > 2 and all(line.startswith(" " * 10) for line in wrapped if line.strip())


def test_what_needs_attention_comes_first() -> None:
    findings = [Finding(verdict.value, "?", verdict) for verdict in Verdict]
    report = Report("All", tuple(findings))
    assert report.verdict is Verdict.FAIL
    assert [f.check for f in report.sorted_findings] == ["fail", "error", "unknown", "warn", "note", "ok"]
    assert list(report.counts().values()) == [1] * 6


def test_json_is_strict_and_comes_back_the_same() -> None:
    text = hostile().to_json()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    back = Report.from_json(text)
    assert back.to_json() == text
    assert back.title == HOSTILE and back.facts == {HOSTILE: HOSTILE}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"title": "a", "findings": [{}], "facts": {}}', "null"])
def test_json_that_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Report.from_json(text)


def test_the_ending_of_the_name_says_the_form(tmp_path: Path) -> None:
    report = Report("Health", (CALM,))
    report.save(tmp_path / "r.json")
    report.save(tmp_path / "r.html")
    assert Report.from_json((tmp_path / "r.json").read_text("utf-8")) == report
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")

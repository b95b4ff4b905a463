"""The list of causes is what the page says."""

from pathlib import Path

from trackside.lab.diagnosis.causes import CAUSES
from trackside.lab.diagnosis.signs import Sign
from trackside.lab.diagnosis.weighing import weigh

PAGE = Path(__file__).parents[3] / "docs" / "diagnosis.md"


def test_the_page_lists_every_cause_with_its_meaning_and_remedy():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{cause.id}` | {cause.what} | {cause.remedy} |" for cause in CAUSES.values()]


def test_without_signs_a_run_is_healthy():
    assert weigh([])[0].id == "healthy"


def test_probabilities_add_up_and_signs_against_a_cause_lower_it():
    signs = [Sign("leakage", 6.0, "copies"), Sign("sign-error", 6.0, "rises"), Sign("sign-error", -3.0, "falls")]
    ranked = weigh(signs)
    assert abs(sum(one.probability for one in ranked) - 1) < 1e-9
    assert ranked[0].id == "leakage"
    odds = {one.id: one.probability for one in ranked}
    assert abs(odds["leakage"] / odds["sign-error"] - 2.718281828**3) < 1e-3

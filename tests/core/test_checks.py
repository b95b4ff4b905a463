"""Checks measure; thresholds judge; a check that breaks costs the others nothing."""

import pytest

from trackside.core import Cause, InputError, Measurement, Number, Threshold, Verdict
from trackside.core.checks import Answer, check

LIMIT = Threshold("share", at_most=0.1, otherwise=Verdict.WARN, reason="a tenth is what people bear")


@check("share", asks="Is the share small?", source="experience", thresholds=(LIMIT,))
def share(subject: float) -> Answer[tuple[str, ...]]:
    """What a tenth is."""
    if subject < 0:
        raise InputError("a share is not negative", fix="give 0 to 1")
    return Answer(
        Measurement((Number("share", subject),)), f"the share is {subject}", (Cause("bad luck"),), "try again", ("a", "b")
    )


def test_what_keeps_the_limit_is_ok_and_asks_for_nothing():
    finding, answer = share(0.05)
    assert finding.verdict is Verdict.OK
    assert (finding.causes, finding.next_step) == ((), "")
    assert finding.says == "the share is 0.05"
    assert answer.extra == ("a", "b")


def test_what_breaks_the_limit_says_why_and_what_next():
    finding, _ = share(0.5)
    assert finding.verdict is Verdict.WARN
    assert finding.causes == (Cause("bad luck"),)
    assert finding.next_step == "try again"
    assert finding.reference == "experience"


def test_a_number_that_is_nan_is_unknown():
    assert share(float("nan"))[0].verdict is Verdict.UNKNOWN


def test_what_is_known_to_go_wrong_is_said_in_one_sentence():
    finding, answer = share(-1)
    assert finding.verdict is Verdict.ERROR
    assert finding.says == "a share is not negative; give 0 to 1"
    assert answer.extra is None


def test_a_check_that_breaks_is_a_finding():
    @check("broken", asks="Does it work?")
    def broken(_: object) -> Answer[None]:
        raise ZeroDivisionError("division by zero")

    finding, _ = broken(None)
    assert finding.verdict is Verdict.ERROR
    assert "ZeroDivisionError: division by zero" in finding.says
    assert "report this" in finding.next_step


def test_nothing_measured_is_unknown_and_says_why():
    @check("empty", asks="Anything?")
    def empty(_: object) -> Answer[None]:
        return Answer(Measurement(missing="there is nothing"))

    finding, _ = empty(None)
    assert (finding.verdict, finding.says) == (Verdict.UNKNOWN, "there is nothing")


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_program_is_heard(interrupt):
    @check("stopped", asks="Stop?")
    def stopped(_: object) -> Answer[None]:
        raise interrupt

    with pytest.raises(interrupt):
        stopped(None)

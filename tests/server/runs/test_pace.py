from __future__ import annotations

import pytest

from trackside.pipelines.progress import Progress
from trackside.server.runs.pace import Pace
from trackside.server.runs.reporting import Reporter


def test_nothing_is_told_before_there_is_anything_to_tell_it_by() -> None:
    pace = Pace()
    pace.add(Progress("s", 0.1, 10, 1.0), at=0.0)
    assert (pace.rate, pace.seconds_left, pace.seconds_each) == (0.0, None, None)


def test_the_last_half_minute_counts() -> None:
    pace = Pace()
    for second in range(101):
        # A slow minute, then four times as fast.
        done = second if second < 60 else 60 + 4 * (second - 60)
        pace.add(Progress("s", done / 400, done, float(second)), at=float(second))
    assert pace.rate == pytest.approx(4.0)
    assert pace.seconds_left == pytest.approx((400 - 220) / 4)
    assert pace.seconds_each == pytest.approx(100)


def test_stages_follow_the_engine() -> None:
    reporter = Reporter()
    assert reporter.report.stage == "starting"
    reporter(Progress("s", 0.5, 5, 1.0))
    assert reporter.report.stage == "working"
    reporter(Progress("s", 1.0, 10, 2.0, stage="writing"))
    assert (reporter.report.stage, reporter.report.seconds_left) == ("writing", None)
    reporter.store()
    assert (reporter.report.stage, reporter.report.fraction, reporter.report.records) == ("storing", 1.0, 10)
    reporter(Progress("s", 1.0, 10, 2.0, "done"))
    assert reporter.report.stage == "storing"

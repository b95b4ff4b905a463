"""Alarms: raised only if every reason passed, and told with the reasons that decided."""

from __future__ import annotations

import json
import math

from trackside.core import Alarm, Look, Reason

GOOD = Reason("median score", True, "median score 0.71, at least 0.5 was asked", 0.71, 0.5)
BAD = Reason("size", False, "0.2 m tall, from 1 to 2.3 m was asked", 0.2, 1.0)


def test_an_alarm_without_reasons_against_it_is_raised() -> None:
    assert Alarm("gate", "enter", 1.0, 1.2, reasons=(GOOD,)).raised
    assert not Alarm("gate", "enter", 1.0, 1.2, reasons=(GOOD, BAD)).raised


def test_a_raised_alarm_tells_all_reasons_and_a_refused_one_those_against_it() -> None:
    assert Alarm("gate", "enter", 1.0, 1.2, reasons=(GOOD,)).why == GOOD.text
    assert Alarm("gate", "enter", 1.0, 1.2, reasons=(GOOD, BAD)).why == BAD.text


def test_the_json_of_an_alarm_has_no_nan_and_keeps_its_looks() -> None:
    alarm = Alarm("gate", "enter", 1.0, 1.2, 7, looks=(Look(0.8, (1.0, 2.0, 3.0, 4.0), 0.9),), value=math.nan)
    told = json.loads(json.dumps(alarm.as_json(), allow_nan=False))
    assert told["value"] is None and told["score"] is None
    assert told["looks"] == [{"time": 0.8, "box": [1.0, 2.0, 3.0, 4.0], "score": 0.9}]

"""The block `alarm.raise@1`: in a pipeline, on settings, and with events of several rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.perception.alarms.scenes import Person, frames
from trackside.core import Alarms, Events, PipelineError, SettingError, Tracks
from trackside.pipelines import find_block
from trackside.pipelines.blocks.alarm import RaiseAlarms
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline

QUIET: dict[str, Any] = {"median_score": None, "looks": 1, "stay": None, "moved": None, "dwell": None, "merge": None}
GROUND = [(0, 0, 0, 0), (100, 0, 2, 0), (100, 100, 2, 2), (0, 100, 0, 2)]


def event(name: str, time: float, place: str = "yard", track: int = 1) -> Events:
    return Events((name,), np.array([time]), np.array([track]), (place,))


def at(time: float, person: Person | None = None) -> Tracks:
    return next(tracks for now, tracks, _ in frames([person or Person(1, 0, 9)], 10, 9) if now >= time - 1e-9)


def test_events_of_several_rules_enter_and_both_ports_are_alarms() -> None:
    block = RaiseAlarms(**QUIET, ignore={"left": [(0, 0), (200, 0), (200, 400)]})
    alarms, refused = block(at(1), (640, 480), 1.0, event("enter", 1.0), event("cross_in", 0.9, "gate"))
    assert isinstance(alarms, Alarms)
    assert [(alarm.what, alarm.rule) for alarm in alarms] == [("cross_in", "gate"), ("enter", "yard")]
    assert not len(refused)


def test_a_name_is_the_alarms_name() -> None:
    (alarm,) = RaiseAlarms(**QUIET, name="intrusion")(at(1), (640, 480), 1.0, event("enter", 1.0)).alarms
    assert (alarm.rule, alarm.place) == ("intrusion", "yard")


def test_corners_as_fractions_fit_any_picture() -> None:
    # The foot point is at 300, 300.
    right = {"right": [(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)]}
    for size, raised in (((500, 400), 1), ((1000, 400), 0)):
        block = RaiseAlarms(**QUIET, within=right, coordinates="fraction")
        assert len(block(at(1), size, 1.0, event("enter", 1.0)).alarms) == raised


def test_metres_come_from_points_on_the_ground() -> None:
    # 100 pixels high at 2 cm a pixel: 2 m.
    asked = {**QUIET, "unit": "metres", "ground": GROUND}
    for limits, raised in (((1.8, 2.2), 1), ((2.3, 3.0), 0)):
        decided = RaiseAlarms(**asked, height=limits)(at(1), (640, 480), 1.0, event("enter", 1.0))
        assert len(decided.alarms) == raised


def test_rules_that_give_nothing_are_no_trouble_and_state_goes_with_tracks_and_streams() -> None:
    block = RaiseAlarms(**{**QUIET, "dwell": 3.0})
    block.on_track_end(4)
    block.on_stream_end()
    assert block(at(1), (640, 480), 1.0) == (Alarms(), Alarms())
    block(at(1.1), (640, 480), 1.1, event("enter", 1.1), None)  # type: ignore[arg-type]
    block.on_track_end(1)
    (refused,) = block(Tracks.empty(), (640, 480), 1.2).refused
    assert refused.why.startswith("there for 0.1 s")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"unit": "metres"}, "calibrated ground"),
        ({"ground": [(0, 0, 0, 0)] * 4}, "ground"),
        ({"ignore": {"a": [(0.1, 0.1), (0.2, 0.1), (0.2, 0.2)]}}, "within one pixel"),
        ({"height": (5, 1)}, "least and most"),
        ({"name": " x"}, "blank"),
    ],
    ids=["metres", "ground", "fractions", "range", "name"],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        RaiseAlarms(**wrong)


def test_a_pipeline_file_that_asks_for_the_impossible_is_refused_before_it_runs() -> None:
    blocks = {
        "detect": {"use": "detect.objects@1", "images": "source.images"},
        "track": {"use": "track.objects@2", "detections": "detect"},
        "alarm": {"use": "alarm.raise@1", "tracks": "track", "vote": 0.2, "looks": 0},
    }
    with pytest.raises(PipelineError) as caught:
        compile_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks}))
    assert {problem.port for problem in caught.value.problems} == {"vote", "looks"}


def test_every_setting_is_explained() -> None:
    spec = find_block("alarm.raise@1")
    assert [port.name for port in spec.wired_inputs.values()] == ["tracks", "events"]
    assert [port.kinds[0].name for port in spec.outputs.values()] == ["Alarms", "Alarms"]
    assert set(spec.settings.model_fields) <= set(spec.doc.arguments)

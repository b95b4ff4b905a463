"""Rules as blocks: settings that contradict, hours, the end of tracks, and a real run over real footage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import pytest

from tests.perception.rules.walks import at
from trackside.core import Detections, PipelineError, Record, SettingError, Tracks, TracksideError
from trackside.models import Silent, pull
from trackside.pipelines.block import BLOCKS
from trackside.pipelines.calls import new_item
from trackside.pipelines.catalogue import find_pipeline
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.runs import run_files

SIZE = (640, 480)
SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]
HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
GROUND = [[0, 0, 0, 0], [640, 0, 6.4, 0], [640, 480, 6.4, 4.8], [0, 480, 0, 4.8]]
RULES: dict[str, dict[str, Any]] = {
    "rule.presence@1": {"zone": SQUARE},
    "rule.dwell@1": {"zone": SQUARE},
    "rule.loitering@1": {"zone": SQUARE},
    "rule.count@1": {"zone": SQUARE, "at_least": 2},
    "rule.line@1": {"lines": [[[0, 0], [0, 100]]]},
    "rule.order@1": {"zones": {"a": SQUARE, "b": [[200, 0], [300, 0], [300, 100]]}},
    "rule.speed@1": {"ground": GROUND, "above": 2},
    "rule.left_object@1": {},
}


def made(use: str, **settings: Any) -> Any:
    """A block's instance, its settings read as from a file."""
    spec = BLOCKS[use]
    values, problems = spec.read_settings({**RULES[use], **settings}, "rule")
    assert not problems, problems[0]
    return spec.target(**{key: getattr(values, key) for key in type(values).model_fields})


def compiled(use: str, **settings: Any) -> Any:
    blocks = {
        "detect": {"use": "detect.objects@1", "images": "source.images"},
        "track": {"use": "track.objects@2", "detections": "detect"},
        "rule": {"use": use, "tracks": "track", **RULES[use], **settings},
    }
    return compile_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks, "save": ["rule.events"]}))


@pytest.mark.parametrize("name", RULES)
def test_every_rule_compiles_runs_on_nothing_and_frees_what_it_does_not_know(name: str) -> None:
    assert compiled(name).nodes
    rule = made(name)
    rule.on_track_end(3)
    for n in range(5):
        told = rule(Tracks.empty(), SIZE, n / 10, None)
        assert (len(told.events), len(told._fields)) == (0, 2)
    rule.on_track_end(3)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("rule.count@1", {"at_least": None}, "`at_least` or `at_most`"),
        ("rule.count@1", {"at_most": 3}, "`at_least` or `at_most`"),
        ("rule.loitering@1", {"at_least": 60, "window": 30}, "somebody cannot spend 60 s within 30 s"),
        ("rule.speed@1", {"above": None}, "`above` or `below`"),
        ("rule.speed@1", {"ground": GROUND[:3]}, "at least four"),
        ("rule.line@1", {"names": ["a", "b"]}, "1 lines need as many different names, got 2"),
        ("rule.line@1", {"lines": [[[0, 0], [1, 1]]]}, "coordinates: fraction"),
        ("rule.dwell@1", {"zone": HALF}, "coordinates: fraction"),
        ("rule.dwell@1", {"time_zone": "Europe/Berlin"}, "changes nothing without `active`"),
        ("rule.dwell@1", {"recorded_at": "2026-03-01 08:00"}, "changes nothing without `active`"),
        ("rule.dwell@1", {"active": ["at night"]}, "no day of the week"),
        ("rule.dwell@1", {"active": ["22:00-05:00"], "time_zone": "Mars"}, "no time zone 'Mars'"),
        ("rule.dwell@1", {"active": ["22:00-05:00"], "recorded_at": "noon"}, "no date and time"),
        ("rule.left_object@1", {"objects": ["person"]}, "both an object and a person"),
        ("rule.order@1", {"zones": {"a": SQUARE}}, "at least 2 entries"),
        ("rule.dwell@1", {"again_after": 0}, "again_after"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("rule.") else None,
)
def test_settings_that_contradict_each_other_are_found_before_anything_runs(
    name: str, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(PipelineError) as error:
        compiled(name, **settings)
    assert said in str(error.value)
    assert error.value.problems[0].block == "rule"


def test_fractions_are_of_the_picture_and_the_margin_is_of_its_height() -> None:
    rule = made("rule.presence@1", zone=HALF, coordinates="fraction", margin=0.1, enter_after=0, leave_after=0)
    ways = [(0.0, 100), (1.0, 360), (2.0, 380)]
    told = [rule(at((x, 200)), SIZE, time, None).events.names for time, x in ways]
    # The half ends at 320 pixels; a tenth of the height is 48 pixels further.
    assert told == [("enter",), (), ("leave",)]


def test_the_zone_is_drawn_with_the_number_of_those_inside() -> None:
    rule = made("rule.presence@1", enter_after=0, name="yard")
    [shape] = rule(at((50, 50), (60, 50)), SIZE, 0.0, None).shapes.items
    assert (shape.name, shape.label, shape.points.tolist()) == ("yard", "2", SQUARE)


def test_what_an_ended_track_causes_comes_with_the_next_look() -> None:
    rule = made("rule.presence@1", enter_after=0)
    rule(at((50, 50)), SIZE, 0.0, None)
    rule(at((50, 50)), SIZE, 1.0, None)
    rule.on_track_end(1)
    events = rule(at(), SIZE, 2.0, None).events
    assert (events.names, events.times.tolist(), events.values.tolist()) == (("leave",), [1.0], [1.0])


def test_lines_have_names_of_their_own_and_count_what_is_wanted() -> None:
    rule = made("rule.line@1", lines=[[[20, 100], [20, 0]], [[80, 100], [80, 0]]], names=["gate", "door"], direction="in")
    for n, x in enumerate((0, 50, 100, 0)):
        told = rule(at((x, 50)), SIZE, float(n), None)
    assert [(shape.name, shape.label, shape.closed) for shape in told.shapes.items] == [
        ("gate", "in 1", False),
        ("door", "in 1", False),
    ]


def stays(rule: Any, wall: float | None, seconds: int = 20) -> list[float]:
    """When somebody who is inside all the time is told, from media time 0 on."""
    times: list[float] = []
    for n in range(seconds * 10):
        moment = None if wall is None else wall + n / 10
        times += rule(at((50, 50)), SIZE, n / 10, moment).events.times.tolist()
    return times


def test_a_stay_that_began_before_the_hours_counts_from_their_start() -> None:
    # 1970-01-01 08:00 in Greenwich, less ten seconds.
    night = {"active": ["08:00-09:00"], "time_zone": "+00:00"}
    assert stays(made("rule.dwell@1", at_least=3, **night), 8 * 3600 - 10) == [13.0]
    assert stays(made("rule.dwell@1", at_least=3, **night), 9 * 3600 - 2) == []
    assert stays(made("rule.dwell@1", at_least=3, **night), 12 * 3600) == []


def test_a_file_is_watched_by_its_own_clock_or_always() -> None:
    hours = {"active": ["08:00-09:00"], "time_zone": "+00:00"}
    assert stays(made("rule.dwell@1", at_least=3, **hours), None) == [3.0]
    assert stays(made("rule.dwell@1", at_least=3, recorded_at="2026-03-01 07:59:50", **hours), None) == [13.0]
    assert stays(made("rule.dwell@1", at_least=3, recorded_at="2026-03-01 12:00", **hours), None) == []


def test_the_engine_hands_over_the_clock_on_the_wall() -> None:
    stream = StreamInfo("camera", "rtsp://camera")
    live = new_item(0, Record("camera", 0, 1.5, None, wall=1e9), stream, None)
    assert (live.context("wall"), new_item(0, Record("file", 0, 1.5, None), stream, None).context("wall")) == (1e9, None)


def test_a_detector_that_knows_no_bags_is_refused_at_the_first_look() -> None:
    rule = made("rule.left_object@1")
    with pytest.raises(SettingError, match="the detector finds none of backpack, suitcase, handbag"):
        rule(at((50, 50)), SIZE, 0.0, None)


def test_compliance_is_a_table_events_and_people_to_draw() -> None:
    spec = BLOCKS["comply.items@1"]
    block = spec.target(head=("helmet",), torso=("vest",))
    person = at((140, 300), height=200)
    helmet = Detections([[130, 98, 150, 130]], [0.9], [0], ("helmet", "vest"))  # type: ignore[arg-type]
    names: list[str] = []
    for n in range(30):
        given = block(person, helmet, SIZE, n / 10, None)
        names += given.events.names
    assert dict(given.table.columns)["state"] == ["worn", "missing"]
    assert sorted(names) == ["missing vest", "worn helmet"]
    assert (given.people.label(0), given.people.ids.tolist()) == ("missing vest", [1])
    block.on_track_end(1)
    assert len(block._rule._decided) == 0


def test_compliance_refuses_items_that_its_detector_does_not_know_and_items_named_twice() -> None:
    target = BLOCKS["comply.items@1"].target
    with pytest.raises(SettingError, match="knows no 'helmet'; did you mean 'helmets'"):
        target(head=("helmet",))(at(), Detections.empty(("helmets",)), SIZE, 0.0, None)
    with pytest.raises(SettingError, match="stands there twice"):
        target(head=("helmet",), torso=("helmet",))
    with pytest.raises(SettingError, match="needs 1 to 6 items"):
        target()


def test_compliance_outside_its_hours_says_nothing() -> None:
    block = BLOCKS["comply.items@1"].target(head=("helmet",), active=("08:00-09:00",), time_zone="+00:00")
    for n in range(60):
        given = block(at((140, 300), height=200), Detections.empty(("helmet",)), SIZE, n / 10, 12 * 3600.0)
        assert (len(given.events), len(given.table), len(given.people)) == (0, 0, 0)


@pytest.mark.parametrize("name", ["stay-in-an-area", "left-bags"])
def test_the_templates_compile(name: str) -> None:
    assert compile_pipeline(find_pipeline(name)).nodes


@pytest.mark.slow
def test_people_who_stay_on_the_real_footage_are_told_at_any_rate(vtest: Path, tmp_path: Path) -> None:
    try:
        pull("yolox-nano", reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs yolox-nano: {error}")
    told = {}
    for every in (0.0, 0.2):
        settings = {
            "source.end": 12.0,
            "source.every": every,
            "stay.at_least": 4,
            "stay.zone": [[0, 0.3], [1, 0.3], [1, 1], [0, 1]],
        }
        result = run_files(find_pipeline("stay-in-an-area").with_settings(settings), [vtest], tmp_path / f"{every}")
        assert result.ok, result.files[0].error
        [path] = (tmp_path / f"{every}").rglob("stay*.parquet")
        told[every] = np.sort(parquet.read_table(path)["time_s"].to_numpy())
    assert len(told[0.0]) >= 3
    assert abs(len(told[0.0]) - len(told[0.2])) <= 1

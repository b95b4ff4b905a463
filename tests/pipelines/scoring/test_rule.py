"""A rule on recorded footage: cut, replayed, swept and searched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.pipelines.conftest import MakeVideo
from tests.pipelines.scoring import cases
from trackside.core import InputError, PipelineError, SettingError
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.scoring import (
    Label,
    Labels,
    Rule,
    Score,
    cut_pipeline,
    read_sweep,
    read_target,
    record,
    rules_report,
    search,
    sweep,
)
from trackside.pipelines.scoring.labels import parse_labels


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    cut = cut_pipeline(cases.pipeline())
    return Rule(cut, record(cut, [cases.sequence(tmp_path)]), cases.labels(), 1.0, ("alarm",))


def test_what_looks_at_pictures_is_cut_off_and_the_rest_is_replayed() -> None:
    cut = cut_pipeline(cases.pipeline())
    assert list(cut.first.blocks) == ["detect"]
    assert cut.second == ("track", "zones", "alarm")
    assert [str(wire) for wire in cut.wires] == ["detect.detections"]
    assert str(cut.judged) == "alarm.alarms"


def test_a_network_behind_the_tracks_is_recorded_with_them() -> None:
    pipeline = cases.pipeline()
    blocks = {name: use.model_dump() for name, use in pipeline.blocks.items()}
    blocks["looks"] = {"use": "identify.embed@1", "images": "source.images", "detections": "track", "model": "osnet-x0-25"}
    blocks["again"] = {"use": "track.objects@2", "detections": "detect", "tracker": "deep-eiou", "embeddings": "looks"}
    blocks["zones"]["tracks"] = "again"
    cut = cut_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks}))
    assert set(cut.first.blocks) == {"detect", "track", "looks"}
    assert cut.trackers == ("track",)  # The ladder still reads it.


def test_the_raw_rule_and_the_ladder_are_counted(rule: Rule) -> None:
    outcome = rule.outcome({"alarm.median_score": 0.5})
    raw, kept = outcome.raw(), outcome.score()
    assert (raw.found, raw.false) == (2, 5)  # Eight ghosts, of which three blink while somebody is there.
    assert (kept.labels, kept.found, kept.false) == (2, 2, 0)
    assert kept.hours == pytest.approx(30 / 3600)
    [step] = outcome.tally()
    assert (step.step, step.false, step.lost) == ("median score", 5, 0)


def test_too_high_a_threshold_loses_true_ones(rule: Rule) -> None:
    [curve] = sweep(rule, [read_sweep("alarm.median_score=null,0.5,0.95")])
    assert [(score.found, score.false) for score in curve.scores] == [(2, 5), (2, 0), (0, 0)]


def test_replaying_only_what_changes_gives_what_running_all_gives(tmp_path: Path) -> None:
    path = cases.sequence(tmp_path)
    cut = cut_pipeline(cases.pipeline())
    footage = record(cut, [path])
    narrow, wide = (Rule(cut, footage, cases.labels(), 1.0, varied) for varied in (("alarm",), ("track", "zones", "alarm")))
    for settings in ({}, {"alarm.median_score": 0.5}, {"alarm.looks": 4}):
        assert narrow.outcome(settings).score() == wide.outcome(settings).score()
    assert wide.outcome({"track.high": 0.5}).raw().false == 0  # Ghosts start no track.


def test_a_search_meets_the_target_with_all_recall_and_holds_videos_out(tmp_path: Path) -> None:
    cut = cut_pipeline(cases.pipeline())
    footage = record(cut, [cases.sequence(tmp_path, "a"), cases.sequence(tmp_path, "b")])
    rule = Rule(cut, footage, cases.labels("a", "b"), 1.0, ("alarm",))
    space = {"alarm.median_score": (None, 0.5, 0.95), "alarm.looks": (1, 30)}
    found = search(rule, read_target("false alarms <= 0 per hour"), space, draws=4)
    assert (found.best.score.found, found.best.score.false) == (4, 0)
    assert found.best.settings["alarm.median_score"] == 0.5
    assert (found.held_out.found, found.held_out.false, len(found.folds)) == (4, 0, 2)
    assert found.by == "each video in turn held out"


def test_one_video_is_searched_in_halves(rule: Rule) -> None:
    found = search(rule, read_target("1 per hour"), {"alarm.median_score": (None, 0.5)}, draws=2)
    assert [fold.held_out[0].start for fold in found.folds] == [0.0, 15.0]
    assert found.held_out.hours == pytest.approx(30 / 3600)
    assert "cannot prove it" in found.target.proof(found.held_out)


def test_the_report_says_what_was_found_and_how_little_footage_it_is(rule: Rule, tmp_path: Path) -> None:
    target = read_target("false alarms <= 0.5 per hour")
    outcome = rule.outcome({"alarm.median_score": 0.5})
    report = rules_report(rule, outcome, curves=sweep(rule, [read_sweep("alarm.looks=1:4:4")]), target=target)
    by_name = {finding.check: finding for finding in report.findings}
    assert "2 of 2 labels have their alarm" in by_name["rule"].says
    assert "takes at least 5.99 camera-hours" in by_name["rule"].next_step
    assert "takes away 5 false ones (100%) and loses 0 true ones" in by_name["ladder"].says
    assert by_name["alarm.looks"].evidence.plots
    report.save(tmp_path / "r.html")
    assert "alarm.looks" in (tmp_path / "r.html").read_text()


def test_a_setting_of_the_detector_cannot_be_replayed_and_is_refused() -> None:
    cut = cut_pipeline(cases.pipeline())
    cut.check(["alarm.looks", "track.high"])
    with pytest.raises(PipelineError, match=r"detect.threshold cannot be tried on recorded footage"):
        cut.check(["detect.threshold"])
    with pytest.raises(PipelineError, match=r"there is no 'alram.looks'"):
        cut.check(["alram.looks"])


def test_an_impossible_value_is_told_with_its_setting(rule: Rule) -> None:
    with pytest.raises(PipelineError, match="median_score"):
        rule.outcome({"alarm.median_score": 7})
    with pytest.raises(PipelineError, match="no input or setting 'meridian'"):
        rule.outcome({"alarm.meridian": 1})


def test_a_pipeline_without_rule_has_nothing_to_score() -> None:
    blocks = {"detect": {"use": "detect.objects@1", "images": "source.images"}}
    with pytest.raises(PipelineError, match="no such alarms or events to score"):
        cut_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks}))


def test_events_are_scored_where_there_is_no_ladder(tmp_path: Path) -> None:
    pipeline = cases.pipeline()
    blocks = {name: use.model_dump() for name, use in pipeline.blocks.items() if name != "alarm"}
    cut = cut_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks}))
    labels = Labels(tuple(Label("yard", 6, 11, event="enter") for _ in range(1)), ("yard",))
    score = Rule(cut, record(cut, [cases.sequence(tmp_path)]), labels).outcome().score()
    assert score.found == 1
    assert score.false > 10  # Every `leave` is one now, and the second person.


def test_a_label_beyond_the_video_is_refused(tmp_path: Path) -> None:
    cut = cut_pipeline(cases.pipeline())
    footage = record(cut, [cases.sequence(tmp_path)])
    with pytest.raises(InputError, match=r"starts at 300 s, but yard ends at 30.00 s"):
        Rule(cut, footage, parse_labels([{"video": "yard", "start": 300, "end": 301}]))


def test_a_broken_sequence_is_refused(tmp_path: Path) -> None:
    path = cases.sequence(tmp_path)
    (path / "seqinfo.ini").write_text("[Sequence]\nframeRate=0\nseqLength=3\nimWidth=1\nimHeight=1\n")
    with pytest.raises(InputError, match=r"seqinfo.ini"):
        record(cut_pipeline(cases.pipeline()), [path])


def test_a_video_is_run_once_and_kept(make_video: MakeVideo, tmp_path: Path) -> None:
    video, cache = make_video("yard.mp4", frames=20), tmp_path / "cache"
    write = cases.sequence(tmp_path / "mot") / "det" / "det.txt"
    pipeline = cases.pipeline()
    blocks = {name: use.model_dump() for name, use in pipeline.blocks.items()}
    blocks["detect"] = {"use": "detect.from_file@1", "path": str(write), "threshold": 0.1}
    cut = cut_pipeline(parse_pipeline({"pipeline": "p", "blocks": blocks}))
    [first] = record(cut, [video], cache=cache)
    assert len(first) == 20
    assert len(list(cache.glob("*.npz"))) == 1
    [again] = record(cut, [video], cache=cache)
    assert np.array_equal(first.times, again.times)
    assert first.stream.width == again.stream.width == 64


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=0.2:0.8:3", (0.2, 0.5, 0.8)),
        ("a.b=1:4:4", (1, 2, 3, 4)),
        ("a.b=null, 0.5,[1, 2]", (None, 0.5, [1, 2])),
        ("a.b=3:3:2", (3,)),
    ],
)
def test_a_sweep_is_a_range_or_a_list(text: str, values: tuple[object, ...]) -> None:
    assert read_sweep(text).values == values


@pytest.mark.parametrize("text", ["a=1", "a.b", "a.b=", "a.b={1: 2}", "a.b=nan:1:3", "a.b=0:1:900", "a.b=[", "a.b=.inf,1"])
def test_a_sweep_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        read_sweep(text)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("false alarms <= 0.5 per hour", 0.5),
        ("False alarm < 1 per camera-hour", 1.0),
        ("12 per day", 0.5),
        ("<= 2/h", 2.0),
        ("at most 3", 3.0),
    ],
)
def test_a_target_is_read(text: str, most: float) -> None:
    assert read_target(text).most == most


@pytest.mark.parametrize("text", ["few", "false alarms >= 1 per hour", "0.5 per mile", "1.2.3 per hour", ""])
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="target"):
        read_target(text)


def test_a_target_is_proven_by_hours_and_not_by_luck() -> None:
    target = read_target("false alarms <= 1 per hour")
    assert target.met(Score(hours=0.1))
    assert "cannot prove it" in target.proof(Score(hours=0.1))
    assert "kept with 95 % confidence" in target.proof(Score(hours=10.0))

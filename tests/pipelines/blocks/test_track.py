"""Tracking as blocks: versions, what may be left out, and what the optional wires change."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

import trackside
from trackside.core import Affine, Detections, Embeddings, Keypoints, PipelineError, SettingError, Tracks
from trackside.perception import Tracker
from trackside.perception.tracking import PRESETS
from trackside.pipelines.block import BLOCKS, find_block
from trackside.pipelines.blocks.track import TrackByByteTrack, TrackerName, TrackObjects, TrackPoses
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline

FPS = 25.0


def people(*places: float, score: float = 0.9) -> Detections:
    """Boxes 20 px wide around these places."""
    boxes = np.array([[x - 10, 50, x + 10, 100] for x in places]).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), score), np.zeros(len(boxes)), ("person",))


def passers_by(seed: int = 0) -> list[Detections]:
    """Five people who walk past each other with misses, flashes and scores of all sizes."""
    rng = np.random.default_rng(seed)
    start, speed = rng.uniform(0, 400, 5), rng.normal(0, 3, 5)
    frames = []
    for n in range(80):
        seen = rng.random(5) > 0.15
        places = [*(start + speed * n)[seen], *rng.uniform(0, 400, rng.integers(0, 2))]
        found = people(*places)
        frames.append(Detections(found.boxes, rng.uniform(0.05, 1, len(places)), found.classes, found.names))
    return frames


def given_out(block: Any, frames: list[Detections]) -> list[tuple[list[int], list[list[float]], list[int]]]:
    """Identities, boxes and ended identities, frame by frame."""
    rows = []
    for n, frame in enumerate(frames):
        tracks = block(frame, n / FPS)
        rows.append((tracks.ids.tolist(), tracks.boxes.tolist(), list(block.ended)))
    return rows


def test_the_trackers_to_choose_from_are_the_presets() -> None:
    assert set(get_args(TrackerName)) == set(PRESETS)


@pytest.mark.parametrize("settings", [{}, {"high": 0.65, "low": 0.3}, {"keep_lost": 0.2, "same_class": True}])
def test_version_1_still_runs_and_its_settings_give_the_same_in_version_2(settings: dict[str, Any]) -> None:
    old, new = BLOCKS["track.objects@1"], BLOCKS["track.objects@2"]
    migrated = new.migrations[1](settings)
    values, problems = new.read_settings(migrated, "track")
    assert (problems, values is not None) == ([], True)
    expected = given_out(old.target(**settings), passers_by())
    assert sum(len(ids) for ids, _, _ in expected) > 100
    assert given_out(new.target(**migrated), passers_by()) == expected


def test_a_file_that_names_no_version_gets_the_newest() -> None:
    assert find_block("track.objects").name == "track.objects@2"
    assert find_block("track.objects@1").target is TrackByByteTrack


def test_a_setting_left_out_is_the_trackers_own() -> None:
    for name, own in PRESETS.items():
        chosen = TrackObjects(tracker=name)._tracker.settings  # type: ignore[arg-type]
        assert (chosen.high, chosen.low, chosen.keep_lost) == (own.high, own.low, own.keep_lost)
        changed = TrackObjects(tracker=name, keep_lost=7.0, low=0.4)._tracker.settings  # type: ignore[arg-type]
        assert (changed.high, changed.low, changed.keep_lost) == (own.high, 0.4, 7.0)


@pytest.mark.parametrize("name", get_args(TrackerName))
def test_every_tracker_runs_and_tells_who_has_gone(name: Any) -> None:
    rows = given_out(TrackObjects(tracker=name), [people(100, 300)] * 10 + [people(300)] * 60)
    assert rows[9][0] == [1, 2] and rows[-1][0] == [2]
    assert [ended for _, _, ended in rows if ended] == [[1]]


def test_settings_that_do_not_go_together_are_found_before_anything_runs() -> None:
    detect = {"use": "detect.from_file", "path": __file__}
    for settings, said in (({"low": 0.6}, "low <= high"), ({"tracker": "bytetrak"}, "evidence")):
        track = {"use": "track.objects", "detections": "detect", **settings}
        graph = parse_pipeline({"pipeline": "test", "blocks": {"detect": detect, "track": track}})
        with pytest.raises(PipelineError, match=said):
            compile_pipeline(graph)


@pytest.mark.parametrize(("name", "looks"), [("bytetrack", None), ("evidence", Embeddings(np.eye(2)))])
def test_the_camera_wire_keeps_identities_through_a_pan(name: Any, looks: Embeddings | None) -> None:
    pan = Affine(np.array([[1.0, 0, 70], [0, 1, 0]]), known=True)
    told, untold = TrackObjects(tracker=name), TrackObjects(tracker=name)
    for n in range(10):
        frame = people(100 + 70 * n, 200 + 70 * n)
        assert told(frame, n / FPS, looks, pan if n else None).ids.tolist() == [1, 2]
        tracks = untold(frame, n / FPS, looks)
    assert tracks.ids.tolist() != [1, 2]


def test_the_embeddings_wire_tells_two_apart_who_meet() -> None:
    """Two people stop face to face and go back; by boxes alone they seem to walk on through each other."""
    looks = Embeddings(np.eye(2, 8, dtype=np.float32))
    told, untold = (TrackObjects(tracker="evidence") for _ in range(2))
    for n in range(50):
        step = n if n < 25 else 50 - n
        frame = people(100 + step, 150 - step)
        names = told(frame, n / FPS, looks).ids.tolist()
        plain = untold(frame, n / FPS).ids.tolist()
    assert names == [1, 2]
    assert plain == [2, 1]


def test_embeddings_for_a_tracker_that_makes_no_use_of_them_are_refused() -> None:
    with pytest.raises(SettingError, match="bytetrack makes no use of embeddings") as error:
        TrackObjects()(people(100), 0.0, Embeddings(np.ones((1, 4))))
    assert "evidence" in error.value.fix


def poses(*places: float) -> Keypoints:
    """17 body points each, in boxes 20 px wide."""
    outline = np.stack([np.linspace(-10, 10, 17), np.linspace(50, 100, 17)], axis=1)
    points = np.array([np.add(outline, [place, 0]) for place in places], np.float32)
    return Keypoints(points, np.full((len(places), 17), 0.9), "coco17")


def test_poses_are_tracked_and_carry_their_identities() -> None:
    block = TrackPoses()
    for n in range(5):
        result = block(poses(100 + n, 300), n / FPS)
    assert result.poses.ids is not None
    assert result.poses.ids.tolist() == result.tracks.ids.tolist() == [1, 2]
    assert (result.poses.points == poses(104, 300).points).all()


def test_poses_are_given_for_those_who_were_detected_only() -> None:
    """A tracker that predicts through misses: who is not seen has no points."""
    block = TrackPoses()
    block._tracker = Tracker("evidence")
    for n in range(25):
        block(poses(100, 300), n / FPS)
    result = block(poses(300), 1.0)
    assert block._tracker.rows.tolist() == [0, -1]
    assert result.tracks.ids.tolist() == [2]
    assert result.poses.ids is not None and result.poses.ids.tolist() == [2]
    assert (result.poses.points == poses(300).points).all()


def test_real_detections_through_a_whole_pipeline_are_the_same_in_both_versions(shared_data: Path) -> None:
    folder = shared_data / "mot15" / "TUD-Campus"
    blocks = {
        "people": {"use": "detect.from_file", "path": str(folder / "det" / "det.txt")},
        "camera": {"use": "camera.motion", "images": "source.images", "objects": "people"},
        "old": {"use": "track.objects@1", "detections": "people"},
        "new": {"use": "track.objects@2", "detections": "people"},
        "evidence": {"use": "track.objects", "detections": "people", "camera": "camera", "tracker": "evidence"},
    }
    shown = 0
    for record in trackside.stream({"pipeline": "test", "blocks": blocks}, folder / "TUD-Campus.mp4"):
        old, new, evidence = record["old"], record["new"], record["evidence"]
        assert isinstance(new, Tracks) and isinstance(evidence, Tracks)
        assert old.ids.tolist() == new.ids.tolist()
        assert old.boxes.tolist() == new.boxes.tolist()
        shown += len(evidence)
    assert shown > 200


POOL = {"lanes": [((100.0, 50.0), (1100.0, 50.0)), ((100.0, 100.0), (1100.0, 100.0))], "lane_length": 50.0}


def test_a_swimmer_who_dives_comes_up_under_the_same_number_where_lanes_are_told() -> None:
    def ids(**settings: Any) -> set[int]:
        block, seen = find_block("track.objects@2").target(high=0.3, **settings), set()
        for number in range(250):
            x = 200 + 40 * number / 25
            under_water = 50 <= number < 200
            boxes = [] if under_water else [[x - 10, 40, x + 10, 60]]
            found = Detections(np.array(boxes).reshape(-1, 4), np.full(len(boxes), 0.9), np.zeros(len(boxes)))
            seen.update(block(found, number / 25).ids.tolist())
        return seen

    assert ids(motion="lane", **POOL) == {1}
    assert len(ids()) == 2


def test_a_motion_that_lacks_its_place_is_refused_with_what_to_do() -> None:
    make = find_block("track.objects@2").target
    with pytest.raises(SettingError, match="needs lanes"):
        make(motion="lane")
    with pytest.raises(SettingError, match="needs a homography"):
        make(motion="plane")
    with pytest.raises(SettingError, match="no three of them"):
        make(motion="plane", ground=[(0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)])


def test_people_on_known_ground_are_followed_in_metres() -> None:
    block = find_block("track.objects@2").target(
        motion="plane", ground=[(0, 0, 0, 0), (100, 0, 10, 0), (0, 100, 0, 10), (100, 100, 10, 10)]
    )
    for number in range(20):
        x = 10 + 2 * number
        tracks = block(Detections([[x - 4, 20, x + 4, 50]], [0.9], [0]), number / 25)  # type: ignore[arg-type]
    assert tracks.ids.tolist() == [1]

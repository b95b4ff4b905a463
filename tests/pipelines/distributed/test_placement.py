"""Which host gets a camera, and when one moves."""

from __future__ import annotations

import pytest

from trackside.pipelines.distributed import RayOptions, Share
from trackside.pipelines.distributed.cluster import Machine
from trackside.pipelines.distributed.placement import Load, capacities, choose, choose_moves, suffers
from trackside.pipelines.live import EngineHealth, StageHealth


def health(analysed: float, wanted: float, busy: float, bottleneck: str = "") -> EngineHealth:
    stages = (StageHealth("decode", 1.0, 0, 1), StageHealth("inference", busy, 0, 1))
    return EngineHealth(True, stages=stages, bottleneck=bottleneck, fps_wanted=wanted, fps_analysed=analysed)


def test_a_new_camera_goes_where_the_least_is_asked_of_what_can_be_done() -> None:
    assert choose([Load("a", 2, 10, 100), Load("b", 1, 5, 20)], 5) == "a"
    assert choose([Load("a", 2, 10, 100), Load("b", 1, 5, 100)], 5) == "b"
    assert choose([Load("a", 0, 0, 100, suffers=True), Load("b", 9, 90, 100)], 5) == "b"
    assert choose([Load("a", 0, 0, 100, room=0)], 5) is None
    assert choose([Load("a", 0, 0, 100)], 5, avoid=frozenset({"a"})) is None
    assert choose([], 5) is None


def test_what_a_host_can_do_is_measured_and_unmeasured_ones_are_taken_for_its_like() -> None:
    found = capacities(
        {"busy": (Share(4), health(100, 100, 0.5)), "new": (Share(8), None), "idle": (Share(4), health(3, 3, 0.01))}
    )
    assert found == {"busy": 200.0, "new": 400.0, "idle": 200.0}
    assert capacities({"idle": (Share(1), health(60, 60, 0.1)), "new": (Share(1), None)}) == {"idle": 200.0, "new": 200.0}
    assert capacities({"gpu": (Share(8, 1), None), "cpu": (Share(8), None)})["gpu"] > 2 * 80


def test_a_host_that_drops_what_it_cannot_do_is_taken_at_its_word() -> None:
    full = health(50, 100, 0.6, "decode")
    assert suffers(full) and capacities({"full": (Share(4), full)}) == {"full": 50.0}
    assert not suffers(health(50, 100, 0.6)), "its cameras send fewer pictures than wanted"
    assert not suffers(health(99, 100, 0.99, "inference")) and not suffers(None)


def test_as_many_cameras_move_as_are_too_many() -> None:
    loads = [Load("full", 10, 100, 70, suffers=True), Load("free", 0, 0, 100)]
    moves = choose_moves(loads, {"full": [(f"c{n}", 10.0) for n in range(10)]})
    # 56 of 70 may be asked for: 44 too many, five cameras.
    assert [(move.source, move.target) for move in moves] == [("full", "free")] * 5
    assert len({move.camera for move in moves}) == 5


@pytest.mark.parametrize(
    "loads",
    [
        [Load("a", 10, 100, 100), Load("b", 0, 0, 100)],
        [Load("a", 10, 100, 70, suffers=True), Load("b", 10, 100, 70, suffers=True)],
        [Load("a", 10, 100, 70, suffers=True), Load("b", 7, 75, 100)],
        [Load("a", 1, 100, 70, suffers=True), Load("b", 0, 0, 1000)],
        [Load("a", 10, 100, 70, suffers=True), Load("b", 0, 0, 100, room=0)],
    ],
    ids=["nobody-suffers", "all-suffer", "it-would-fill-the-other", "a-camera-too-large-alone", "no-room"],
)
def test_nothing_moves_without_need_or_gain(loads: list[Load]) -> None:
    assert choose_moves(loads, {"a": [(f"c{n}", 10.0) for n in range(loads[0].cameras)]}) == []


def test_what_moved_a_short_while_ago_stays() -> None:
    loads = [Load("full", 10, 100, 70, suffers=True), Load("free", 0, 0, 100)]
    assert choose_moves(loads, {"full": []}) == []


def test_a_moved_camera_does_not_move_back() -> None:
    loads = [Load("full", 4, 40, 30, suffers=True), Load("free", 0, 0, 30)]
    moves = choose_moves(loads, {"full": [(f"c{n}", 10.0) for n in range(4)]})
    after = [Load("full", 4 - len(moves), 40 - 10 * len(moves), 30), Load("free", len(moves), 10 * len(moves), 30)]
    assert moves and choose_moves(after, {load.host: [("c", 10.0)] for load in after}) == []


@pytest.mark.parametrize(
    ("machine", "options", "share", "slots"),
    [
        (Machine("m", "m", 16), {}, Share(16, 0), 1),
        (Machine("m", "m", 16, 4), {}, Share(4, 1), 4),
        (Machine("m", "m", 16, 1), {"gpus": 0.25}, Share(4, 0.25), 4),
        (Machine("m", "m", 16, 2), {"gpus": 0.4, "cpus": 1}, Share(1, 0.4), 4),
        (Machine("m", "m", 16), {"cpus": 0.5}, Share(0.5, 0), 32),
        (Machine("m", "m", 2), {"cpus": 4}, Share(4, 0), 0),
        (Machine("m", "m", 16), {"gpus": 1}, Share(16, 1), 0),
        (Machine("m", "m", 0), {}, Share(1, 0), 0),
    ],
    ids=["cores", "a-host-a-gpu", "quarter-gpus", "parts-do-not-add-up", "half-cores", "too-large", "no-gpu", "no-cores"],
)
def test_shares_follow_from_the_machine(machine: Machine, options: dict[str, float], share: Share, slots: int) -> None:
    told = RayOptions(**options)  # type: ignore[arg-type]
    assert machine.share(told) == share and machine.slots(told) == slots

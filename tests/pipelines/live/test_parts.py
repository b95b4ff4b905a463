"""The parts of the live engine by themselves: clocks, counts, who is served next, how much is decoded, what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Tracks
from trackside.pipelines.live import effort as effort_module
from trackside.pipelines.live.clock import CaptureClock
from trackside.pipelines.live.counting import Account, Busy, Looks, Rate, percentiles
from trackside.pipelines.live.effort import Governor, step_up
from trackside.pipelines.live.retention import Retention


def test_capture_time_follows_the_fastest_arrivals_and_late_ones_count_as_late() -> None:
    clock = CaptureClock()
    random = np.random.default_rng(0)
    for number in range(200):
        late = float(random.exponential(0.05)) if number % 10 else 0.0
        captured = clock.captured(number * 0.2, 1000.0 + number * 0.2 + late)
        assert captured == pytest.approx(1000.0 + number * 0.2, abs=1e-6)


def test_capture_time_follows_a_camera_whose_clock_drifts() -> None:
    clock = CaptureClock()
    for number in range(5000):
        arrived = 1000.0 + number * 0.2 * 1.0005
        captured = clock.captured(number * 0.2, arrived)
    # In the minute that is remembered, 500 ppm come to 30 ms.
    assert 0 <= arrived - captured < 0.04


def test_a_rate_counts_what_happened_in_its_window_only() -> None:
    rate = Rate(window=10)
    rate._began = 0.0
    for second in range(30):
        rate.add(5 if second < 20 else 1, now=float(second))
    assert rate.per_second(now=29.5) == pytest.approx((5 * 1 + 10) / 10, abs=0.5)
    assert rate.per_second(now=100.0) == 0


def test_percentiles_are_left_out_where_too_few_looks_carry_them() -> None:
    looks = Looks()
    for number in range(30):
        looks.add(number / 1000, now=1.0)
    told = percentiles(looks.recent(1.0))
    assert told.p50 == pytest.approx(14.5, abs=0.6) and told.p95 is not None and told.p99 is None
    assert percentiles(looks.recent(1000.0)).p50 is None


def test_looks_are_bounded() -> None:
    looks = Looks()
    for number in range(10_000):
        looks.add(1.0, now=float(number))
    assert looks._seconds.nbytes + looks._moments.nbytes < 10_000


def test_an_account_adds_up() -> None:
    account = Account()
    for _ in range(10):
        account.given()
    account.drop("stale", 3)
    account.drop("overtaken")
    for _ in range(6):
        account.finished(0.1)
    assert account.done == 6 and account.dropped() == {"stale": 3, "overtaken": 1}
    given, analysed, dropped = account.rates()
    assert given == pytest.approx(analysed + dropped)


def test_the_share_of_busy_time_is_of_all_threads() -> None:
    busy = Busy(threads=2)
    busy._began -= 100
    for _ in range(10):
        busy.add(0.5)
    assert busy.share(window=5.0) == pytest.approx(0.5, abs=0.01)


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def turned(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(effort_module, "time", clock)
    return clock


SUPPLY = {"references": 5.0, "key frames": 0.5}


def test_a_camera_that_is_looked_at_as_wanted_is_decoded_whole(turned: Clock) -> None:
    governor = Governor()
    for _ in range(100):
        turned.now += 5
        assert governor.spare(5.0, 0.2, SUPPLY) == "all"
        assert governor.lagging(0.3, 0.5) == "all"


def test_no_more_is_decoded_than_the_model_can_look_at(turned: Clock) -> None:
    governor = Governor()
    assert governor.spare(2.0, 3.0, SUPPLY) == "references"
    # Key frames would be too few for the two that the model can do.
    assert governor.spare(2.0, 3.0, SUPPLY) == "references"
    assert governor.spare(0.3, 4.0, SUPPLY) == "key frames"


def test_a_decoder_that_lags_goes_down_to_key_frames_at_once_and_comes_back_with_patience(turned: Clock) -> None:
    governor = Governor()
    assert governor.lagging(0.2, 0.5) == "all"
    assert governor.lagging(0.9, 0.5) == "key frames"
    turned.now += 5
    assert not governor.wants_more(1.0, 0.0, 0.0, 0.5)
    turned.now += 40
    assert governor.wants_more(1.0, 0.0, 0.0, 0.5)
    assert not governor.wants_more(1.0, 0.0, 0.4, 0.5), "it still lags"
    assert not governor.wants_more(1.0, 0.5, 0.0, 0.5), "the model has enough"
    assert governor.raise_effort() == "references" and not governor.wants_more(1.0, 0.0, 0.0, 0.5)


def test_steps_up_that_do_not_last_are_tried_ever_more_seldom(turned: Clock) -> None:
    governor, ups = Governor(), []
    governor.lagging(2.0, 0.5)
    for _ in range(2000):
        turned.now += 5
        if governor.wants_more(1.0, 0.0, 0.0, 0.5):
            governor.raise_effort()
            ups.append(turned.now)
            governor.lagging(2.0, 0.5)
    gaps = np.diff(ups)
    assert gaps[0] < 60 and gaps[-1] >= 500


class Camera:
    """A camera as `step_up` sees it."""

    def __init__(self, clock: Clock, at: float) -> None:
        clock.now = at
        self.governor = Governor()
        self.governor.lagging(9.0, 0.5)
        self.wants_more = True


def test_few_cameras_step_up_at_a_time_and_none_on_a_busy_machine(turned: Clock) -> None:
    cameras = [Camera(turned, float(100 - n)) for n in range(100)]
    assert step_up(cameras, load=0.95) == 0
    assert step_up(cameras, load=0.5) == 5
    assert [camera.governor.effort for camera in cameras[-5:]] == ["references"] * 5, "the longest waiting go first"
    assert {camera.governor.effort for camera in cameras[:-5]} == {"key frames"}


def _tracks(ids: list[int], x: float = 50.0) -> Tracks:
    boxes = np.array([[x + 20 * n, 40, x + 20 * n + 10, 60] for n in range(len(ids))], np.float32).reshape(-1, 4)
    return Tracks(boxes, np.ones(len(ids)), np.zeros(len(ids), np.int32), ("person",), np.array(ids, np.int64))


def test_pictures_are_left_out_only_while_all_identities_are_kept() -> None:
    retention = Retention()
    for _ in range(200):
        retention.look(_tracks([1, 2, 3]), (640, 480))
    assert retention.share == 1.0 and retention.adapt(True) == 2
    # At the new interval every tenth look loses one of three: under 99 % are kept.
    for number in range(300):
        retention.look(_tracks([number // 10 * 3 + 1, 2, 3]), (640, 480))
    assert 0.9 < retention.share < 0.99 and retention.adapt(True) == 1


def test_nothing_is_left_out_without_need_or_without_proof() -> None:
    retention = Retention()
    for _ in range(200):
        retention.look(_tracks([1, 2, 3]), (640, 480))
    assert retention.adapt(False) == 1 and retention.adapt(None) == 1
    fresh = Retention()
    for _ in range(20):
        fresh.look(_tracks([1]), (640, 480))
    assert fresh.adapt(True) == 1, "twenty identities prove no 99 %"


def test_where_identities_are_lost_every_picture_is_looked_at_again_at_once() -> None:
    retention = Retention()
    for _ in range(200):
        retention.look(_tracks([1, 2, 3]), (640, 480))
    retention.adapt(True)
    for _ in range(200):
        retention.look(_tracks([1, 2, 3]), (640, 480))
    assert retention.adapt(True) == 3
    for number in range(15):
        retention.look(_tracks([2 * number + 1, 2 * number + 2]), (640, 480))
    assert retention.adapt(True) == 1


def test_who_leaves_the_picture_is_not_lost() -> None:
    retention = Retention()
    for number in range(400):
        retention.look(_tracks([number], x=632.0), (640, 480))
    assert retention.share == 1.0


def test_what_retention_remembers_is_bounded() -> None:
    retention = Retention()
    for _ in range(5000):
        retention.look(_tracks([1, 2, 3]), (640, 480))
    assert len(retention._looks) <= 102

"""OC-SORT's ideas, by hand and against a plain reference."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Affine, Detections
from trackside.perception.tracking import ConstantVelocity, Likeness, Noise, Round, Tracker
from trackside.perception.tracking.observation import Headings, ReUpdated

from .textbook import box_of, filters, measured

FPS = 25.0
FIRST, SURE = np.array([0]), np.ones(1, np.float32)
NOISE = Noise(acceleration=0.5, resizing=0.1, place=0.05, size=0.08, speed=2.0, doubt=3.0)


def at(*places: tuple[float, float]) -> np.ndarray:
    """Boxes [4, n], 20 wide and 40 tall, around these places."""
    x, y = np.array(places).T
    return np.stack([x - 10, y - 20, x + 10, y + 20])


def headings(*places: tuple[float, float]) -> Headings:
    """One track that was at these places, one after the other."""
    made = Headings()
    made.add(at(places[0]))
    for place in places[1:]:
        made.see(FIRST, at(place))
    return made


def momentum(made: Headings, *places: tuple[float, float], scores: float = 1.0, weight: float = 1.0) -> list[float]:
    """What it adds for the first track and detections at these places."""
    found = at(*places)
    term = made.term(found, np.full(found.shape[1], scores, np.float32), weight)
    return term(np.zeros(found.shape[1], np.intp), np.arange(found.shape[1])).tolist()


def test_momentum_prefers_what_lies_ahead() -> None:
    walker = headings((0, 0), (10, 0), (20, 0), (30, 0))
    # The next sighting will be the fourth: directions start three sightings before it, at (10, 0).
    ahead, aside, behind = momentum(walker, (40, 0), (10, 30), (0, 0))
    assert ahead == pytest.approx(0.5)
    assert aside == pytest.approx(0.0, abs=1e-7)
    assert behind == pytest.approx(-0.5)


def test_momentum_by_hand() -> None:
    walker = headings((0, 0), (10, 0), (20, 0), (30, 0))
    # From (10, 0) to (40, 30) is 45 degrees off the track's direction, a quarter of the way from ahead to behind.
    assert momentum(walker, (40, 30)) == pytest.approx([0.25])
    assert momentum(walker, (40, 30), scores=0.6, weight=0.2) == pytest.approx([0.2 * 0.6 * 0.25])


def test_directions_forget_what_lies_more_than_three_sightings_back() -> None:
    turned = headings((0, -90), (0, -60), (0, -30), (0, 0), (10, 0), (20, 0), (30, 0))
    assert momentum(turned, (40, 0)) == pytest.approx([0.5])


def test_one_who_stands_still_has_no_direction() -> None:
    assert momentum(headings((5, 5), (5, 5)), (40, 0), (5, 5)) == pytest.approx([0, 0])
    assert momentum(headings((5, 5)), (40, 0)) == pytest.approx([0])


def test_directions_stay_with_their_tracks() -> None:
    three = Headings()
    three.add(at((0, 0), (100, 0), (200, 0)))
    three.see(np.array([2, 1]), at((200, 30), (130, 0)))
    three.keep(np.array([False, True, True]))
    three.add(at((300, 0)))
    term = three.term(at((160, 0), (200, 60), (330, 0)), np.ones(3, np.float32), 1.0)
    assert term(np.arange(3), np.arange(3)) == pytest.approx([0.5, 0.5, 0.0])


def test_a_camera_that_pans_changes_no_direction() -> None:
    walker = headings((0, 0), (10, 0), (20, 0), (30, 0))
    walker.warp(Affine(np.array([[1.0, 0, 500], [0, 1, -200]]), known=True))
    assert momentum(walker, (540, -200), (500, -200)) == pytest.approx([0.5, -0.5])


@pytest.mark.parametrize("pan", [0.0, 30.0])
@pytest.mark.parametrize(("weight", "chosen"), [(0.0, 1), (0.2, 0)])
def test_momentum_chooses_the_detection_ahead_although_another_overlaps_more(weight: float, chosen: int, pan: float) -> None:
    """3 px ahead the IoU is 17/23 = 0.739, 5.5 px aside 34.5/45.5 = 0.758, but 42 degrees off: 0.18 (0.5 - 42/180) = 0.048
    against 0.09 straight ahead. The same holds while the camera tilts by `pan` px a frame."""
    like = Likeness(least=0.3)
    tracker = Tracker("ocsort", sightings=1, rounds=(Round(tracks="all", like=like, momentum=weight),))
    camera = Affine(np.array([[1.0, 0, 0], [0, 1, pan]]), known=True)
    for n in range(100):
        walker = Detections(at((2.0 * n, pan * n)).T, np.array([0.9]), np.zeros(1))
        tracker.update(walker, n / FPS, camera=camera if n else None)
    both = Detections(at((203, 100 * pan), (200, 100 * pan + 5.5)).T, np.full(2, 0.9), np.zeros(2))
    tracks = tracker.update(both, 100 / FPS, camera=camera)
    assert tracker.rows[tracks.ids == 1].tolist() == [chosen]


def occluded(motion: ConstantVelocity, gap: int, back: np.ndarray) -> None:
    """Walk to the right for a second at 100 px/s, vanish for `gap` frames, and come back at another place."""
    motion.add(at((0, 0)))
    for n in range(1, 26):
        motion.predict(1 / FPS)
        motion.correct(FIRST, at((4.0 * n, 0)), SURE)
    motion.lose(FIRST)
    for _ in range(gap + 1):
        motion.predict(1 / FPS)
    motion.correct(FIRST, back, SURE)


def test_after_an_occlusion_with_a_turn_the_velocity_points_along_the_straight_way() -> None:
    """Right at 100 px/s, then hidden for 20 frames in which it turned down: 0.84 s later it is 84 px below."""
    blind, led = ConstantVelocity(), ReUpdated()
    for motion in (blind, led):
        occluded(motion, 20, at((100, 84)))
    # Pixels a second. One sighting overdoes it, and keeps half of the error across.
    assert led.velocity[:2, 0] == pytest.approx([0, 100], abs=5)
    assert np.hypot(*(blind.velocity[:2, 0] - [0, 100])) > 20


def plain_re_update(motion: ReUpdated, frames: list[np.ndarray | None], dts: list[float], scores: list[float]) -> None:
    """Compare one track with four textbook filters that go back and are led along the straight way."""
    first = frames[0]
    assert first is not None
    motion.add(first[:, None])
    track, saved, last, missed = filters(first, NOISE), filters(first, NOISE), first, []
    for frame, dt, score in zip(frames[1:], dts, scores, strict=True):
        motion.predict(dt)
        for each in track:
            each.predict(dt)
        missed.append(dt)
        if frame is None:
            continue
        if len(missed) > 1:
            track, step = saved, sum(missed) / len(missed)
            for k in range(1, len(missed) + 1):
                for each, here in zip(track, measured(last + (frame - last) * k / len(missed)), strict=True):
                    each.predict(step)
                    if k < len(missed):
                        each.correct(here)
        for each, here in zip(track, measured(frame), strict=True):
            each.correct(here, score, NOISE.doubt)
        motion.correct(FIRST, frame[:, None], np.array([score], np.float32))
        assert motion.boxes[:, 0] == pytest.approx(box_of(np.array([each.x[0] for each in track])))
        assert motion.velocity[:, 0] == pytest.approx([each.x[1] for each in track])
        saved = filters(first, NOISE)
        for copy, each in zip(saved, track, strict=True):
            copy.x, copy.p = each.x.copy(), each.p.copy()
        last, missed = frame, []


@pytest.mark.parametrize("seed", range(5))
def test_re_update_is_what_a_plain_loop_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    walk = (
        at((100, 100))[:, 0] + np.cumsum(rng.normal(0, 5, (30, 4)), axis=0) / 4 + np.arange(30)[:, None] * rng.normal(0, 3)
    )
    frames = [walk[n] if n in (0, 29) or rng.random() > 0.5 else None for n in range(30)]
    plain_re_update(ReUpdated(NOISE), frames, rng.uniform(0, 0.2, 29).tolist(), rng.uniform(0.3, 1, 29).tolist())


def test_without_a_miss_re_update_is_constant_velocity() -> None:
    plain, led = ConstantVelocity(NOISE), ReUpdated(NOISE)
    for motion in (plain, led):
        motion.add(at((0, 0)))
        for n in range(10):
            motion.predict(0.04)
            motion.correct(FIRST, at((n * n, 3.0 * n)), SURE)
    assert led.boxes.tolist() == plain.boxes.tolist() and led.velocity.tolist() == plain.velocity.tolist()


def test_tracks_lost_for_different_times_are_led_apart() -> None:
    """Three at once, the second never missed: each ends where it would by itself."""
    together, alone = ReUpdated(NOISE), [ReUpdated(NOISE) for _ in range(3)]
    starts = [(0.0, 0.0), (200.0, 0.0), (400.0, 0.0)]
    seen = {0: {1, 2, 8}, 1: set(range(1, 9)), 2: {1, 4, 8}}
    together.add(at(*starts))
    for each, start in zip(alone, starts, strict=True):
        each.add(at(start))
    for n in range(1, 9):
        together.predict(0.04)
        rows = np.array([who for who in range(3) if n in seen[who]], np.intp)
        places = [(starts[who][0] + 3 * n, (who + 1.0) * n * n) for who in rows]
        if len(rows):
            together.correct(rows, at(*places), np.ones(len(rows), np.float32))
        for who, each in enumerate(alone):
            each.predict(0.04)
            if who in rows:
                each.correct(FIRST, at(places[rows.tolist().index(who)]), SURE)
    assert together.boxes == pytest.approx(np.concatenate([each.boxes for each in alone], axis=1))
    assert together.velocity == pytest.approx(np.concatenate([each.velocity for each in alone], axis=1))


def test_the_camera_may_move_while_a_track_is_hidden() -> None:
    """A pan of 10 px a frame during the occlusion is taken out of the straight way."""
    still, panned = ReUpdated(NOISE), ReUpdated(NOISE)
    pan = Affine(np.array([[1.0, 0, 10], [0, 1, 0]]), known=True)
    for motion, shift in ((still, 0.0), (panned, 10.0)):
        motion.add(at((0, 0)))
        for n in range(1, 12):
            if shift:
                motion.warp(pan)
            motion.predict(0.04)
            if n in (1, 2, 11):
                motion.correct(FIRST, at((4.0 * n + shift * n, 0)), SURE)
    assert panned.velocity == pytest.approx(still.velocity)
    assert panned.boxes == pytest.approx(still.boxes + np.array([[110], [0], [110], [0]]))

"""Coverage, tilt and advice. All views are synthetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.geometry.camera.waving import BOARD, LENS, diverse, pose, seen, sure
from trackside.geometry.camera.advice import advise
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.views import SIDES, View, cells_of, grid_of, tilt_of, view_of

SIZE = LENS.size


@pytest.mark.parametrize("side", range(8))
def test_a_tilt_is_found_with_its_side_although_the_focal_length_is_guessed(side: int) -> None:
    view = view_of(BOARD, sure(seen(pose(tilt=35, away=45 * side, turn=20))))
    assert SIDES[view.side] == SIDES[side]
    assert math.degrees(view.tilt) == pytest.approx(35, abs=6)


def test_a_board_face_on_leans_nowhere() -> None:
    assert view_of(BOARD, sure(seen(pose(tilt=3)))).side == -1


def test_the_far_side_of_a_board_tilted_to_the_right_is_the_right() -> None:
    placed = pose(tilt=35, away=0)(BOARD.points)
    assert placed[BOARD.points[:, 0].argmax(), 2] > placed[BOARD.points[:, 0].argmin(), 2]


def test_points_on_a_line_tell_no_tilt() -> None:
    line = np.column_stack([np.arange(9.0), np.zeros(9)])
    assert np.isnan(tilt_of(line, line * 10, SIZE)).all()
    assert np.isnan(tilt_of(line[:3], line[:3] * 10, SIZE)).all()


def test_cells_are_those_inside_the_outline_whichever_way_round_it_goes() -> None:
    rows, columns = grid_of(SIZE)
    left = np.array([[0, 0], [SIZE[0] / 2, 0], [SIZE[0] / 2, SIZE[1]], [0, SIZE[1]]])
    for outline in (left, left[::-1]):
        cells = cells_of(outline, SIZE)
        assert cells.shape == (rows, columns)
        assert cells[:, : columns // 2].all()
        assert not cells[:, columns // 2 :].any()


def test_views_everywhere_tilted_to_all_sides_lack_nothing() -> None:
    coverage = Coverage.of(BOARD, diverse(), SIZE)
    assert coverage.area > 0.9
    assert coverage.corners == 1
    assert coverage.tilts == 1
    assert coverage.missing == ()


@pytest.mark.parametrize(
    ("views", "lacking"),
    [
        ([pose(x, tilt=4) for x in (-0.1, 0, 0.1)], "tilted by 30 to 45 degrees"),
        ([pose(-0.3, tilt=35, away=a) for a in range(0, 360, 45)], "upper right corner"),
        ([pose(z=2.5, tilt=35, away=a) for a in range(0, 360, 45)], "closer"),
    ],
)
def test_what_is_missing_is_said(views: list, lacking: str) -> None:
    coverage = Coverage.of(BOARD, [sure(seen(where)) for where in views], SIZE)
    assert any(lacking in clause for clause in coverage.missing)


def test_a_view_is_worth_less_the_second_time() -> None:
    view = view_of(BOARD, sure(seen(pose(tilt=35))))
    empty = Coverage.empty(SIZE)
    once = empty.with_view(view)
    assert once.gains([view])[0] == pytest.approx(empty.gains([view])[0] / 2)
    assert empty.gains([]).shape == (0,)


def test_noise_does_not_choose_among_pictures_of_a_board_at_rest() -> None:
    """The greatest apparent tilt is noise that looks like tilt: with it the focal length came out too short."""
    rest = [view_of(BOARD, sure(seen(pose(z=0.8, tilt=27), seed=seed))) for seed in range(20)]
    assert len({view.tilt for view in rest}) == 20
    assert len(set(Coverage.empty(SIZE).gains(rest).round(9))) == 1


def test_the_advice_leads_to_full_coverage() -> None:
    """Whoever follows the advice, view after view, lacks nothing after 25."""
    coverage = Coverage.empty(SIZE)
    for _ in range(25):
        advice = advise(BOARD, coverage)
        assert advice.outline is not None
        assert (advice.outline > -1).all()
        assert (advice.outline < np.array(SIZE)).all()
        tilt, away = tilt_of(np.array([(0, 0), (0.4, 0), (0.4, 0.28), (0, 0.28)]), advice.outline, SIZE)
        size = math.sqrt(float(np.prod(np.ptp(advice.outline, axis=0)) / np.prod(SIZE)))
        coverage = coverage.with_view(View(cells_of(advice.outline, SIZE), tilt, away, size, advice.outline))
    assert coverage.corners == 1
    assert coverage.tilts == 1
    assert coverage.area > 0.9


def test_the_advice_says_what_the_outline_shows() -> None:
    coverage = Coverage.of(
        BOARD, [sure(seen(pose(x, y, 0.6, 35, a))) for x in (0, 0.3) for y in (-0.1, 0.1) for a in (0, 180)], SIZE
    )
    advice = advise(BOARD, coverage)
    assert "left" in advice.text
    assert advice.outline is not None
    assert advice.outline[:, 0].mean() < SIZE[0] / 2

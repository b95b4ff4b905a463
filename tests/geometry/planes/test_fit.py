"""Fitting to points and lines: exact, robust, and what is said about picks that cannot be right (synthetic)."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.planes import PickedLine, fit_homography

from .scene import View

VIEW = View()
PLACES = np.array([[0, 0], [50, 0], [50, 25], [0, 25], [15, 0], [35, 25], [25, 10], [15, 12.5]], float)


def picked(deviation: float = 0.0, seed: int = 0, count: int = 8) -> np.ndarray:
    pixels = VIEW.pixels(PLACES[:count])
    return pixels + np.random.default_rng(seed).normal(0, deviation, pixels.shape) if deviation else pixels


def rope(y: float, x1: float = 12, x2: float = 38, deviation: float = 0.0, seed: int = 0) -> PickedLine:
    pixels = VIEW.pixels([[x1, y], [x2, y]]) + np.random.default_rng(seed).normal(0, 1, (2, 2)) * deviation
    return PickedLine(pixels, [[0, y], [50, y]], f"rope {y:g}")


def across(x: float) -> PickedLine:
    return PickedLine(VIEW.pixels([[x, 4], [x, 19]]), [[x, 0], [x, 25]], f"wall {x:g}")


def test_good_picks_are_kept_without_a_word() -> None:
    for seed in range(30):
        fit = fit_homography(picked(1.0, seed), PLACES).fit
        assert fit is not None
        assert fit.kept.all() and fit.advice == ()
        assert fit.pixels.max() < 6


@pytest.mark.parametrize("wrong", range(8))
def test_one_wrong_point_is_named_and_left_out(wrong: int) -> None:
    pixels = picked(0.7, 3)
    pixels[wrong] += [25, -30]
    labels = [f"point {row}" for row in range(8)]
    labels[wrong] = "the 15 m rope"
    found = fit_homography(pixels, PLACES, labels=labels)
    assert found.fit is not None
    assert np.flatnonzero(~found.fit.kept).tolist() == [wrong]
    assert found.fit.advice[0].startswith("the 15 m rope is ") and "check it" in found.fit.advice[0]
    assert found.fit.pixels[wrong] == pytest.approx(np.hypot(25, 30), rel=0.25)
    assert np.linalg.norm(found.to_plane(picked()[:2]) - PLACES[:2], axis=1).max() < 0.3


def test_five_points_that_disagree_cannot_say_which_is_wrong() -> None:
    pixels = picked(count=5)
    pixels[2] += [0, 40]
    with pytest.raises(InputError, match="cannot be told which"):
        fit_homography(pixels, PLACES[:5])


def test_when_most_disagree_the_worst_is_named() -> None:
    rng = np.random.default_rng(5)
    with pytest.raises(InputError, match=r"point \d is \d+ px off, and it is not the only one"):
        fit_homography(picked() + rng.normal(0, 40, (8, 2)), PLACES)


def test_residuals_are_told_in_centimetres() -> None:
    found = fit_homography(picked(1.0), PLACES)
    off = np.linalg.norm(found.to_plane(picked(1.0)) - PLACES, axis=1)
    assert found.fit is not None
    assert np.allclose(found.fit.metres, off)
    assert f"point 3: {100 * off[2]:.1f} cm" in str(found.fit)


def test_picks_worse_than_said_make_the_answer_less_sure() -> None:
    place = VIEW.pixels([[25, 12]])
    careless = [fit_homography(picked(3.0, seed), PLACES, 1.0) for seed in range(40)]
    honest = [fit_homography(picked(3.0, seed), PLACES, 3.0) for seed in range(40)]
    ratio = np.median([each.deviation(place) for each in careless]) / np.median([each.deviation(place) for each in honest])
    assert 0.7 < ratio < 1.3


def test_a_surer_point_counts_for_more() -> None:
    pixels = picked()
    pixels[6] += [4.0, 0]
    sure, unsure = np.full(8, 2.0), np.full(8, 2.0)
    sure[6], unsure[6] = 0.1, 8.0
    off = [abs(fit_homography(pixels, PLACES, each).to_pixels(PLACES[6:7])[0, 0] - pixels[6, 0]) for each in (sure, unsure)]
    assert off[0] < 0.1 and off[1] > 3


def test_lines_alone_are_enough_and_so_is_a_mixture() -> None:
    lines = [rope(2.5), rope(12.5), rope(22.5), across(0), across(50)]
    only = fit_homography([], [], lines=lines)
    assert np.allclose(only.to_plane(picked()), PLACES, atol=1e-8)
    mixed = fit_homography(picked()[:2], PLACES[:2], lines=[rope(10), rope(20), across(25)])
    assert np.allclose(mixed.to_plane(picked()), PLACES, atol=1e-8)


def test_lines_make_the_answer_surer() -> None:
    pixels, target = picked(1.0), VIEW.pixels([[25, 20]])
    without = fit_homography(pixels[:5], PLACES[:5])
    lines = [rope(y, deviation=1.0, seed=row) for row, y in enumerate((5, 10, 15, 20))]
    assert fit_homography(pixels[:5], PLACES[:5], lines=lines).deviation(target)[0] < 0.9 * without.deviation(target)[0]


def test_a_line_on_the_wrong_rope_is_named() -> None:
    wrong = PickedLine(VIEW.pixels([[12, 10], [38, 10]]), [[0, 12.5], [50, 12.5]], "rope 4-5")
    fit = fit_homography(picked(0.5), PLACES, lines=[wrong, rope(5)]).fit
    assert fit is not None
    assert [fit.labels[row] for row in np.flatnonzero(~fit.kept)] == ["rope 4-5"]
    assert fit.metres[8] == pytest.approx(2.5, abs=0.3)


@pytest.mark.parametrize(
    ("pixels", "points", "says"),
    [
        (picked()[:3], PLACES[:3], "3 points are too few .* pick at least 1 more"),
        ([], [], "too few"),
        (picked()[:4], PLACES[:5], "4 pixels, but 5 points"),
        (picked()[[0, 0, 1, 2]], PLACES[:4], "point 1 and point 2 are the same pixel"),
        (picked()[:4], PLACES[[0, 1, 1, 2]], "point 2 and point 3 are the same place"),
        (
            VIEW.pixels([[0, 5], [10, 5], [20, 5], [40, 5]]),
            [[0, 5], [10, 5], [20, 5], [40, 5]],
            "all points are on one line",
        ),
        (
            VIEW.pixels([[0, 5], [10, 5], [20, 5], [40, 9]]),
            [[0, 5], [10, 5], [20, 5], [40, 9]],
            "1, point 2, point 3 are on one",
        ),
        (np.where(np.arange(8) < 7, picked().T, np.nan).T, PLACES, "number 8 is not finite"),
        (picked()[:, 0], PLACES, "pairs"),
        ([["a", "b"]] * 4, PLACES[:4], "no numbers"),
    ],
)
def test_picks_that_make_no_homography_are_refused(pixels: object, points: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        fit_homography(pixels, points)  # type: ignore[arg-type]


def test_points_almost_on_a_line_are_refused_in_spite_of_noise() -> None:
    places = np.array([[0, 5], [10, 5], [20, 5], [30, 5], [40, 5]], float)
    for seed in range(10):
        pixels = VIEW.pixels(places) + np.random.default_rng(seed).normal(0, 1, (5, 2))
        with pytest.raises(InputError, match=r"on one line|leaves the homography open"):
            fit_homography(pixels, places)


def test_parallel_lines_leave_the_homography_open() -> None:
    with pytest.raises(InputError, match="another direction"):
        fit_homography(picked()[:1], PLACES[:1], lines=[rope(5), rope(10), rope(15), rope(20)])


@pytest.mark.parametrize("order", [[0, 1, 3, 2], [0, 2, 1, 3], [3, 1, 2, 0]])
def test_crossed_points_are_refused_with_the_pair_to_swap(order: list[int]) -> None:
    first, second = (row + 1 for row in range(4) if order[row] != row)
    with pytest.raises(InputError, match=f"the points cross.*point {first} with point {second}"):
        fit_homography(picked()[order], PLACES[:4])


def test_a_mirrored_picture_is_refused_where_the_field_is_seen_from_above() -> None:
    mirrored = picked()[[1, 0, 3, 2]]
    with pytest.raises(InputError, match="mirrored"):
        fit_homography(mirrored, PLACES[:4], seen="above")
    fit_homography(mirrored, PLACES[:4])
    fit_homography(picked()[:4], PLACES[:4], seen="above")


@pytest.mark.parametrize("deviation", [0.0, -1.0, np.nan, np.inf])
def test_a_deviation_is_positive(deviation: float) -> None:
    with pytest.raises(SettingError, match="positive"):
        fit_homography(picked(), PLACES, deviation)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (PickedLine([[1, 2]], [[0, 0], [1, 0]], "rope"), "rope: 1 pixels"),
        (PickedLine([[1, 2], [3, 4]], [[0, 0], [0, 0]], "rope"), "rope: a line needs two different"),
    ],
)
def test_lines_that_are_none_are_refused(line: PickedLine, says: str) -> None:
    with pytest.raises(InputError, match=says):
        fit_homography(picked(), PLACES, lines=[line])

"""Refinement on ropes and walls in rendered pools (synthetic), and on pictures that show none."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.geometry.planes import Field, Homography, pool, refine
from trackside.geometry.planes.fields import FieldLine

from .scene import SIZE, View, rendered

FIELD = pool()
PICKED = ["rope 7-8, 5 m", "rope 7-8, 45 m", "rope 7-8, 15 m", "rope 2-3, 25 m", "rope 0-1, 15 m", "rope 0-1, 35 m"]
VIEW = View(roll=0.02)


@functools.cache
def picture(seed: int = 0, *, ropes: bool = True) -> NDArray[np.uint8]:
    return rendered(VIEW, FIELD, ropes=ropes, waves=4.0, seed=seed)


def picked(deviation: float, seed: int = 0) -> Homography:
    rng = np.random.default_rng(seed)
    picks = {name: VIEW.pixels([FIELD.points[name]])[0] + rng.normal(0, deviation, 2) for name in PICKED}
    return FIELD.fit(picks, deviation=max(deviation, 1.0))


def off(homography: Homography) -> float:
    """Root mean square error over the pool that is in the picture, metres."""
    places = np.array(list(FIELD.points.values()))
    pixels = VIEW.pixels(places)
    seen = ((pixels > 0) & (pixels < SIZE)).all(axis=1)
    return float(np.sqrt(((homography.to_plane(pixels[seen]) - places[seen]) ** 2).sum(axis=1).mean()))


@pytest.mark.parametrize("seed", range(4))
def test_careless_picks_become_centimetres(seed: int) -> None:
    first = picked(2.0, seed)
    result = refine(picture(), first, FIELD)
    assert result.changed and result.held > 0.8 * result.samples
    assert off(result.homography) < 0.04 < off(first)
    assert 0.2 < result.moved < 6 and result.moved_metres > 0
    assert "lines found at" in str(result)


def test_the_uncertainty_shrinks_and_holds_the_error() -> None:
    first = picked(2.0)
    refined = refine(picture(), first, FIELD).homography
    pixels = VIEW.pixels([[10, 5], [25, 12], [40, 20]])
    error = np.linalg.norm(refined.to_plane(pixels) - VIEW.truth.to_plane(pixels), axis=1)
    assert (refined.deviation(pixels) < first.deviation(pixels) / 2).all()
    assert (error < 4 * refined.deviation(pixels)).all()


def test_a_right_homography_stays_where_it_is() -> None:
    result = refine(picture(), picked(0.0), FIELD)
    assert result.changed
    assert result.moved < 0.25


def test_ropes_are_not_taken_for_their_neighbours() -> None:
    # Lines that are not there, one metre beside each rope: nothing may be found on them.
    shifted = {
        name: type(line)((line.start[0], line.start[1] + 1.2), (line.end[0], line.end[1] + 1.2), line.width)
        for name, line in FIELD.lines.items()
        if name.startswith("rope")
    }
    result = refine(picture(), picked(1.0), shifted)
    assert not result.changed and result.held == 0


def elsewhere(**moves: tuple[float, float]) -> Field:
    """The field with the ends of some lines moved: along the lanes for walls, across for ropes, metres."""
    lines = dict(FIELD.lines)
    for name, (start, end) in moves.items():
        a, b = lines[name].start, lines[name].end
        way = np.array([1.0, 0.0]) if a[0] == b[0] else np.array([0.0, 1.0])
        lines[name] = FieldLine(tuple(a + start * way), tuple(b + end * way), lines[name].width)
    return replace(FIELD, lines=lines)


def told(homography: Homography) -> float:
    """The error over the pool that is in the picture, as the homography tells it, metres."""
    pixels = VIEW.pixels(list(FIELD.points.values()))
    seen = ((pixels > 0) & (pixels < SIZE)).all(axis=1)
    return float(np.sqrt((homography.deviation(pixels[seen]) ** 2).mean()))


@pytest.mark.parametrize("seed", range(4))
def test_where_the_field_is_the_right_one_nothing_is_doubted(seed: int) -> None:
    result = refine(picture(), picked(2.0, seed), FIELD)
    assert result.contradicting == () and not result.doubted and result.advice == ()


@pytest.mark.parametrize("move", [(0.3, 0.3), (0.0, 0.4)])
def test_a_rope_that_hangs_elsewhere_is_left_out_and_named(move: tuple[float, float]) -> None:
    result = refine(picture(), picked(2.0), elsewhere(**{"rope 2-3": move}))
    assert result.contradicting == ("rope 2-3",) and not result.doubted
    assert "rope 2-3 is elsewhere" in str(result)
    assert off(result.homography) < 0.02


@pytest.mark.parametrize("seed", range(2))
def test_walls_that_contradict_the_picks_make_the_answer_unsure(seed: int) -> None:
    skewed = refine(picture(), picked(2.0, seed), elsewhere(**{"wall start": (0, 1), "wall turn": (0, 1)}))
    assert skewed.doubted and "contradict the points" in str(skewed)
    assert off(skewed.homography) < 2 * told(skewed.homography)
    assert told(skewed.homography) > 5 * told(refine(picture(), picked(2.0, seed), FIELD).homography)


def test_where_uncertainty_spans_two_ropes_nothing_is_looked_for() -> None:
    first = picked(2.0)
    unsure = Homography(first.matrix, first.covariance * 25)
    result = refine(picture(), unsure, {name: line for name, line in FIELD.lines.items() if name.startswith("rope")})
    assert not result.changed and result.samples < 40


def test_swimmers_over_the_ropes_do_no_harm() -> None:
    image, rng = picture().copy(), np.random.default_rng(4)
    for place in rng.uniform([3, 2], [47, 20], (30, 2)):
        x, y = VIEW.pixels([place])[0].round().astype(int)
        image[max(0, y - 5) : y + 6, max(0, x - 22) : x + 23] = rng.integers(0, 255, 3)
    result = refine(image, picked(2.0), FIELD)
    assert result.changed and off(result.homography) < 0.05


@pytest.mark.parametrize("kind", ["grey", "noise", "waves"])
def test_where_there_are_no_lines_it_says_so_and_leaves_it(kind: str) -> None:
    rng = np.random.default_rng(0)
    if kind == "grey":
        image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    else:
        import cv2

        rough = rng.normal(0, 1, (SIZE[1], SIZE[0])).astype(np.float32)
        rough = cv2.GaussianBlur(rough, (0, 0), 4) if kind == "waves" else rough
        image = np.repeat(np.clip(120 + 15 * rough / rough.std(), 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    first = picked(2.0)
    result = refine(image, first, FIELD)
    assert not result.changed and result.homography is first
    assert "left as it is" in str(result)


def test_lines_that_are_not_in_the_picture_do_no_harm() -> None:
    result = refine(picture(ropes=False), picked(2.0), FIELD)
    assert all(held == 0 for name, (held, _) in result.lines.items() if name.startswith("rope"))
    assert any(held > 0 for name, (held, _) in result.lines.items() if name.startswith(("wall", "edge")))


def test_what_cannot_be_refined_is_refused() -> None:
    with pytest.raises(InputError, match="without uncertainty"):
        refine(picture(), VIEW.truth, FIELD)
    with pytest.raises(InputError, match="no lines"):
        refine(picture(), picked(2.0), Field("points only", {"a": (0.0, 0.0)}))

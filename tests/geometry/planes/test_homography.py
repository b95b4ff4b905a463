"""Pixels to metres and back, and how sure: against a synthetic camera that is known exactly, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.camera.lens import Lens
from trackside.geometry.planes import Homography, fit_homography, pool

from .scene import SIZE, View

VIEW = View(roll=0.05)
WIDE = Lens(SIZE, (800.0, 800.0), ((SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2), np.array([-0.25, 0.08, 0.001, -0.001, 0.0]))
CORNERS = np.array([[0, 0], [50, 0], [50, 25], [0, 25]], float)
PLACES = np.array([[15, 2.5], [35, 22.5], [25, 12.5], [5, 20]], float)


def noisy(view: View, places: np.ndarray, rng: np.random.Generator, deviation: float = 1.0) -> Homography:
    pixels = view.pixels(places)
    return fit_homography(pixels + rng.normal(0, deviation, pixels.shape), places, deviation)


def test_four_corners_give_back_every_place() -> None:
    found = fit_homography(VIEW.pixels(CORNERS), CORNERS)
    assert np.allclose(found.to_plane(VIEW.pixels(PLACES)), PLACES, atol=1e-9)
    assert np.allclose(found.to_pixels(PLACES), VIEW.pixels(PLACES), atol=1e-7)


def test_beyond_the_horizon_there_is_nothing() -> None:
    found = fit_homography(VIEW.pixels(CORNERS), CORNERS)
    horizon = found.horizon
    assert horizon is not None
    sky, water = np.array([600.0, -900.0]), np.array([600.0, 400.0])
    assert horizon @ [*sky, 1] < 0 < horizon @ [*water, 1]
    assert (
        np.isnan(found.to_plane(sky)).all()
        and np.isnan(found.metres_per_pixel(sky)).all()
        and np.isnan(found.deviation(sky))
    )
    assert np.isnan(found.to_pixels([25.0, -60.0])).all(), "behind the camera"
    assert np.isfinite(found.to_plane([[np.nan, 0.0], water])).tolist() == [[False, False], [True, True]]


def test_a_plane_seen_straight_on_has_no_horizon() -> None:
    assert Homography.of(np.diag([0.01, 0.01, 1.0]), seen=[5, 5]).horizon is None


def test_the_sign_of_a_matrix_does_not_matter_where_a_seen_pixel_tells_it() -> None:
    seen = VIEW.pixels(PLACES)
    for sign in (1, -3):
        assert np.allclose(Homography.of(sign * VIEW.truth.matrix, seen=seen[0]).to_plane(seen), PLACES)


@pytest.mark.parametrize("lens", [None, WIDE])
def test_metres_per_pixel_are_the_slope_of_places(lens: Lens | None) -> None:
    found = Homography(VIEW.truth.matrix, lens=lens)
    pixels, step = np.array([[500.0, 400.0], [900.0, 350.0]]), 1e-3
    local = found.metres_per_pixel(pixels)
    for axis in (0, 1):
        change = np.zeros(2)
        change[axis] = step
        slope = (found.to_plane(pixels + change) - found.to_plane(pixels - change)) / (2 * step)
        assert np.allclose(local[..., axis], slope, rtol=1e-3)


def test_a_lens_is_undone_and_put_back() -> None:
    flat = np.column_stack([np.vstack([CORNERS, PLACES]) * 0.6 + [10, 5], np.zeros(8)])
    pixels = WIDE.project(VIEW.camera_frame(flat))
    assert np.abs(pixels - VIEW.pixels(flat)).max() > 5, "the distortion is worth undoing"
    found = fit_homography(pixels, flat[:, :2], lens=WIDE)
    assert np.allclose(found.to_plane(pixels), flat[:, :2], atol=1e-6)
    assert np.allclose(found.to_pixels(flat[:, :2]), pixels, atol=1e-5)


@pytest.mark.parametrize("count", [4, 8])
def test_deviations_are_those_of_repeated_picking(count: int) -> None:
    # Synthetic: 150 times picked with errors of 1 px.
    rng, places = np.random.default_rng(0), np.vstack([CORNERS, PLACES])[:count]
    tries = [noisy(VIEW, places, rng) for _ in range(150)]
    targets = VIEW.pixels([[25, 5], [40, 15], [10, 20]])
    errors = np.array([each.to_plane(targets) for each in tries]) - VIEW.truth.to_plane(targets)
    seen = np.sqrt((errors**2).sum(axis=2).mean(axis=0))
    told = np.median([each.deviation(targets) for each in tries], axis=0)
    assert np.allclose(told, seen, rtol=0.2)


def test_an_uncertain_pixel_adds_its_own_metres() -> None:
    found, pixel = VIEW.truth, VIEW.pixels([[30, 10]])
    exact = Homography(found.matrix, np.zeros((9, 9)))
    assert exact.deviation(pixel)[0] == 0
    assert exact.deviation(pixel, 2.0)[0] == pytest.approx(2 * np.linalg.norm(exact.metres_per_pixel(pixel)[0]))
    assert np.isnan(found.deviation(pixel)).all(), "nobody knows how sure a bare matrix is"


def test_uncertainties_add_up_when_one_map_follows_another() -> None:
    rng, pixels = np.random.default_rng(1), VIEW.pixels(np.vstack([CORNERS, PLACES]))
    base = noisy(VIEW, np.vstack([CORNERS, PLACES]), rng)
    still = fit_homography(pixels, pixels, 1.0)
    both = base.after(still)
    assert np.allclose(both.to_plane(pixels), base.to_plane(pixels))
    assert (both.deviation(pixels) > base.deviation(pixels)).all()
    twice = np.sqrt(base.deviation(pixels) ** 2 + np.trace(_moved(base, still, pixels), axis1=1, axis2=2))
    assert np.allclose(both.deviation(pixels), twice, rtol=1e-6)


def _moved(base: Homography, step: Homography, pixels: np.ndarray) -> np.ndarray:
    local = base.metres_per_pixel(pixels)
    return local @ step.covariance_at(pixels) @ np.swapaxes(local, 1, 2)


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.full((3, 3), np.nan), np.eye(2), np.ones((3, 3)), "abc", [[1], 2]])
def test_a_matrix_that_maps_nothing_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(InputError, match="homography"):
        Homography(matrix)
    with pytest.raises(InputError, match="homography"):
        Homography.of(matrix, seen=[1, 2])


@pytest.mark.parametrize("deviation", [-1.0, np.nan, np.inf, "1", None])
def test_a_deviation_that_cannot_be_is_refused(deviation: float) -> None:
    with pytest.raises(SettingError, match="pixel's deviation"):
        VIEW.truth.deviation([640, 500], deviation)


@pytest.mark.parametrize("pixels", [[1.0], [[1.0, 2.0, 3.0]], "ab", [["a", "b"]]])
def test_pixels_that_are_no_pairs_are_refused(pixels: object) -> None:
    with pytest.raises(InputError, match="pixels"):
        VIEW.truth.to_plane(pixels)  # type: ignore[arg-type]


def test_no_pixels_are_no_places() -> None:
    assert VIEW.truth.to_plane(np.empty((0, 2))).shape == (0, 2)
    assert VIEW.truth.deviation(np.empty((0, 2))).shape == (0,)


def test_fifty_metres_of_pool_are_known_to_centimetres_from_eight_picks() -> None:
    # Synthetic, 1280 x 720, 1 px picks: what a coach may expect at 25 m.
    field, view = pool(), View()
    names = [f"rope {a}-{a + 1}, {x} m" for a in (0, 5) for x in (15, 25, 35)] + ["corner left start", "corner left turn"]
    found = field.fit({name: view.pixels([field.points[name]])[0] for name in names})
    assert 0.01 < float(found.deviation(view.pixels([[25, 11.25]]))[0]) < 0.05

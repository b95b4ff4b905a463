"""What of a picture a network sees is what the evaluation of torchvision and timm shows it."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.models.card import Geometry
from trackside.models.cropping import central_square, central_window, fitted


def _square(side: int, crop: float = 1.0) -> Geometry:
    return Geometry(width=side, height=side, fit="crop", crop=crop)


def test_the_window_is_the_middle_at_the_inputs_aspect() -> None:
    assert central_window((100, 50), _square(8)) == (25, 0, 75, 50)
    assert central_window((50, 100), _square(8, 0.5)) == (12, 37, 37, 62)
    assert central_window((100, 100), Geometry(width=40, height=20, fit="crop")) == (0, 25, 100, 75)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 7)])
@pytest.mark.parametrize("crop", [0.001, 0.5, 1])
def test_a_window_has_a_pixel_and_stays_in_the_picture(size: tuple[int, int], crop: float) -> None:
    x1, y1, x2, y2 = central_window(size, Geometry(width=8, height=5, fit="crop", crop=crop))
    assert 0 <= x1 < x2 <= size[0] and 0 <= y1 < y2 <= size[1]


@pytest.mark.parametrize("size", [(31, 20), (20, 31), (33, 33), (640, 427)])
def test_a_whole_crop_is_the_central_square_of_the_training(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    x1, y1, x2, y2 = central_window(size, _square(24))
    np.testing.assert_array_equal(picture[y1:y2, x1:x2], central_square(picture))


@pytest.mark.parametrize(("resized_to", "side"), [(256, 224), (224, 224), (146, 128)])
@pytest.mark.parametrize("size", [(640, 427), (500, 700), (301, 300)])
def test_it_is_what_torchvision_evaluates_on(size: tuple[int, int], resized_to: int, side: int) -> None:
    transforms = pytest.importorskip("torchvision.transforms", reason="needs torchvision, of the extra `lab`")
    image = pytest.importorskip("PIL.Image", reason="needs Pillow, which comes with torchvision")
    # Each pixel tells where it is, so that what is seen can be read off.
    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    picture = np.stack([across, down, 255 - across], axis=-1).round().astype(np.uint8)
    theirs = transforms.Compose([transforms.Resize(resized_to), transforms.CenterCrop(side)])(image.fromarray(picture))
    x1, y1, x2, y2 = central_window(size, _square(side, side / resized_to))
    ours = fitted(picture[y1:y2, x1:x2], side, side)
    # A pixel of the resized picture is about one grey level of the ramp; both round to whole pixels.
    np.testing.assert_allclose(ours.astype(int), np.asarray(theirs).astype(int), atol=2)

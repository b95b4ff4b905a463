"""Probabilities of boxes and of whole pictures, in batches; boxes that show nothing; other models."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models import check_package
from trackside.perception.classifier import Classifier, load_classifier

from .classifying import colours

RED, BLUE = 0, 2


def _halves() -> NDArray[np.uint8]:
    """Left half red, right half blue, 40 x 20."""
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, :20, 0] = picture[:, 20:, 2] = 255
    return picture


def _boxes(*rows: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize("activation", ["none", "softmax"])
def test_each_box_gets_the_probabilities_of_its_pixels(activation: str, tmp_path: Path) -> None:
    found = Classifier(colours(tmp_path, activation=activation))(_halves(), _boxes((0, 0, 20, 20), (20, 0, 40, 20)))
    # The scores are 10 times the mean colour, 0 to 1.
    sure, rest = np.e**10 / (np.e**10 + 2), 1 / (np.e**10 + 2)
    np.testing.assert_allclose(found, [[sure, rest, rest], [rest, rest, sure]], rtol=1e-5)
    assert found.dtype == np.float32


def test_the_margin_shows_the_surroundings(tmp_path: Path) -> None:
    classifier = Classifier(colours(tmp_path))
    plain = classifier(_halves(), _boxes((12, 5, 20, 13)))
    wide = classifier(_halves(), _boxes((12, 5, 20, 13)), margin=1.0)
    assert plain[0, BLUE] < 1e-4
    assert wide[0, BLUE] > 0.01


def test_boxes_that_reach_outside_are_known_and_those_that_lie_there_are_not(tmp_path: Path) -> None:
    boxes = _boxes((-30, -9, 9, 30), (35, -5, 1e6, 25), (41, 0, 60, 20), (np.nan, 0, 5, 5), (5, 5, 5, 5))
    found = Classifier(colours(tmp_path))(_halves(), boxes)
    assert found[:2].argmax(axis=1).tolist() == [RED, BLUE]
    assert np.isnan(found[2:]).all()


def test_no_boxes_and_no_pictures_give_no_rows(tmp_path: Path) -> None:
    classifier = Classifier(colours(tmp_path))
    assert classifier(_halves(), _boxes()).shape == (0, 3)
    assert classifier.many([], []) == []
    assert classifier.whole([]).shape == (0, 3)


@pytest.mark.parametrize("batch", [1, 2, "n"])
def test_many_pictures_together_give_what_each_gives_alone(batch: int | str, tmp_path: Path) -> None:
    classifier = Classifier(colours(tmp_path, batch=batch))
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (30, 20 + n, 3), np.uint8) for n in range(4)]
    boxes = [rng.uniform(0, 9, (n * 7, 4)).astype(np.float32) + np.float32([0, 0, 9, 9]) for n in range(4)]
    boxes[2][3] = np.nan
    together = classifier.many(images, boxes)
    for image, each, found in zip(images, boxes, together, strict=True):
        np.testing.assert_allclose(found, classifier(image, each), rtol=1e-6)
    alone = np.concatenate([classifier.whole([image]) for image in images])
    np.testing.assert_allclose(classifier.whole(images), alone, rtol=1e-6)


def test_a_whole_picture_is_seen_as_the_card_says(tmp_path: Path) -> None:
    picture = np.zeros((20, 60, 3), np.uint8)
    picture[:, 20:40, 0] = picture[:, :20, 2] = picture[:, 40:, 2] = 255
    crop = Classifier(colours(tmp_path / "crop", geometry={"fit": "crop"})).whole([picture])
    stretch = Classifier(colours(tmp_path / "stretch", geometry={"fit": "stretch"})).whole([picture])
    assert crop[0].argmax() == RED and stretch[0].argmax() == BLUE


def test_the_order_of_the_colours_is_that_of_the_card(tmp_path: Path) -> None:
    classifier = Classifier(colours(tmp_path, geometry={"colour": "BGR"}))
    assert classifier(_halves(), _boxes((0, 0, 20, 20)))[0].argmax() == BLUE


def test_threads_give_the_same(tmp_path: Path) -> None:
    classifier = Classifier(colours(tmp_path))
    images = list(np.random.default_rng(1).integers(0, 256, (40, 12, 9, 3), np.uint8))
    with ThreadPoolExecutor(4) as pool:
        together = np.concatenate(list(pool.map(lambda image: classifier.whole([image]), images)))
    np.testing.assert_allclose(together, classifier.whole(images), rtol=1e-6)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"task": "embedding", "activation": "none"}, "no classifier but a model for embedding"),
        ({"family": "points"}, "of the family points"),
        ({"classes": []}, "names no classes"),
    ],
)
def test_other_models_are_refused(changes: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=says):
        Classifier(colours(tmp_path, **changes))


def test_a_package_with_a_wrong_number_of_classes_is_found_by_its_check_and_refused(tmp_path: Path) -> None:
    package = colours(tmp_path, classes=["red", "green"])
    assert check_package(package.folder).verdict.value == "fail"
    with pytest.raises(ModelError, match="3 classes apart, the card names 2"):
        Classifier(package).whole([_halves()])
    assert check_package(colours(tmp_path / "sound").folder).verdict.value == "ok"


def test_a_process_opens_a_model_once(tmp_path: Path) -> None:
    folder = str(colours(tmp_path).folder)
    assert load_classifier(folder) is load_classifier(folder)

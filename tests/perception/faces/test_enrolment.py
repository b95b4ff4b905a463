"""Only good pictures of one person enrol somebody."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from trackside.core import RGB, InputError
from trackside.perception.faces import FaceDescriber, FaceFinder, Limits, examine

# The only real faces at hand are blurred or turned: the pictures are right, so these faults are let pass.
LENIENT = Limits(eyes=10, sharpness=0.0, turn=0.5)


@pytest.fixture
def looks(pictures: Mapping[str, RGB]) -> list[tuple[str, RGB]]:
    """The same face twice, once a little darker."""
    return [("plain", pictures["large"]), ("darker", (pictures["large"] * 0.9).astype(np.uint8))]


def test_pictures_of_one_person_are_taken(
    looks: list[tuple[str, RGB]], finder: FaceFinder, describer: FaceDescriber
) -> None:
    found = examine(looks, finder, describer, threshold=0.8, limits=LENIENT)
    assert found.taken == ("plain", "darker")
    assert found.vectors.shape == (2, describer.dim)
    assert found.agreement > 0.8
    assert math.isnan(examine(looks[:1], finder, describer, threshold=0.8, limits=LENIENT).agreement)


def test_pictures_of_two_people_are_refused(
    looks: list[tuple[str, RGB]], pictures: Mapping[str, RGB], finder: FaceFinder, describer: FaceDescriber
) -> None:
    with pytest.raises(InputError, match="do not look like one person") as told:
        examine([*looks, ("other", pictures["team"])], finder, describer, threshold=0.8, limits=LENIENT)
    assert told.value.where == "other"


def test_a_picture_of_two_or_of_nobody_is_left_out(
    looks: list[tuple[str, RGB]], pictures: Mapping[str, RGB], finder: FaceFinder, describer: FaceDescriber
) -> None:
    crowd = np.concatenate([pictures["large"], pictures["large"]], axis=1)
    given = [*looks, ("crowd", crowd), ("empty", np.zeros((90, 90, 3), np.uint8))]
    found = examine(given, finder, describer, threshold=0.8, limits=LENIENT)
    assert found.taken == ("plain", "darker")
    assert dict(found.refused) == {
        "crowd": "it shows 2 faces, and only one may be enrolled by it",
        "empty": "no face was found in it",
    }


def test_no_good_picture_is_one_sentence_with_the_reasons(
    pictures: Mapping[str, RGB], finder: FaceFinder, describer: FaceDescriber
) -> None:
    with pytest.raises(InputError, match=r"no picture is good enough.*pixels apart"):
        examine([("far", pictures["footballer"])], finder, describer, threshold=0.8)
    with pytest.raises(InputError, match="no picture is good enough"):
        examine([], finder, describer, threshold=0.8)

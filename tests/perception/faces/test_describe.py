"""Faces become vectors of unit length; what is no face has none; a tag tells models apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.perception.faces.standin import DIM, standin
from trackside.core import RGB, ModelError
from trackside.perception.faces import FaceDescriber, FaceFinder


def test_a_face_is_near_itself_turned_and_far_from_another(
    describer: FaceDescriber, finder: FaceFinder, pictures: Mapping[str, RGB]
) -> None:
    picture = pictures["large"]
    turned = np.asarray(cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE), np.uint8)
    height = len(picture)
    (faces,) = finder([picture])
    points = faces.points.points
    # A quarter clockwise takes (x, y) to (height - 1 - y, x).
    plain = describer(picture, points)
    found = describer(turned, np.stack([height - 1 - points[..., 1], points[..., 0]], axis=-1))
    (others,) = finder([pictures["team"]])
    other = describer(pictures["team"], others.points.points)
    assert plain.shape == (1, DIM)
    np.testing.assert_allclose(np.linalg.norm(plain, axis=1), 1, atol=1e-6)
    assert float(plain[0] @ found[0]) > 0.99
    assert float(plain[0] @ other[0]) < 0.9


def test_points_that_make_no_face_have_no_vector(describer: FaceDescriber) -> None:
    points = np.full((2, 5, 2), np.nan)
    points[1] = np.random.default_rng(0).uniform(10, 60, (5, 2))
    found = describer(np.full((80, 80, 3), 200, np.uint8), points.astype(np.float32))
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()
    assert describer(np.zeros((9, 9, 3), np.uint8), np.empty((0, 5, 2), np.float32)).shape == (0, DIM)


def test_more_faces_than_one_run_takes_are_those_of_single_runs(describer: FaceDescriber) -> None:
    crops = list(np.random.default_rng(1).integers(0, 256, (37, 112, 112, 3), dtype=np.uint8))
    alone = np.concatenate([describer.aligned([crop]) for crop in crops])
    np.testing.assert_allclose(describer.aligned(crops), alone, atol=1e-6)


def test_tags_tell_networks_and_their_inputs_apart(tmp_path: Path, describer: FaceDescriber) -> None:
    same = FaceDescriber(standin(tmp_path / "a")).tag
    other = FaceDescriber(standin(tmp_path / "b", seed=1)).tag
    scaled = FaceDescriber(standin(tmp_path / "c", std=(64.0,) * 3)).tag
    assert same == describer.tag
    assert len({same, other, scaled}) == 3


def test_a_network_that_takes_no_squares_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aligned faces are squares"):
        FaceDescriber(standin(tmp_path, width=56, height=112))

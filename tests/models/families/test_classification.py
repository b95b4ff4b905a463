"""Classes come out as probabilities, whatever the network gives; what cannot be probabilities is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trackside.core import ModelError
from trackside.models.card import Card, parse_card
from trackside.models.families.classification import decode_probabilities, softmax


def _card(classes: tuple[str, ...] = ("cat", "dog", "owl"), **changes: Any) -> Card:
    base = {"name": "mine", "task": "classification", "family": "classification", "runtime": "onnx", "licence": "MIT"}
    files = [{"name": "net.onnx", "sha256": "0" * 64, "bytes": 3}]
    geometry = {"width": 4, "height": 4}
    return parse_card({**base, "classes": classes, "geometry": geometry, "files": files, **changes}, where="test")


def test_probabilities_come_out_as_they_are() -> None:
    given = np.array([[0.1, 0.7, 0.2], [1, 0, 0]], np.float32)
    found = decode_probabilities({"a": given}, _card())
    np.testing.assert_array_equal(found, given)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(decode_probabilities({"a": given[..., None, None]}, _card()), given)
    assert decode_probabilities({"a": given[:0]}, _card()).shape == (0, 3)


def test_scores_become_probabilities_where_the_card_says_so() -> None:
    scores = np.log(np.array([[1, 7, 2], [1, 1, 2]], np.float32))
    found = decode_probabilities({"a": scores}, _card(activation="softmax"))
    np.testing.assert_allclose(found, [[0.1, 0.7, 0.2], [0.25, 0.25, 0.5]], rtol=1e-6)


def test_large_scores_do_not_overflow() -> None:
    np.testing.assert_array_equal(softmax(np.array([[1e9, -1e9, 0], [-1e9, -1e9, -1e9]])), [[1, 0, 0], [1 / 3] * 3])


@pytest.mark.parametrize("activation", ["none", "softmax"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_row_that_is_not_finite_is_not_known_and_the_others_are(activation: str, bad: float) -> None:
    given = np.array([[0.2, bad, 0.3], [0.5, 0.3, 0.2]], np.float32)
    found = decode_probabilities({"a": given}, _card(activation=activation))
    assert np.isnan(found[0]).all()
    assert found[1].sum() == pytest.approx(1)


@pytest.mark.parametrize("given", [[3.0, -1.0, 0.5], [0.6, 0.6, 0.6], [-0.2, 0.6, 0.6], [0, 0, 0]])
def test_scores_without_activation_are_refused(given: list[float]) -> None:
    with pytest.raises(ModelError, match=r"no probabilities.*`softmax`"):
        decode_probabilities({"a": np.array([given], np.float32)}, _card())


def test_probabilities_of_eight_bits_are_probabilities() -> None:
    names = tuple(f"class {number}" for number in range(1000))
    given = np.round(softmax(np.random.default_rng(0).normal(0, 2, (5, 1000))) * 256) / 256
    assert (np.abs(given.sum(axis=1) - 1) > 0.1).any()
    np.testing.assert_allclose(decode_probabilities({"a": given}, _card(names)), given, rtol=1e-6)


@pytest.mark.parametrize("shapes", [[(3,)], [(1, 3, 2)], [(1, 3), (1, 3)], []])
def test_other_outputs_are_refused(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ModelError, match="one output of shape"):
        decode_probabilities({str(n): np.ones(shape, np.float32) for n, shape in enumerate(shapes)}, _card())


def test_classes_that_are_not_those_of_the_network_are_refused() -> None:
    with pytest.raises(ModelError, match="tells 3 classes apart, the card names 2"):
        decode_probabilities({"a": np.full((1, 3), 1 / 3)}, _card(("cat", "dog")))
    with pytest.raises(ModelError, match="names no classes"):
        decode_probabilities({"a": np.full((1, 3), 1 / 3)}, _card(()))

"""Classifiers: networks that say of which class a picture is.

The output is [batch, classes]: probabilities, or scores (logits) of which the card says that a softmax makes probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.card import Card

NAME = "classification"
# Probabilities that were rounded: of float16 in the sum, and by half a step of eight bits in each class.
_SUM, _STEP = 0.01, 0.5 / 256


def decode_probabilities(outputs: Mapping[str, NDArray[Any]], card: Card) -> NDArray[np.float32]:
    """The probabilities of a batch, float32 [batch, classes], in the order of the card's classes.

    A row in which the network gave a value that is no number is NaN.

    Args:
        outputs: what the runtime gave.
        card: of the network.

    Raises:
        ModelError: the card names no classes; the network does not have one output of shape [batch, classes] (or
            [batch, classes, 1, 1]) with a value for each of them; or the values are no probabilities, and the card names no
            activation.
    """
    names = class_names(card)
    shapes = [list(output.shape) for output in outputs.values()]
    if len(shapes) != 1 or len(shapes[0]) < 2 or int(np.prod(shapes[0][2:])) != 1:
        raise ModelError(f"a classifier has one output of shape [batch, classes], got {shapes}", where=card.name)
    if shapes[0][1] != len(names):
        what = f"the network tells {shapes[0][1]} classes apart, the card names {len(names)}"
        raise ModelError(what, where=card.name, fix="correct `classes` on the card")
    (output,) = outputs.values()
    values = np.asarray(output, np.float64).reshape(shapes[0][:2])
    values = np.where(np.isfinite(values).all(axis=1, keepdims=True), values, np.nan)
    return np.asarray(softmax(values) if card.activation == "softmax" else _checked(values, card), np.float32)


def class_names(card: Card) -> tuple[str, ...]:
    """The names of a classifier's classes.

    Raises:
        ModelError: there are none.
    """
    if not card.classes:
        fix = "add `classes` to the card, in the order of the network's outputs"
        raise ModelError("the card names no classes", where=card.name, fix=fix)
    return card.classes


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """exp(scores) / sum(exp(scores)) along the last axis, in the form that cannot overflow."""
    wide = np.asarray(scores, np.float64)
    powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _checked(values: NDArray[np.float64], card: Card) -> NDArray[np.float64]:
    """The values themselves, if they are probabilities; unknown rows are."""
    off = _SUM + _STEP * values.shape[1]
    if (np.abs(values.sum(axis=1) - 1) > off).any() or (values < -_SUM).any() or (values > 1 + _SUM).any():
        fix = "if they are scores before a softmax, add `activation` `softmax` to the card"
        raise ModelError("the outputs are no probabilities: they do not sum to 1", where=card.name, fix=fix)
    return values

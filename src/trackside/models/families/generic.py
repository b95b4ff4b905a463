"""A detector whose card says how its outputs are read: a network from a paper's repository dropped in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.card import Card, Decoding
from trackside.models.families.base import FAMILIES, Candidates, ClassFilter, Decoder, Family, corners, of_classes, sigmoid


def decoder(card: Card) -> Decoder:
    """The decoder that a card's `decoding` describes."""
    rule = card.decoding
    if rule is None:
        raise ModelError("the card has no `decoding`", where=card.name, fix="add it to the card")
    scale = np.array([card.geometry.width, card.geometry.height] * 2, np.float32) if rule.normalised else np.float32(1)

    def decode(outputs: Mapping[str, NDArray[Any]], threshold: float, classes: ClassFilter = None) -> list[Candidates]:
        batch = [_one(*parts, rule, threshold, classes) for parts in _parts(outputs, rule, card.name)]
        return [Candidates(np.asarray(c.boxes * scale, np.float32), c.scores, c.classes) for c in batch]

    return decode


def _parts(
    outputs: Mapping[str, NDArray[Any]], rule: Decoding, where: str
) -> list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32] | None]]:
    """Boxes [n, 4], scores [n] or [n, classes] and class numbers [n] (or None) of each picture."""
    if rule.combined is not None:
        rows = _rows(outputs, rule.combined, rule.transposed, where)
        return [(values[:, :4], *_columns(values[:, 4:], rule)) for values in rows]
    boxes = _rows(outputs, rule.boxes or "", rule.transposed, where)
    scores = _rows(outputs, rule.scores or "", rule.transposed and rule.classes is None, where)
    scores = _activated(scores.reshape(len(boxes), boxes.shape[1], -1), rule)
    if rule.classes is None:
        return [(b, s, None) for b, s in zip(boxes, scores, strict=True)]
    numbers = _rows(outputs, rule.classes, False, where).reshape(len(boxes), -1).astype(np.int32)
    return [(b, s[:, 0], c) for b, s, c in zip(boxes, scores, numbers, strict=True)]


def _rows(outputs: Mapping[str, NDArray[Any]], name: str, transposed: bool, where: str) -> NDArray[np.float32]:
    if name not in outputs:
        raise ModelError(
            f"the network has no output {name!r}", where=where, fix=f"its outputs are {', '.join(outputs)}: correct the card"
        )
    values = np.asarray(outputs[name], np.float32)
    return values.swapaxes(1, 2) if transposed else values


def _columns(values: NDArray[np.float32], rule: Decoding) -> tuple[NDArray[np.float32], NDArray[np.int32] | None]:
    if rule.columns == "score+class":
        return _activated(values[:, 0], rule), values[:, 1].astype(np.int32)
    scores = _activated(values, rule)
    return (scores[:, 1:] * scores[:, :1], None) if rule.columns == "objectness+scores" else (scores, None)


def _activated(scores: NDArray[np.float32], rule: Decoding) -> NDArray[np.float32]:
    return sigmoid(scores) if rule.activation == "sigmoid" else scores


def _one(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    numbers: NDArray[np.int32] | None,
    rule: Decoding,
    threshold: float,
    classes: ClassFilter,
) -> Candidates:
    if numbers is None:
        numbers = scores.argmax(axis=1).astype(np.int32)
        scores = scores.max(axis=1, initial=0)
    numbers = numbers - np.int32(rule.first_class)
    # Networks with suppression inside fill their fixed number of rows with class -1 or score 0.
    kept = (scores >= np.float32(threshold)) & (numbers >= 0) & of_classes(numbers, classes)
    return Candidates(_as_corners(boxes[kept], rule.box), scores[kept].astype(np.float32), numbers[kept])


def _as_corners(boxes: NDArray[np.float32], form: str) -> NDArray[np.float32]:
    if form == "xyxy":
        return np.asarray(boxes, np.float32)
    x, y, width, height = boxes.T
    if form == "xywh":
        x, y = x + width / 2, y + height / 2
    return corners(x, y, width, height)


FAMILIES.add(
    "generic",
    Family("generic", decoder, "the card", lambda card: card.decoding is not None and card.decoding.nms),
)

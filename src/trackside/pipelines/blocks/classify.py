"""Telling of which class a picture, or what is in a box, is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, Image, Table
from trackside.core.units import ClassifierRef, Fraction
from trackside.perception import Classifier, load_classifier
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch

UNSURE = "?"
"""The class of what no class is probable enough for."""


@block("classify.in_boxes@1")
def classify_in_boxes(
    images: Batch[Image],
    people: Batch[Detections],
    *,
    model: ClassifierRef,
    threshold: Fraction | None = None,
    margin: Fraction = 0.1,
) -> Batch[Detections]:
    """Tell of which class each person or thing is that was found before; what is tracked keeps its number.

    Each box gets the class that is most probable, and its probability. No model is chosen beforehand: train one on pictures
    that are cut out like these boxes, with trackside train.

    Args:
        images: the pictures that they were found in.
        people: the people or things, as detections or tracks.
        model: the model that tells the classes apart.
        threshold: how sure the model must be; where it is less sure, the class is ?; empty for what the model's authors
            recommend.
        margin: how much of its surroundings to show the model on every side of a box, as a share of the box's longer side;
            best as much as the pictures had that it was trained on.
    """
    classifier = load_classifier(model)
    given = classifier.many(images, [found.boxes for found in people], margin=margin)
    return [_labelled(found, each, classifier, threshold) for found, each in zip(people, given, strict=True)]


@block("classify.image@1")
def classify_image(images: Batch[Image], *, model: ClassifierRef, threshold: Fraction | None = None) -> Batch[Table]:
    """Tell of which class each whole picture is: a row with the most probable class and its probability.

    Args:
        images: the pictures to look at.
        model: the model that tells the classes apart.
        threshold: how sure the model must be; where it is less sure, the class is ?; empty for what the model's authors
            recommend.
    """
    classifier = load_classifier(model)
    names = (*classifier.names, UNSURE)
    classes, scores = _most_probable(classifier.whole(images), classifier, threshold)
    rows = zip(classes, scores, strict=True)
    return [Table({"class": [names[number]], "probability": np.array([score])}) for number, score in rows]


def _labelled(found: Detections, given: NDArray[np.float32], classifier: Classifier, threshold: float | None) -> Detections:
    classes, scores = _most_probable(given, classifier, threshold)
    return replace(found, classes=classes, scores=scores, names=(*classifier.names, UNSURE))


def _most_probable(
    given: NDArray[np.float32], classifier: Classifier, threshold: float | None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Class numbers int32 [n] (after the last where unsure) and probabilities float32 [n] (0 where nothing is seen)."""
    least = classifier.package.card.threshold if threshold is None else threshold
    known = np.nan_to_num(given)
    scores = known.max(axis=1)
    sure = (scores >= np.float32(least)) & np.isfinite(given).all(axis=1)
    return np.where(sure, known.argmax(axis=1), len(classifier.names)).astype(np.int32), scores

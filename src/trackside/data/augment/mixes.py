"""Transforms that make one sample of two, with labels in proportion."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from trackside.data.augment.covered import hidden, paste, whole_pixels
from trackside.data.augment.geometry import resize
from trackside.data.augment.sample import Sample
from trackside.data.augment.transform import mixing
from trackside.data.augment.warping import warp_sample

Rng = np.random.Generator
_GREY = (114, 114, 114)


@mixing("mixup")
def mixup(sample: Sample, other: Sample, rng: Rng, *, alpha: Annotated[float, Field(gt=0, le=10)] = 0.2) -> Sample:
    """Two pictures laid over each other (Zhang et al. 2018); annotations of both stay.

    Args:
        alpha: of the Beta distribution that the share is drawn from; 1 is uniform, small values leave one picture alone.
    """
    import cv2

    share = float(rng.beta(alpha, alpha))
    other = fitted(other, sample.size)
    image = np.asarray(cv2.addWeighted(sample.image, share, other.image, 1 - share, 0), np.uint8)
    return joined(replace(sample, image=image), other, share)


@mixing("cutmix")
def cutmix(sample: Sample, other: Sample, rng: Rng, *, alpha: Annotated[float, Field(gt=0, le=10)] = 1.0) -> Sample:
    """A rectangle of another picture (Yun et al. 2019); labels in proportion to the areas, boxes as far as they are seen.

    Args:
        alpha: of the Beta distribution that the area's share is drawn from.
    """
    other = fitted(other, sample.size)
    half = np.sqrt(1 - float(rng.beta(alpha, alpha))) * np.array(sample.size) / 2
    centre = rng.uniform(0, 1, 2) * sample.size
    hole = whole_pixels(np.concatenate([centre - half, centre + half])[None], sample.size)
    left, top, right, bottom = hole[0].tolist()
    share = 1 - (right - left) * (bottom - top) / (sample.size[0] * sample.size[1])
    width, height = sample.size
    frame = np.array(
        [[0, 0, width, top], [0, bottom, width, height], [0, top, left, bottom], [right, top, width, bottom]], float
    )
    around = _gone(hidden(other, frame))
    image = paste(sample.image, other.image, hole[0])
    return joined(hidden(replace(sample, image=image), hole.astype(np.float64)), around, share)


def fitted(sample: Sample, size: tuple[int, int]) -> Sample:
    """The sample scaled into a size, with grey bars; annotations go along."""
    if sample.size == size:
        return sample
    warp = resize(sample.size, np.random.default_rng(0), width=size[0], height=size[1])
    return warp_sample(sample, warp, "constant", _GREY)


def joined(first: Sample, second: Sample, share: float) -> Sample:
    """The first sample's picture with the annotations of both, and labels by their share (0 to 1) of the first."""
    labels = np.concatenate([first.labels, second.labels])
    weights = np.concatenate([first.weights * share, second.weights * (1 - share)])
    classes, place = np.unique(labels, return_inverse=True)
    if first.points.shape[1] != second.points.shape[1]:
        raise ValueError(f"samples of {first.points.shape[1]} and {second.points.shape[1]} points cannot be mixed")
    return Sample(
        first.image,
        classes.astype(np.int32),
        np.bincount(place, weights, len(classes)) / max(float(weights.sum()), 1e-12),
        np.concatenate([first.boxes, second.boxes]),
        np.concatenate([first.points, second.points]),
        np.concatenate([first.classes, second.classes]),
        np.concatenate([first.visible, second.visible]),
        np.concatenate([first.rows, np.full(len(second.rows), -1)]),
        first.pairs,
    )


def _gone(sample: Sample) -> Sample:
    """Without annotations of which nothing is seen; points that are covered belong to the other picture, so they go too."""
    points = sample.points.copy()
    points[points[..., 2] == 1] = 0
    return replace(sample, points=points).take(sample.visible > 0)

"""Which classes are mistaken for which: the joint of given and true labels by confident learning (Northcutt et al. 2021).

Where labels of one class are often given to another, a label that fits both becomes more suspect, and one that no annotator
ever confused less so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.labels.folds import Ints
from trackside.data.labels.probes import Floats

Wide = NDArray[np.float64]
# Confusions that probes find are partly their own, not the annotators'; half of what they say (in logs) lost least over
# uniform flips, where it misleads, and flips that depend on the class, where it helps.
_TRUST = 0.5
_PRIOR = 2.0


def class_thresholds(probability: Floats, labels: Ints) -> Wide:
    """The mean probability that items of a class have for it, [k]: what counts as confident for that class."""
    own = probability[np.arange(len(labels)), labels]
    members = np.bincount(labels, minlength=probability.shape[1])
    sums = np.bincount(labels, own, minlength=probability.shape[1])
    return np.asarray(np.where(members > 0, sums / np.maximum(members, 1), 1.0), np.float64)


def confident_joint(probability: Floats, labels: Ints) -> Wide:
    """How many items of each given class (row) are confidently of each class (column), [k, k]; section 3.1 of the paper."""
    confident = np.where(probability >= class_thresholds(probability, labels), probability, -1)
    likely = confident.argmax(axis=1)
    counted = confident.max(axis=1) >= 0
    joint = np.zeros((probability.shape[1],) * 2)
    np.add.at(joint, (labels[counted], likely[counted]), 1)
    return joint


def mistakes(probability: Floats, labels: Ints) -> Wide:
    """How likely each class is given another's label, relative to all alike: [true, given]; ones on the diagonal."""
    joint = confident_joint(probability, labels)
    members = np.bincount(labels, minlength=len(joint))
    counts = (joint / np.maximum(joint.sum(axis=1, keepdims=True), 1) * members[:, None]).T
    rate = float(np.clip(1 - np.trace(counts) / max(counts.sum(), 1), 1e-3, 0.5))
    count = len(joint)
    weight = _PRIOR * count
    moved = (counts + weight * rate / (count - 1)) / (counts.sum(axis=1, keepdims=True) + weight)
    relative = moved / (rate / (count - 1))
    np.fill_diagonal(relative, 1.0)
    return np.asarray(relative, np.float64)


def lean(probability: Floats, labels: Ints, relative: Wide) -> Wide:
    """What the confusions add to the log odds that labels are wrong, [n]."""
    rest = probability + 1e-4
    rest[np.arange(len(labels)), labels] = 0
    expected = np.einsum("nk,nk->n", rest, relative.T[labels].astype(np.float32)) / rest.sum(axis=1)
    return np.asarray(_TRUST * np.log(expected), np.float64)

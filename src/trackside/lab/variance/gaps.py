"""The gaps between the errors of successive splits, each with what it is called and what closes it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from trackside.core import InputError
from trackside.lab.variance.splits import Measured, difference

SPLITS = ("human", "train", "train-dev", "dev", "test")
"""From the error that nobody can avoid to the one that counts. `train-dev` is like the training data, but not trained on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a gap between two splits means."""

    above: str
    name: str
    asks: str
    remedies: tuple[str, ...]


KINDS = (
    Kind("train", "avoidable bias", "Does the model fit the training data as well as people can?",
         ("train longer or with a better optimiser", "take a larger or better suited network", "weaken regularisation")),
    Kind("train-dev", "variance", "Does it do as well on new data of the same kind?",
         ("get more training data, or augment it", "strengthen regularisation", "start from pretrained weights",
          "take a smaller network")),
    Kind("dev", "data mismatch", "Does it do as well on the data that count?",
         ("look at what differs between training and dev data", "get or synthesise training data like the dev data")),
    Kind("test", "overfitting to dev", "Does it do as well on data that nothing was chosen by?",
         ("get a larger dev split", "choose among fewer models on it")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """What separates the errors of two splits.

    Attributes:
        kind: what that means.
        below: the split below, which may be several steps down where splits between are missing.
        above: the split above.
        size: the difference of their errors.
        low: of its 95 % interval.
        high: of its 95 % interval.
    """

    kind: Kind
    below: str
    above: str
    size: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        """Whether the interval lies above zero."""
        return self.low > 0


def gaps(errors: Mapping[str, Measured]) -> tuple[Gap, ...]:
    """The gaps between splits that are there, from human error upwards (Ng, Machine Learning Yearning, 2018, chapters 20
    to 43).

    Args:
        errors: by split: `human`, `train`, `train-dev`, `dev`, `test`; at least two. Without `train-dev`, variance and data
            mismatch cannot be told apart, and the gap from `train` to `dev` counts as variance.

    Raises:
        InputError: fewer than two splits, a name that is none of these, or an error below 0.
    """
    unknown = [name for name in errors if name not in SPLITS]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no split that is known", fix=f"use {', '.join(SPLITS)}")
    bad = [name for name, measured in errors.items() if not measured.error >= 0 or math.isinf(measured.error)]
    if bad:
        raise InputError(f"the error of {bad[0]} is {errors[bad[0]].error:g}", fix="give errors from 0 up")
    there = [name for name in SPLITS if name in errors]
    if len(there) < 2:
        raise InputError("a gap takes the errors of two splits", fix="give train and dev at least")
    return tuple(_gap(errors, below, above) for below, above in itertools.pairwise(there))


def _gap(errors: Mapping[str, Measured], below: str, above: str) -> Gap:
    """The gap between neighbours. It is named after the first step between them: from train to dev without train-dev,
    variance.
    """
    named = SPLITS[SPLITS.index(below) + 1]
    kind = next(kind for kind in KINDS if kind.above == named)
    low, high = difference(errors[above], errors[below])
    return Gap(kind, below, above, errors[above].error - errors[below].error, low, high)

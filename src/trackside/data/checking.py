"""What a data check is: a question about a data set, what it needs to have been extracted, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Registry, Threshold, TracksideError
from trackside.core.checks import Answer, Check
from trackside.core.images import resized
from trackside.data.dataset import Dataset
from trackside.data.looking import look_at
from trackside.data.scan import Extractor, Progress, Scan
from trackside.data.suspects import Suspect

DataAnswer: TypeAlias = Answer[tuple[Suspect, ...]]
FEATURES = "features"
"""Stands in `needs` for frozen features of whichever network the user chose."""
# Rooms with a `checks.py`, in the order in which their questions are asked.
_FAMILIES = ("quality", "duplicates", "leakage", "labels", "features", "shortcuts", "drift", "annotating", "agreement")


class Missing(TracksideError):
    """Something that a check needs is not there: no network, no predictions."""


@dataclass
class Subject:
    """What a data check looks at.

    Attributes:
        dataset: the data set.
        scan: what was extracted from its pictures.
        seed: of all that is random.
        features_of: name of the extractor that made the features, or an empty text.
        no_features: why there are none.
        predictions: str [n], the class that the user's own model gives each item ("" for none); None where not given.
        progress: told what goes on.
    """

    dataset: Dataset
    scan: Scan
    seed: int = 0
    features_of: str = ""
    no_features: str = "no features were asked for"
    predictions: NDArray[np.object_] | None = None
    progress: Progress | None = None
    shared: dict[str, Any] = field(default_factory=dict)
    """Results that several checks use, by name; whoever needs one first makes it."""

    def features(self) -> NDArray[np.float32]:
        """float32 [n, d], frozen features of the pictures; rows of NaN for those that cannot be read.

        Raises:
            Missing: there is no network, or no picture can be read.
        """
        if not self.features_of:
            raise Missing(f"this needs features of a network, and {self.no_features}")
        # Features of a file are shared from the start; a scan without a readable picture has no column of them.
        if "features" not in self.shared and not self.scan.readable.any():
            raise Missing("no picture can be read")
        return self.once("features", lambda: self.scan.column(self.features_of, "vector").astype(np.float32))  # type: ignore[no-any-return]

    def picture(self, item: int, side: int = 160) -> RGB:
        """A small picture of an item for the evidence, longer side `side` pixels; grey if it cannot be read."""
        try:
            rgb = look_at(self.dataset.path(item)).rgb
        except TracksideError:
            return np.full((side, side, 3), 128, np.uint8)
        scale = side / max(rgb.shape[:2])
        return resized(rgb, max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made at most once."""
        if name not in self.shared:
            self.shared[name] = make()
        return self.shared[name]

    def generator(self, name: str) -> np.random.Generator:
        """Random numbers of one check: the same for the same seed, whichever other checks run."""
        return np.random.default_rng([self.seed, *name.encode()])


@dataclass(frozen=True, slots=True)
class DataCheck:
    """A check of data, and the extractors that it needs to have looked at every picture."""

    check: Check[Subject, tuple[Suspect, ...]]
    needs: tuple[str, ...] = ()


def _fill() -> None:
    for family in _FAMILIES:
        import_module(f"trackside.data.{family}.checks")


CHECKS: Registry[DataCheck] = Registry("data check", _fill)
EXTRACTORS: Registry[Callable[[], Extractor]] = Registry("extractor", _fill)


def data_check(
    name: str,
    *,
    asks: str,
    needs: Sequence[str] = (),
    costs: str = "",
    source: str = "",
    thresholds: Sequence[Threshold] = (),
) -> Callable[[Callable[[Subject], DataAnswer]], DataCheck]:
    """Register a function as a check of data.

    Args:
        name: `split-leakage`.
        asks: the question, as a person would ask it.
        needs: names of extractors in `EXTRACTORS`, or `FEATURES`.
        costs: what it takes, besides the pass over the pictures.
        source: what it rests on.
        thresholds: what judges its numbers.
    """

    def registered(measure: Callable[[Subject], DataAnswer]) -> DataCheck:
        made = Check(name, asks, measure, tuple(thresholds), costs, source)
        return CHECKS.add(name, DataCheck(made, tuple(needs)))

    return registered

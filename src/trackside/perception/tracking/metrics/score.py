"""All tracking metrics of a sequence at once, and of several sequences together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from trackside.core import Detections, InputError, Tracks
from trackside.perception.tracking.metrics.clear import Clear, clear
from trackside.perception.tracking.metrics.comparison import compare
from trackside.perception.tracking.metrics.gaps import EDGES, GapBin, Gaps, gaps
from trackside.perception.tracking.metrics.hota import ALPHAS, Hota, hota
from trackside.perception.tracking.metrics.identity import Identity, identity


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How well a result tracks, by four measures; each keeps its counts, so that `+` over sequences is exact."""

    hota: Hota
    clear: Clear
    identity: Identity
    gaps: Gaps

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            self.hota + other.hota, self.clear + other.clear, self.identity + other.identity, self.gaps + other.gaps
        )

    def numbers(self) -> dict[str, float]:
        """Every score under its usual name: shares as 0 to 1, counts as they are."""
        h, c, i = self.hota, self.clear, self.identity
        shares = {name: float(curve.mean()) for name, curve in h.curves.items()}
        shares |= {"MOTA": c.mota, "MOTP": c.motp, "Recall": c.recall, "Precision": c.precision}
        shares |= {"IDF1": i.idf1, "IDR": i.idr, "IDP": i.idp}
        counts = {"TP": c.tp, "FN": c.fn, "FP": c.fp, "IDSW": c.idsw, "Frag": c.frag, "MT": c.mt, "PT": c.pt, "ML": c.ml}
        return shares | counts | {"IDTP": i.idtp, "IDFN": i.idfn, "IDFP": i.idfp}

    def to_json(self, edges: Sequence[float] = EDGES) -> dict[str, Any]:
        """Plain data for JSON; what is undefined or infinite is None."""
        curves = {name: curve.tolist() for name, curve in self.hota.curves.items()}
        return {
            **self.numbers(),
            "alphas": ALPHAS.round(2).tolist(),
            "curves": curves,
            "identity_recall": [_bin_to_json(part) for part in (*self.gaps.bins(edges), self.gaps.total)],
        }


def score(
    truth: Mapping[int, Tracks],
    result: Mapping[int, Tracks],
    *,
    fps: float,
    detections: Mapping[int, Detections] | None = None,
) -> Scores:
    """Score one sequence.

    Args:
        truth: frame to what is there; a score of 0 marks a box that does not count.
        result: frame to what the tracker said.
        fps: frames a second, for the lengths of gaps.
        detections: frame to what the tracker was fed, which defines the gaps; see `gaps`. None for the result's own.

    Raises:
        InputError: an identity stands twice in a frame or is below 0, or a box is not finite; names side and frame.
        SettingError: the frame rate is not a positive number.
    """
    comparison = compare(truth, result)
    return Scores(
        hota(comparison),
        clear(comparison),
        identity(comparison),
        gaps(comparison, fps=fps, detections=detections),
    )


def combine(scores: Iterable[Scores]) -> Scores:
    """The scores of several sequences as of one, box by box: TrackEval's COMBINED.

    Raises:
        InputError: there are no sequences.
    """
    parts = tuple(scores)
    if not parts:
        raise InputError("there are no sequences to combine", fix="score at least one")
    return reduce(lambda total, part: total + part, parts)


def mean_numbers(scores: Iterable[Scores]) -> dict[str, float]:
    """The plain mean of every number over sequences, in which a short one counts as much as a long one.

    Raises:
        InputError: there are no sequences.
    """
    rows = [part.numbers() for part in scores]
    if not rows:
        raise InputError("there are no sequences to average", fix="score at least one")
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _bin_to_json(part: GapBin) -> dict[str, Any]:
    low, high = part.interval
    numbers = {"low_s": part.low, "high_s": part.high, "recall": part.recall, "recall_low": low, "recall_high": high}
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()} | {
        "kept": part.kept,
        "gaps": part.count,
    }

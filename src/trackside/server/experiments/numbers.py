"""Numbers as JSON can hold them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from trackside.server.experiments.shapes import Odd


def finite(value: float) -> float | None:
    """The number, or None if it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None


def odd_of(value: float) -> Odd | None:
    """What a number is that is not finite; None for those that are."""
    if math.isfinite(value):
        return None
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def moment(seconds: float) -> datetime | None:
    """A time from seconds since 1970; None if there is none, or no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""A metric: a number that people care about, measured on outputs and targets of a whole split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Metric:
    """How good outputs are.

    Attributes:
        name: the field's word for it: `accuracy`, `mean absolute error`.
        measure: `measure(outputs, targets)` over a whole split, tensors whose first axis counts items.
        higher_is_better: False for errors.
        unit: "" for a share or a pure number.
    """

    name: str
    measure: Callable[[Tensor, Tensor], float]
    higher_is_better: bool = True
    unit: str = ""

    def better(self, one: float, other: float) -> bool:
        """Whether the first value is better than the second; NaN never is."""
        return one > other if self.higher_is_better else one < other

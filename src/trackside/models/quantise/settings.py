"""What a user may choose about quantising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trackside.core import SettingError, nearest

Method: TypeAlias = Literal["minmax", "entropy", "percentile"]
Target: TypeAlias = Literal["cpu", "tensorrt"]
METHODS: tuple[Method, ...] = ("minmax", "entropy", "percentile")
TARGETS: tuple[Target, ...] = ("cpu", "tensorrt")

# Agreement with FP32 below which layers are given back to FP32, by task. Agreement is stricter than accuracy: of two boxes
# for a half-hidden person neither is wrong, yet they disagree. Classification: MLPerf Inference asks for 99 % of FP32.
LEAST = {"detection": 0.95, "classification": 0.99, "embedding": 0.98}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to quantise.

    Attributes:
        method: how the range of each tensor is chosen from what was seen: all of it, the part that loses least information
            (KL divergence), or all but the outermost values.
        target: what the network is laid out for.
        exclude: nodes that stay at FP32 whatever comes.
        keep_worst: groups of layers that may be given back to FP32: as many as are needed (`auto`), none, or so many.
        least: agreement with FP32 to be reached, 0 to 1; None for the task's usual one.
    """

    method: Method = "minmax"
    target: Target = "cpu"
    exclude: tuple[str, ...] = ()
    keep_worst: int | Literal["auto"] = "auto"
    least: float | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise SettingError(f"unknown method {self.method!r}", where="method", fix=nearest(self.method, METHODS))
        if self.target not in TARGETS:
            raise SettingError(f"unknown target {self.target!r}", where="target", fix=nearest(self.target, TARGETS))
        if self.keep_worst != "auto" and self.keep_worst < 0:
            raise SettingError(f"cannot keep {self.keep_worst} groups", where="keep_worst", fix="give auto, 0 or a number")
        if self.least is not None and not 0 <= self.least <= 1:
            raise SettingError(f"{self.least} is no agreement", where="least", fix="give a number from 0 to 1")

    def least_for(self, task: str) -> float:
        """The agreement to be reached for a task."""
        return LEAST[task] if self.least is None else self.least

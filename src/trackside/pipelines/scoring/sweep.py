"""One setting after the other through a range: the curve of recall and false alarms over each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trackside.core import SettingError
from trackside.pipelines.scoring.rule import Rule
from trackside.pipelines.scoring.score import Score

_MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Sweep:
    """A setting and the values to try.

    Attributes:
        setting: `block.setting`.
        values: in the order in which they are tried; None for "not asked".
    """

    setting: str
    values: tuple[Any, ...]

    @property
    def block(self) -> str:
        """The name of the block."""
        return self.setting.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Curve:
    """The scores over one setting, all others as in the pipeline."""

    sweep: Sweep
    scores: tuple[Score, ...]


def read_sweep(text: str) -> Sweep:
    """Read `block.setting=low:high:count` or `block.setting=a,b,c` (values as in a pipeline file; `null` for not asked).

    Raises:
        SettingError: it says something else.
    """
    import yaml

    setting, equals, values = text.partition("=")
    setting = setting.strip()
    fix = "write block.setting=0.2:0.9:15 (from, to, how many), or block.setting=0.2,0.5,null"
    if not equals or setting.count(".") != 1 or not all(setting.split(".")):
        raise SettingError(f"cannot read {text!r}", where="sweep", fix=fix)
    parts = values.split(":")
    if len(parts) == 3:
        return Sweep(setting, _between(parts, text, fix))
    try:
        listed = yaml.safe_load(f"[{values}]")
    except yaml.YAMLError:
        raise SettingError(f"cannot read the values in {text!r}", where="sweep", fix=fix) from None
    if not listed or len(listed) > _MOST_VALUES:
        raise SettingError(f"{len(listed)} values in {text!r}", where="sweep", fix=f"give from 1 to {_MOST_VALUES}")
    if any(isinstance(value, dict) or (isinstance(value, float) and not math.isfinite(value)) for value in listed):
        raise SettingError(f"a value in {text!r} cannot be", where="sweep", fix=fix)
    return Sweep(setting, tuple(listed))


def _between(parts: Sequence[str], text: str, fix: str) -> tuple[float | int, ...]:
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except ValueError:
        raise SettingError(f"cannot read the range in {text!r}", where="sweep", fix=fix) from None
    if not (math.isfinite(low) and math.isfinite(high)) or not 1 <= count <= _MOST_VALUES:
        raise SettingError(f"the range in {text!r} cannot be", where="sweep", fix=f"give from 1 to {_MOST_VALUES} values")
    step = (high - low) / max(1, count - 1)
    values = [round(low + number * step, 6) for number in range(count)]
    whole = all(value.is_integer() for value in values) and "." not in parts[0] + parts[1]
    return tuple(dict.fromkeys(int(value) if whole else value for value in values))


def sweep(rule: Rule, sweeps: Sequence[Sweep]) -> list[Curve]:
    """Score the rule with each value of each setting.

    Raises:
        PipelineError: a value cannot be.
    """
    return [Curve(one, tuple(rule.outcome({one.setting: value}).score() for value in one.values)) for one in sweeps]

"""Recipes: which transforms, with what chance, as plain data.

```yaml
steps:
  - {use: flip, chance: 0.5}
  - {use: rotate, by: 10}
  - {use: brightness, by: 0.3, chance: 0.8}
border: reflect          # constant, reflect, replicate; by itself: constant with boxes or points, else reflect
fill: [114, 114, 114]    # RGB of what is empty or covered
least_visible: 0.3       # boxes of which less is left are dropped
swap: [[left hand, right hand]]  # classes that a mirror exchanges
```
A bare list of steps is a recipe too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trackside.core import InputError, SettingError, TracksideError
from trackside.core.units import Fraction
from trackside.data.augment.transform import TRANSFORMS, Kind, Transform

Border = Literal["auto", "constant", "reflect", "replicate"]
Channel = Annotated[int, Field(ge=0, le=255)]
_FIX = "write steps as [{use: flip, chance: 0.5}, ...]"


@dataclass(frozen=True, slots=True)
class Step:
    """One transform of a recipe: its name, checked settings, and the chance that it is used, 0 to 1."""

    use: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    chance: float = 1.0

    @property
    def transform(self) -> Transform:
        """What it names."""
        return TRANSFORMS[self.use]

    @property
    def kind(self) -> Kind:
        """Of its transform."""
        return self.transform.kind

    def to_data(self) -> dict[str, Any]:
        """As a recipe's file writes it."""
        settings = {name: list(value) if isinstance(value, tuple) else value for name, value in self.settings.items()}
        return {"use": self.use, **({} if self.chance == 1 else {"chance": self.chance}), **settings}


class Recipe(BaseModel):
    """Steps in their order, and what holds for all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    steps: tuple[Step, ...] = ()
    border: Border = "auto"
    fill: tuple[Channel, Channel, Channel] = (114, 114, 114)
    least_visible: Fraction = 0.3
    swap: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Step]:  # type: ignore[override]
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def only(self, *steps: Step) -> Recipe:
        """The recipe with these steps instead."""
        return self.model_copy(update={"steps": steps})

    def swapped(self) -> dict[str, str]:
        """Class to the class that a mirror makes of it."""
        return {a: b for pair in self.swap for a, b in (pair, pair[::-1])}

    def to_data(self) -> dict[str, Any]:
        """Plain data that `recipe_of` reads back."""
        return {**self.model_dump(mode="json", exclude={"steps"}), "steps": [step.to_data() for step in self.steps]}


def read_recipe(path: Path | str) -> Recipe:
    """A recipe from a YAML or JSON file.

    Raises:
        InputError: no such file, or it is neither.
        SettingError: an unknown transform or setting.
    """
    import yaml

    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such recipe", where=str(path), fix="name a YAML or JSON file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read as YAML or JSON ({type(error).__name__})", where=str(path), fix=_FIX) from None
    return recipe_of(data, str(path))


def recipe_of(data: Any, where: str = "recipe") -> Recipe:
    """A recipe from plain data: a list of steps, or a mapping with `steps`.

    Raises:
        SettingError: an unknown transform or setting, or a value out of range.
    """
    whole = {"steps": data} if isinstance(data, list) else data
    if not isinstance(whole, Mapping) or not isinstance(whole.get("steps"), (list, tuple)):
        raise SettingError("is no recipe", where=where, fix=_FIX)
    steps = tuple(_step(row, f"{where}, step {number}") for number, row in enumerate(whole["steps"], start=1))
    try:
        return Recipe(**{**whole, "steps": steps})
    except (ValidationError, TypeError) as error:
        what = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        said = f"{'.'.join(map(str, what['loc']))}: {str(what['msg']).lower()}"
        raise SettingError(said, where=where, fix=f"settings are {', '.join(Recipe.model_fields)}") from None


def _step(row: Any, where: str) -> Step:
    if isinstance(row, Step):
        return row
    if not isinstance(row, Mapping) or not isinstance(row.get("use"), str):
        raise SettingError("names no transform", where=where, fix=_FIX)
    chance = row.get("chance", 1.0)
    if isinstance(chance, bool) or not isinstance(chance, (int, float)) or not 0 <= chance <= 1:
        raise SettingError(f"{chance!r} is no chance", where=where, fix="give 0 to 1")
    try:
        transform = TRANSFORMS[row["use"]]
    except TracksideError as error:
        raise SettingError(error.what, where=where, fix=error.fix) from None
    settings = {str(name): value for name, value in row.items() if name not in ("use", "chance")}
    return Step(row["use"], transform.read(settings, f"{where}, {row['use']}"), float(chance))

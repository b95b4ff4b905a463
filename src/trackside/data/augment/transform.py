"""The contract of transforms: a function whose keyword settings are its form, in a table that recipes name them from.

Four kinds, by what they are given:

| kind | function | gives |
| --- | --- | --- |
| photometric | `(image, rng, *, settings)` | another image of the same size |
| geometric | `(size, rng, *, settings)` | a `Warp`: where every point goes |
| covering | `(size, rng, *, settings)` | rectangles to hide, float64 [n, 4], x1 y1 x2 y2 |
| mixing | `(sample, other, rng, *, settings)` | a `Sample` made of two |

Geometry is given as a homography, so that consecutive transforms are multiplied and the picture is resampled once.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from trackside.core import Registry, SettingError

Floats = NDArray[np.float64]
F = TypeVar("F", bound=Callable[..., Any])
Size = tuple[int, int]
_ARGUMENT = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


class Kind(StrEnum):
    """What a transform is given and gives."""

    PHOTOMETRIC = "photometric"
    GEOMETRIC = "geometric"
    COVERING = "covering"
    MIXING = "mixing"


@dataclass(frozen=True, slots=True)
class Warp:
    """Where the points of a picture go: `matrix` float64 [3, 3] on homogeneous pixels (the first from 0 to 1), and the width
    and height of the result."""

    matrix: Floats
    size: Size

    def then(self, other: Warp) -> Warp:
        """This one, and the other after it."""
        return Warp(other.matrix @ self.matrix, other.size)

    @property
    def mirrors(self) -> bool:
        """Whether it exchanges left and right."""
        return bool(np.linalg.det(self.matrix[:2, :2]) < 0)


class Settings(BaseModel):
    """Base of every transform's settings: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Transform:
    """What is known of a transform from its signature and docstring."""

    name: str
    kind: Kind
    target: Callable[..., Any]

    @cached_property
    def settings(self) -> type[Settings]:
        """The pydantic model of its settings."""
        hints = typing.get_type_hints(self.target, include_extras=True)
        fields = {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in inspect.signature(self.target).parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
        return typing.cast(type[Settings], create_model(self.name, __base__=Settings, **fields))  # type: ignore[call-overload]

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.target) or "").partition("\n")[0]

    def form(self) -> dict[str, Any]:
        """The JSON Schema of its settings, with the docstring's help: what an editor asks."""
        schema = self.settings.model_json_schema()
        helps = {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(inspect.getdoc(self.target) or "")}
        for name, one in schema.get("properties", {}).items():
            one["description"] = helps.get(name, "")
        return {**schema, "title": self.name, "description": self.summary, "kind": str(self.kind)}

    def read(self, values: Mapping[str, Any], where: str) -> dict[str, Any]:
        """Checked settings.

        Raises:
            SettingError: an unknown setting, or a value outside its type or range.
        """
        try:
            return dict(self.settings(**values))
        except ValidationError as error:
            detail = error.errors()[0]
            setting = ".".join(map(str, detail["loc"]))
            fix = f"its settings are {', '.join(self.settings.model_fields) or 'none'}"
            raise SettingError(f"{setting}: {detail['msg'].lower()}", where=where, fix=fix) from None


def _import_built_in() -> None:
    from trackside.data.augment import covers, geometry, mixes, photometry  # noqa: F401


TRANSFORMS: Registry[Transform] = Registry("transform", _import_built_in)


def photometric(name: str) -> Callable[[F], F]:
    """Register a transform of colours."""
    return _registered(name, Kind.PHOTOMETRIC)


def geometric(name: str) -> Callable[[F], F]:
    """Register a transform of places."""
    return _registered(name, Kind.GEOMETRIC)


def covering(name: str) -> Callable[[F], F]:
    """Register a transform that hides rectangles."""
    return _registered(name, Kind.COVERING)


def mixing(name: str) -> Callable[[F], F]:
    """Register a transform that makes one sample of two."""
    return _registered(name, Kind.MIXING)


def _registered(name: str, kind: Kind) -> Callable[[F], F]:
    def register(target: F) -> F:
        TRANSFORMS.add(name, Transform(name, kind, target))
        return target

    return register

"""Fields whose measures are known: named points and lines, in metres, to be picked in a picture.

A field is data: a pool, a throwing sector, or one of your own from a small YAML or JSON file. x and y are right-handed seen
from above, so that heights count upwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, nearest
from trackside.geometry.planes.arrays import Floats
from trackside.geometry.planes.fit import fit_homography
from trackside.geometry.planes.homography import Homography
from trackside.geometry.planes.picks import PickedLine

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A straight line of a field.

    Attributes:
        start: one end, metres.
        end: the other.
        width: of what is seen, metres; 0 for an edge, as between water and deck.
    """

    start: Place
    end: Place
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of play.

    Attributes:
        name: what people call it.
        points: name to place (x, y), metres.
        lines: name to line.
        raised: name to (x, y, height) of what is seen near the field but not on its plane, metres; it cannot be picked.
        source: the rules that the measures are from.
        unverified: names whose place was not read in the rules.
    """

    name: str
    points: Mapping[str, Place]
    lines: Mapping[str, FieldLine] = field(default_factory=dict)
    raised: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    source: str = ""
    unverified: frozenset[str] = frozenset()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Field:
        """A field of your own.

        Args:
            data: as read from YAML or JSON: `name`; `points`, name to [x, y]; and, if you like, `lines`, name to
                [[x, y], [x, y]] or [[x, y], [x, y], width], and `source`. Metres.

        Raises:
            InputError: something is missing, unknown, or no number.
        """
        if not isinstance(data, Mapping):
            raise InputError("a field is a table of name, points and lines", where="field")
        unknown = [str(key) for key in data if key not in _KEYS]
        if unknown:
            raise InputError(f"there is no {unknown[0]!r}", where="field", fix=nearest(unknown[0], _KEYS))
        name = str(data.get("name", "field"))
        points = {str(key): _place(value, f"{name}, point {key}") for key, value in _table(data, "points", name).items()}
        lines = {str(key): _line(value, f"{name}, line {key}") for key, value in _table(data, "lines", name).items()}
        if len(points) + len(lines) < 4:
            fix = "give at least four, no three of the points on a line"
            raise InputError(f"{len(points)} points and {len(lines)} lines are too few", where=name, fix=fix)
        return cls(name, points, lines, source=str(data.get("source", "")))

    def fit(
        self,
        picked: Mapping[str, ArrayLike],
        lines: Mapping[str, ArrayLike] | None = None,
        *,
        lens: Lens | None = None,
        deviation: float = 1.0,
    ) -> Homography:
        """The homography of a picture in which some of the field was picked.

        Args:
            picked: name of a point to its pixel [2].
            lines: name of a line to two or more pixels on it [k, 2]; its ends need not be seen.
            lens: of the camera; its distortion is undone first.
            deviation: how exact the pixels are, standard deviation of each coordinate.

        Raises:
            InputError: a name is unknown or not on the plane, or the picks make no homography (see `fit_homography`).
        """
        strokes = lines or {}
        for name in picked:
            self._check(name, self.points, "point")
        for name in strokes:
            self._check(name, self.lines, "line")
        chosen = [self.lines[name] for name in strokes]
        picks = [
            PickedLine(pixels, (line.start, line.end), name, deviation)
            for (name, pixels), line in zip(strokes.items(), chosen, strict=True)
        ]
        pixels = [_pixel(value, name) for name, value in picked.items()]
        places = [self.points[name] for name in picked]
        return fit_homography(pixels, places, deviation, lens, lines=picks, labels=tuple(picked), seen="above")

    @property
    def extent(self) -> Floats:
        """The least and the greatest x and y [2, 2], metres."""
        ends = [end for line in self.lines.values() for end in (line.start, line.end)]
        places = np.array([*self.points.values(), *ends], np.float64)
        return np.stack([places.min(axis=0), places.max(axis=0)])

    def _check(self, name: str, known: Mapping[str, Any], kind: str) -> None:
        if name in known:
            return
        if name in self.raised:
            height = self.raised[name][2]
            side = f"{height:g} m above" if height > 0 else f"{-height:g} m below"
            fix = f"pick a {kind} on the plane instead"
            raise InputError(f"{name} is {side} the plane of the {self.name}", where="picked", fix=fix)
        raise InputError(f"the {self.name} has no {kind} {name!r}", where="picked", fix=nearest(name, known))


_KEYS = ("name", "points", "lines", "source")


def _table(data: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    table = data.get(key) or {}
    if not isinstance(table, Mapping):
        raise InputError(f"{key} are a table from names to places", where=name)
    return table


def _place(value: Any, where: str) -> Place:
    numbers = np.array(_numbers(value, where))
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise InputError("a place is two finite numbers, x and y in metres", where=where)
    return float(numbers[0]), float(numbers[1])


def _line(value: Any, where: str) -> FieldLine:
    if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
        raise InputError("a line is two places, and its width if you know it", where=where)
    start, end = _place(value[0], where), _place(value[1], where)
    width = np.array(_numbers(value[2] if len(value) == 3 else 0.0, where))
    if start == end:
        raise InputError("both ends of the line are the same place", where=where)
    if width.shape != () or not 0 <= float(width) < np.inf:
        raise InputError("the width of a line is a number of metres, 0 for an edge", where=where)
    return FieldLine(start, end, float(width))


def _numbers(value: Any, where: str) -> Floats:
    try:
        return np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{value!r} is no number", where=where) from None


def _pixel(value: ArrayLike, name: str) -> Floats:
    pixel = _numbers(value, f"pixel of {name}")
    if pixel.shape != (2,):
        raise InputError("a pixel is two numbers, u and v", where=f"pixel of {name}")
    return pixel

"""Aerodynamic coefficients of a javelin against the angle of attack, each row with its source.

Force and moment are given as areas and a volume, so that no reference area or length can be mistaken: drag = q * drag_area,
lift = q * lift_area, moment about the centre of mass = q * moment_volume, with q = 1/2 rho v^2. A javelin is a body of
revolution: drag is even in the angle of attack, lift and moment are odd, so a table holds 0 to 180 degrees.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, OutputError
from trackside.geometry.flight.checks import Floats, finite

_COLUMNS = ("angle_deg", "drag_area_m2", "lift_area_m2", "moment_volume_m3", "source", "measured")
# A table of more than this many bytes is no table of coefficients.
_LARGEST = 1_000_000


@dataclass(frozen=True, eq=False)
class Coefficients:
    """A table of drag, lift and pitching moment.

    Attributes:
        angles: float64 [k], angles of attack, radians, ascending from 0; up to pi for a table that can be flown.
        drag_area: float64 [k], m^2, not negative.
        lift_area: float64 [k], m^2; positive lifts a javelin whose nose is above its path.
        moment_volume: float64 [k], m^3, about the centre of mass; negative turns the nose down at positive angles.
        source: where each row comes from.
        measured: bool [k]; False for a row that is modelled.

    Raises:
        InputError: rows that cannot be flown: not finite, unordered, negative drag, lengths that differ.
    """

    angles: Floats
    drag_area: Floats
    lift_area: Floats
    moment_volume: Floats
    source: tuple[str, ...]
    measured: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name in ("angles", "drag_area", "lift_area", "moment_volume"):
            object.__setattr__(self, name, finite(name.replace("_", " "), getattr(self, name), dimensions=1))
        object.__setattr__(self, "measured", np.asarray(self.measured, np.bool_))
        _check(self)

    @cached_property
    def _curve(self) -> Callable[[Floats], Floats]:
        from scipy.interpolate import PchipInterpolator

        if self.angles[-1] < math.pi - 1e-6:
            last = math.degrees(self.angles[-1])
            raise InputError(
                f"the coefficients end at {last:g} degrees",
                where="flight",
                fix="complete them: measured.completed(slender_coefficients(javelin))",
            )
        # Monotone pieces (Fritsch and Carlson 1980): no drag below zero between two rows.
        columns = np.stack([self.drag_area, self.lift_area, self.moment_volume], axis=1)
        return cast(Callable[[Floats], Floats], PchipInterpolator(self.angles, columns))

    def at(self, attack: Floats) -> tuple[Floats, Floats, Floats]:
        """Drag area, lift area and moment volume at angles of attack [n], radians, any sign.

        Raises:
            InputError: the table does not reach 180 degrees.
        """
        turned = wrapped(attack)
        drag, lift, moment = self._curve(np.minimum(np.abs(turned), self.angles[-1])).T
        sign = np.copysign(1.0, turned)
        return drag, sign * lift, sign * moment

    def completed(self, by: Coefficients) -> Coefficients:
        """These rows, and those of another table beyond their last angle."""
        more = by.angles > self.angles[-1] + 1e-9
        names = tuple(source for source, wanted in zip(by.source, more, strict=True) if wanted)
        return Coefficients(
            np.concatenate([self.angles, by.angles[more]]),
            np.concatenate([self.drag_area, by.drag_area[more]]),
            np.concatenate([self.lift_area, by.lift_area[more]]),
            np.concatenate([self.moment_volume, by.moment_volume[more]]),
            self.source + names,
            np.concatenate([self.measured, by.measured[more]]),
        )

    @classmethod
    def read(cls, path: str | Path) -> Coefficients:
        """A table from a CSV file: angle_deg, drag_area_m2, lift_area_m2, moment_volume_m3, source, measured (yes or no).

        Raises:
            InputError: no such file, columns that lack, or values that cannot be read.
        """
        place = Path(path)
        try:
            if place.stat().st_size > _LARGEST:
                raise InputError(
                    "this is no table of coefficients: over 1 MB", where=str(place), fix="give one row an angle"
                )
            with place.open(newline="", encoding="utf-8-sig") as file:
                rows = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"cannot read the coefficients ({error})", where=str(place), fix="give a CSV file") from None
        missing = [name for name in _COLUMNS if not rows or name not in rows[0]]
        if missing:
            raise InputError(f"no column {missing[0]}", where=str(place), fix=f"give {', '.join(_COLUMNS)}")
        values = np.array(
            [[_float(row, name, number, place) for name in _COLUMNS[:4]] for number, row in enumerate(rows, 2)]
        )
        sources = tuple(str(row["source"]) for row in rows)
        flags = [_flag(row, number, place) for number, row in enumerate(rows, 2)]
        return cls(np.radians(values[:, 0]), values[:, 1], values[:, 2], values[:, 3], sources, np.array(flags))

    def write(self, path: str | Path) -> None:
        """Write the table as `read` takes it.

        Raises:
            OutputError: the file cannot be written.
        """
        columns = (np.degrees(self.angles), self.drag_area, self.lift_area, self.moment_volume)
        try:
            with Path(path).open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(_COLUMNS)
                for *numbers, source, measured in zip(*columns, self.source, self.measured, strict=True):
                    writer.writerow([*(f"{value:.10g}" for value in numbers), source, "yes" if measured else "no"])
        except OSError as error:
            raise OutputError(f"cannot write the coefficients ({error})", where=str(path)) from None


def wrapped(angles: Floats) -> Floats:
    """The same angles within -pi to pi, radians."""
    return np.asarray(np.remainder(angles + math.pi, 2 * math.pi) - math.pi)


def _check(table: Coefficients) -> None:
    rows = len(table.angles)
    others = (table.drag_area, table.lift_area, table.moment_volume, table.source, table.measured)
    if any(len(column) != rows for column in others):
        raise InputError(
            "columns of the coefficients differ in length", where="flight", fix="give one value an angle in each"
        )
    if rows < 3 or abs(table.angles[0]) > 1e-9 or (np.diff(table.angles) <= 0).any() or table.angles[-1] > math.pi + 1e-6:
        raise InputError(
            "angles of attack do not rise from 0", where="flight", fix="give 3 or more, sorted, within 0 to 180 degrees"
        )
    if (table.drag_area < 0).any():
        raise InputError("a drag area is negative", where="flight", fix="check the sign: drag is against the motion")
    if abs(table.lift_area[0]) > 1e-9 or abs(table.moment_volume[0]) > 1e-9:
        raise InputError(
            "lift or moment at 0 degrees is not 0", where="flight", fix="a javelin is round: subtract the offset"
        )


def _float(row: dict[str, str], name: str, line: int, place: Path) -> float:
    try:
        return float(row[name])
    except (TypeError, ValueError):
        raise InputError(f"line {line}: {name} is {row[name]!r}", where=str(place), fix="give a number") from None


def _flag(row: dict[str, str], line: int, place: Path) -> bool:
    text = (row["measured"] or "").strip().lower()
    if text not in ("yes", "no"):
        raise InputError(f"line {line}: measured is {row['measured']!r}", where=str(place), fix="write yes or no")
    return text == "yes"

"""Conditions that a slice can be made of: `light <= 0.2`, `camera = pool 3`, and which rows keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.lab.errors.predictions import Column

# Where numbers are cut: the lowest and highest tenth, fifth, third and half; bands of a fifth and a third. Two cuts make
# further bands.
_LOW, _HIGH = (0.1, 0.2, 1 / 3, 0.5), (0.5, 2 / 3, 0.8, 0.9)
_BANDS = ((0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (1 / 3, 2 / 3))
# Values of a column of texts, and values of a number that is a code rather than an amount.
_MOST_VALUES, _FEW_NUMBERS = 40, 12
NOTHING = "(none)"


@dataclass(frozen=True, slots=True)
class Atoms:
    """Conditions on single columns.

    Attributes:
        names: a conditions, for people.
        columns: int [a], the number of the column that each is about.
        numeric: bool [a], whether it is a cut of a number (two cuts of one column make a band).
        members: bool [n, a], which rows keep it.
    """

    names: tuple[str, ...]
    columns: NDArray[np.int64]
    numeric: NDArray[np.bool_]
    members: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.intp]) -> Atoms:
        """Some of the conditions."""
        names = tuple(self.names[number] for number in chosen)
        return Atoms(names, self.columns[chosen], self.numeric[chosen], self.members[:, chosen])


def atoms_of(columns: Mapping[str, Column], least: int) -> Atoms:
    """All conditions that at least `least` rows keep and at least `least` do not; of equal ones the first.

    The cuts depend on the columns alone, never on what is wrong.
    """
    names: list[str] = []
    numbers: list[int] = []
    numeric: list[bool] = []
    members: list[NDArray[np.bool_]] = []
    known: set[bytes] = set()
    for number, (column, values) in enumerate(columns.items()):
        for name, rows, is_cut in _conditions(column, values):
            print_of = np.packbits(rows).tobytes()
            if least <= rows.sum() <= len(rows) - least and print_of not in known:
                known.add(print_of)
                names.append(name)
                numbers.append(number)
                numeric.append(is_cut)
                members.append(rows)
    n = len(next(iter(columns.values()))) if columns else 0
    table = np.stack(members, axis=1) if members else np.empty((n, 0), bool)
    return Atoms(tuple(names), np.array(numbers, np.int64), np.array(numeric, bool), table)


Condition = tuple[str, NDArray[np.bool_], bool]


def _conditions(name: str, values: Column) -> Iterator[Condition]:
    if values.dtype.kind == "f":
        finite = values[np.isfinite(values)]
        if len(finite) and len(np.unique(finite)) > _FEW_NUMBERS:
            yield from _cuts(name, values, finite)
            yield f"{name} not known", ~np.isfinite(values), False
            return
        values = np.array([f"{value:g}" if np.isfinite(value) else "" for value in values], object)
    texts, counts = np.unique(values.astype(str), return_counts=True)
    for text in texts[np.argsort(-counts, kind="stable")][:_MOST_VALUES]:
        yield f"{name} = {text or NOTHING}", np.asarray(values == text, bool), False


def _cuts(name: str, values: Column, finite: Column) -> Iterator[Condition]:
    with np.errstate(invalid="ignore"):
        for share in _LOW:
            edge = float(np.quantile(finite, share))
            yield f"{name} at most {edge:.4g} (lowest {share:.0%})", np.asarray(values <= edge), True
        for share in _HIGH:
            edge = float(np.quantile(finite, share))
            yield f"{name} above {edge:.4g} (highest {1 - share:.0%})", np.asarray(values > edge), True
        for low, high in _BANDS:
            edges = [float(np.quantile(finite, share)) for share in (low, high)]
            inside = (values > edges[0]) & (values <= edges[1])
            yield f"{name} above {edges[0]:.4g} to {edges[1]:.4g}", np.asarray(inside), True


def excess(count: NDArray[np.float64], wrong: NDArray[np.float64], rows: int, mistakes: int) -> NDArray[np.float64]:
    """How many standard deviations more mistakes slices hold than slices of their size drawn at random (hypergeometric).

    Args:
        count: rows in each slice.
        wrong: mistakes in each slice.
        rows: of all.
        mistakes: of all.
    """
    share = mistakes / max(rows, 1)
    variance = count * (rows - count) * share * (1 - share) / max(rows - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (wrong - count * share) / np.sqrt(variance)
    return np.where(variance > 0, z, -np.inf)


def shared_by(atoms: Atoms, chosen: NDArray[np.bool_], most: int = 2) -> list[tuple[str, float, float]]:
    """What the chosen rows have in common: conditions that most of them keep and the others do not.

    Returns:
        Name, share among the chosen and share among the others, most telling first.
    """
    inside = atoms.members[chosen].mean(axis=0) if chosen.any() else np.zeros(len(atoms.names))
    outside = atoms.members[~chosen].mean(axis=0) if (~chosen).any() else np.zeros(len(atoms.names))
    z = excess(
        atoms.members.sum(axis=0).astype(np.float64),
        atoms.members[chosen].sum(axis=0).astype(np.float64),
        len(chosen),
        int(chosen.sum()),
    )
    found: list[tuple[str, float, float]] = []
    columns: set[int] = set()
    for number in np.argsort(-z, kind="stable"):
        if z[number] < 3.0 or inside[number] < 0.5 or len(found) == most:
            continue
        if int(atoms.columns[number]) not in columns:
            columns.add(int(atoms.columns[number]))
            found.append((atoms.names[number], float(inside[number]), float(outside[number])))
    return found


def told(found: Sequence[tuple[str, float, float]]) -> str:
    """The same in words."""
    return ", ".join(f"{name} ({inside:.0%}, others {outside:.0%})" for name, inside, outside in found)

"""From a scanned data set to what the search takes, and the search itself, once for all who ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.checking import Subject
from trackside.data.quality.extractor import QUALITY
from trackside.data.shortcuts.bearer import is_bearer
from trackside.data.shortcuts.cues import CUES
from trackside.data.shortcuts.properties import Valued, file_values, joined, regions, whole_picture
from trackside.data.shortcuts.search import Flag, Searched, Shortcut, search
from trackside.data.shortcuts.units import Units, make_units

MOST_PICTURES = 20_000
"""Pictures that are searched; of more, so many are drawn. A cue on 1 % of them is then still on 200."""
_MOST_VALUES = 12
# By how much a picture must differ from the set's median: digits, insects and letters all keep within it.
_FAR = 0.65
_FAR_OFF = {
    "sharpness": ("being blurred", "being sharper than the others"),
    "light": ("being dark", "being lighter than the others"),
    "range": ("having little contrast", "having more contrast than the others"),
}
# Pictures whose channels differ by no more than JPEG's rounding make them have no colour.
_NO_COLOUR = 8.0


@dataclass(frozen=True, slots=True)
class Examined:
    """A search and the rows it was made on.

    Attributes:
        rows: int64 [m], rows of the data set; `value` of each shortcut counts by them.
        units: of those rows.
        searched: what was found.
    """

    rows: NDArray[np.int64]
    units: Units
    searched: Searched


def examine(subject: Subject) -> Examined | None:
    """Search a data set; None where there are no labels or no pictures that can be read."""
    rows = _rows(subject)
    if not len(rows):
        return None
    columns = {
        name: subject.scan.column(CUES, name)[rows] for name in ("thumb", "maps", "tones", "colour", "edges", "quality")
    }
    labels = subject.dataset.items.labels[rows].astype(np.int64)
    maps = columns["maps"].astype(np.float64)
    units = make_units(labels, subject.dataset.items.groups[rows], maps[:, 0])
    rng = subject.generator("shortcuts")
    told = [*_far_off(subject, rows), *_told(subject, rows, columns["colour"])]
    searched = search(labels, columns["thumb"], columns["edges"], _valued(subject, rows, columns, maps), told, units, rng)
    return Examined(rows, units, replace(searched, shortcuts=_once(searched, units)))


def _rows(subject: Subject) -> NDArray[np.int64]:
    try:
        seen = np.isfinite(subject.scan.column(CUES, "maps").reshape(len(subject.scan), -1)).all(1)
    except KeyError:
        return np.zeros(0, np.int64)
    rows = np.flatnonzero(seen & (subject.dataset.items.labels >= 0))
    if len(rows) > MOST_PICTURES:
        rows = np.sort(subject.generator("shortcut pictures").choice(rows, MOST_PICTURES, replace=False))
    return rows


def _once(searched: Searched, units: Units) -> tuple[Shortcut, ...]:
    """With two classes each cue tells both; the class that it was put on is named."""
    if searched.classes != 2 or searched.left_out:
        return searched.shortcuts
    return tuple(one for one in searched.shortcuts if is_bearer(one, units))


def _valued(
    subject: Subject, rows: NDArray[np.int64], columns: dict[str, NDArray[Any]], maps: NDArray[np.float64]
) -> Valued:
    width, height = (subject.scan.column("file@1", name)[rows].astype(float) for name in ("width", "height"))
    file = file_values(width, height, columns["quality"].astype(np.float64))
    return joined([whole_picture(maps, columns["tones"].astype(np.float64)), regions(maps), file])


def _far_off(subject: Subject, rows: NDArray[np.int64]) -> list[Flag]:
    """Pictures far softer, dimmer or paler than half of the set, or far less so, whatever they show."""
    told: list[Flag] = []
    for name, (less, more) in _FAR_OFF.items():
        values = subject.scan.column(QUALITY, name)[rows].astype(np.float64)
        middle = float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan
        told += [Flag(less, "whole picture", values < _FAR * middle), Flag(more, "whole picture", values > middle / _FAR)]
    return [one for one in told if 0 < one.has.sum() < len(one.has)]


def _told(subject: Subject, rows: NDArray[np.int64], colour: NDArray[np.float32]) -> list[Flag]:
    """What files say as yes or no: format, kind of pixels, camera, exact size; and pictures without colour."""
    column = subject.scan.column
    width, height = column("file@1", "width")[rows], column("file@1", "height")[rows]
    sizes = np.array([f"{w} x {h}" for w, h in zip(width.tolist(), height.tolist(), strict=True)], object)
    longer = np.array([str(side) for side in np.maximum(width, height).tolist()], object)
    kinds: list[tuple[str, NDArray[Any]]] = [("the exact size {} pixels", sizes), ("a longer side of {} pixels", longer)]
    for words, name in (("the format {}", "format"), ("the kind of pixels {}", "mode"), ("the camera {}", "camera")):
        kinds.append((words, np.array([value.decode("utf-8", "replace") for value in column("file@1", name)[rows]], object)))
    told = [Flag("having no colour", "whole picture", colour <= _NO_COLOUR)]
    for words, values in kinds:
        found, counts = np.unique(values.astype(str), return_counts=True)
        commonest = found[np.argsort(-counts, kind="stable")][:_MOST_VALUES]
        told += [Flag(words.format(value or "not given"), "file", values == value) for value in commonest]
    return [one for one in told if 0 < one.has.sum() < len(one.has)]

"""Pictures that show a shortcut: with and without the cue, inside and outside the class, and where it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Plot
from trackside.data.checking import Subject
from trackside.data.evidence import contact_sheet
from trackside.data.shortcuts.search import Shortcut
from trackside.data.suspects import Suspect

_ROW = 6
_COLOUR = (230, 30, 160)
_TYPICAL, _COUNTER = 30, 20


def quadrants(found: Shortcut, labels: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Places [m] of pictures with the cue in the class, with it outside, and without it in the class, clearest first."""
    value = found.value if found.rises else -found.value
    inside = labels == found.label
    # A mark is there or not; of a graded cue, what half of the class has counts as having it.
    limit = float(np.median(value[inside])) if len(np.unique(value)) > 2 else float(value.max())
    order = np.argsort(-value, kind="stable")
    has = value[order] >= limit
    mine = inside[order]
    return {"with": order[has & mine], "counter": order[has & ~mine], "without": order[~has & mine][::-1]}


def sheet(subject: Subject, rows: NDArray[np.int64], found: Shortcut, title: str) -> Plot:
    """Up to six pictures of each kind, the place of the cue framed."""
    labels = subject.dataset.items.labels[rows].astype(np.int64)
    kinds = quadrants(found, labels)
    pictures: list[RGB] = []
    captions: list[str] = []
    for name, words in (("with", "cue, class"), ("counter", "cue, other class"), ("without", "no cue, class")):
        for place in kinds[name][:_ROW]:
            item = int(rows[place])
            pictures.append(framed(subject.picture(item), found.area))
            captions.append(f"{subject.dataset.label_name(item)}\n{words}")
    return Plot(title, png=contact_sheet(pictures, captions, _ROW))


def framed(picture: RGB, area: NDArray[np.bool_] | None) -> RGB:
    """A copy with lines around the area, bool [16, 16]."""
    if area is None or not area.any():
        return picture
    import cv2

    height, width = picture.shape[:2]
    mask = cv2.resize(area.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    lines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(cv2.drawContours(picture.copy(), lines, -1, _COLOUR, 2), np.uint8)


def suspects(subject: Subject, rows: NDArray[np.int64], found: Shortcut) -> list[Suspect]:
    """Pictures of the class with the cue, and counter-examples."""
    kinds = quadrants(found, subject.dataset.items.labels[rows].astype(np.int64))
    name = subject.dataset.classes[found.label]
    chosen = [(place, 0.6, f"shows {found.cue}, which tells {name!r}") for place in kinds["with"][:_TYPICAL]]
    chosen += [(p, 0.3, f"shows {found.cue} and is not {name!r}: a counter-example") for p in kinds["counter"][:_COUNTER]]
    names = subject.dataset.items.names
    return [Suspect("shortcuts", str(names[rows[place]]), score, reason) for place, score, reason in chosen]

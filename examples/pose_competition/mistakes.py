"""The error sheet: which mistakes there are, what they have in common, and what an idea could gain at most.

A person looks at the mistakes and names them. Here names are taken from what the synthesis knows of each picture (how far
the person is turned, whether something covers the arms), so that the example runs by itself; `mistakes.csv` is the sheet
that a person would fill in.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from answering import picture_of
from numpy.typing import NDArray

from trackside.data import Dataset
from trackside.data.evidence import contact_sheet
from trackside.lab.errors import (
    Book,
    Ideas,
    Predictions,
    compare,
    comparison_report,
    draw,
    export_sheet,
    find_slices,
    ideas as ideas_of,
    ideas_report,
    slices_report,
    suggest,
)

Floats = NDArray[np.float32]
_ARM = ("left_elbow", "right_elbow", "left_wrist", "right_wrist")
_SHOWN = 12


def predictions(dataset: Dataset, rows: NDArray[np.intp], given: Floats) -> Predictions:
    """The answers on these items (probabilities float32 [n, classes]), with what is known of each picture."""
    guess = given.argmax(axis=1)
    classes = np.array(dataset.classes, object)
    facts = [dataset.items.extras[row] for row in rows]
    turned = [min(fact["turn_deg"] % 360, 360 - fact["turn_deg"] % 360) for fact in facts]
    columns = {
        "turned_deg": turned,
        "camera_height_m": [fact["camera_height_m"] for fact in facts],
        "hidden arm points": [hidden_arm_points(dataset, int(row)) for row in rows],
    }
    names, truth = dataset.items.names[rows], classes[dataset.items.labels[rows]]
    return Predictions.of(names, truth, classes[guess], scores=given.max(axis=1), columns=columns)


def hidden_arm_points(dataset: Dataset, item: int) -> int:
    """How many of the four elbows and wrists are covered or outside the picture."""
    points = dataset.annotations.points[dataset.of_item(item)[0]]
    return int(sum(points[dataset.keypoints.index(name), 2] < 2 for name in _ARM))


def sheet(dataset: Dataset, answers: Predictions, out: Path) -> Ideas | None:
    """Write `mistakes.csv`, `mistakes.png`, `ideas.html` and `slices.html`; None where there is no mistake."""
    slices_report(find_slices(answers)).save(out / "slices.html")
    if not answers.wrong.any():
        return None
    drawn = draw(answers, seed=0)
    book = Book(out / "errors.sqlite")
    book.add(answers, drawn, "validation")
    groups = {one.name: set(one.rows.tolist()) for one in suggest(answers)[:4]}
    for row in drawn.rows.tolist():
        book.tag(str(answers.keys[row]), _tags(answers, row, groups), by="rules of the example")
    export_sheet(book, out / "mistakes.csv")
    _picture(dataset, answers, drawn.rows[:_SHOWN], out / "mistakes.png")
    tags = book.mistakes().tags
    found = ideas_of(tags, answers=len(answers), mistakes=int(answers.wrong.sum()), weights=drawn.weights)
    ideas_report(found).save(out / "ideas.html")
    return found


def moved(before: Predictions, after: Predictions, out: Path) -> str:
    """Write `compare.html`: which mistakes of one model the other does not make; and its first sentence."""
    report = comparison_report(compare(before, after))
    report.save(out / "compare.html")
    return report.findings[0].says


def _tags(answers: Predictions, row: int, groups: dict[str, set[int]]) -> list[str]:
    tags = [name for name, members in groups.items() if row in members]
    if answers.columns["turned_deg"][row] > 40:
        tags.append("seen from the side")
    if answers.columns["hidden arm points"][row] >= 2:
        tags.append("arm hidden")
    return tags


def _picture(dataset: Dataset, answers: Predictions, rows: NDArray[np.intp], path: Path) -> None:
    pictures = [picture_of(dataset, dataset.row_of(str(answers.items[row]))) for row in rows]
    captions = [f"{answers.truth[row]}\n-> {answers.predicted[row]} {answers.scores[row]:.2f}" for row in rows]
    path.write_bytes(contact_sheet(pictures, captions, columns=6))

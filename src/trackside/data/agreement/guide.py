"""A draft of the written labelling guide: what the classes are, which cases annotators dispute, and what is to be decided.

The draft shows the disputes with pictures and counts; deciding them is for people, in the fields that it leaves for that.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.files import write_text
from trackside.data.agreement.coefficients import krippendorff_alpha
from trackside.data.agreement.consensus import Consensus, dawid_skene
from trackside.data.agreement.ratings import Ratings, ratings_of
from trackside.data.agreement.tables import confusions, of_each_class
from trackside.data.checking import Subject
from trackside.data.evidence import contact_sheet
from trackside.data.wording import counted

_EXAMPLES, _MOST_PAIRS, _MOST_CLASSES = 12, 12, 60


@dataclass(frozen=True, slots=True)
class Section:
    """A class or a dispute of the guide: heading, what is known, and a sheet of examples (PNG as a data address)."""

    heading: str
    facts: str
    sheet: str


def write_guide(subject: Subject, path: Path) -> None:
    """Write the draft as one HTML page.

    Args:
        subject: its data set has items that several annotators judged.
        path: the page.

    Raises:
        InputError: nothing was judged by two annotators.
        OutputError: the page cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    ratings = ratings_of(subject.dataset)
    if not ratings.shared.any():
        fix = (
            "give annotations of the same items by several named annotators (Label Studio keeps them, CSV: column annotator)"
        )
        raise InputError("nothing was judged by two annotators", where=str(subject.dataset.root), fix=fix)
    consensus = dawid_skene(ratings)
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("guide.html").render(
        name=subject.dataset.title,
        alpha=krippendorff_alpha(ratings.values, seed=subject.seed),
        shared=int(ratings.shared.sum()),
        disputed=int(ratings.disputed.sum()),
        annotators=ratings.annotators,
        classes=_classes(subject, ratings, consensus),
        disputes=_disputes(subject, ratings),
    )
    write_text(path, page)


def _classes(subject: Subject, ratings: Ratings, consensus: Consensus) -> list[Section]:
    """Each class, with examples on which all agree."""
    agreed = ratings.shared & ~ratings.disputed
    sections = []
    for name, alpha in list(of_each_class(ratings, subject.seed).items())[:_MOST_CLASSES]:
        number = ratings.classes.index(name)
        rows = np.flatnonzero(agreed & (consensus.classes == number))
        said = (
            f"alpha {alpha.value:.2f}; all agree on {counted(len(rows), 'items')}"
            if np.isfinite(alpha.value)
            else "never disputed"
        )
        sections.append(Section(name, said, _examples(subject, ratings, rows)))
    return sections


def _disputes(subject: Subject, ratings: Ratings) -> list[Section]:
    """Each pair of classes that was given to the same item, with those items."""
    sections = []
    for first, second, count in confusions(ratings)[:_MOST_PAIRS]:
        a, b = ratings.classes.index(first), ratings.classes.index(second)
        rows = np.flatnonzero((ratings.values == a).any(axis=1) & (ratings.values == b).any(axis=1))
        sections.append(
            Section(f"{first} or {second}?", counted(count, "items"), _examples(subject, ratings, rows, named=True))
        )
    return sections


def _examples(subject: Subject, ratings: Ratings, rows: NDArray[np.intp], named: bool = False) -> str:
    if not len(rows):
        return ""
    chosen = subject.generator("guide").permutation(rows)[:_EXAMPLES]
    pictures = [subject.picture(int(ratings.units[row])) for row in chosen]
    captions = [_said(ratings, int(row)) if named else "" for row in chosen]
    return "data:image/png;base64," + base64.b64encode(contact_sheet(pictures, captions)).decode("ascii")


def _said(ratings: Ratings, row: int) -> str:
    """`bee: ann, cem` and `ant: ben`, one below the other."""
    given = ratings.values[row]
    names = np.array(ratings.annotators, object)
    return "\n".join(f"{ratings.classes[v]}: {', '.join(names[given == v])}" for v in np.unique(given[given >= 0]))

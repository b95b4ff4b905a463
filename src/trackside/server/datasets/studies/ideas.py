"""What solving each tag would win, which groups fail more than others, what moved between two studies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trackside.core.findings import plain
from trackside.data.workbench import Workbench
from trackside.lab.errors import Book, Draw, Idea, Ideas, Moved, Predictions, compare, find_slices, ideas, suggest
from trackside.server.context import Site
from trackside.server.datasets.access import bench_of, opened
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.studies import studies
from trackside.server.datasets.studies.predicted import columns_of, features_of, groups_of, predictions_of, rows_of
from trackside.server.datasets.studies.shapes import CostBody, IdeaShape, IdeasShape

# Examples of a group, and names in a comparison: enough to look at.
_EXAMPLES, _MOST_KEYS = 24, 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a study besides its ideas.

    Attributes:
        slices: groups that fail more than others.
        clusters: groups of mistakes that look alike.
        together: tags whose joint ceiling is wanted; those that nothing has are left out, and fewer than two are all.
    """

    slices: bool = False
    clusters: bool = False
    together: tuple[str, ...] = ()


def ideas_shape(site: Site, dataset_id: str, study_id: str, wanted: Wanted) -> IdeasShape:
    """The ideas of a study.

    Raises:
        Refused: 404; 409, slices and clusters need the predictions, and they are not here.
    """
    bench = bench_of(site, dataset_id)[1]
    book, draw = studies.find(bench, study_id)
    found = _ideas(book, draw, wanted.together)
    if wanted.slices or wanted.clusters:
        told = _Told(opened(site, dataset_id), predictions_of(bench, draw.id), book, draw)
        found.slices = told.slices() if wanted.slices else []
        found.clusters = told.clusters() if wanted.clusters else []
    return found


def set_cost(bench: Workbench, study_id: str, body: CostBody) -> IdeasShape:
    """Note what a tag's idea would take, or forget it. Raises Refused (404)."""
    book, draw = studies.find(bench, study_id)
    book.set_costs({body.tag: body.days or 0.0})
    return _ideas(book, draw)


def compared(bench: Workbench, study_id: str, other_id: str) -> dict[str, Any]:
    """What moved from the other study to this one.

    Raises:
        Refused: 404; 409, the predictions of one are not here.
        InputError: they have no item in common.
    """
    book, now = studies.find(bench, study_id)
    before = studies.find(bench, other_id)[1]
    found = compare(predictions_of(bench, before.id), predictions_of(bench, now.id), tags=book.tags_of())
    told = {
        "all": _moved(found.all),
        "parts": [_moved(part) for part in found.parts],
        "only_before": found.only_before,
        "only_after": found.only_after,
        "fixed": [str(key) for key in found.fixed[:_MOST_KEYS]],
        "new": [str(key) for key in found.new[:_MOST_KEYS]],
    }
    return dict(plain(told))


def _ideas(book: Book, draw: Draw, together: Sequence[str] = ()) -> IdeasShape:
    drawn = book.mistakes(draw.id)
    seen = [place for place in range(len(drawn)) if drawn.seen[place]]
    tags = [drawn.tags[place] for place in seen]
    known = {name for part in tags for name in part}
    if not known:
        return IdeasShape(ideas=[])
    costs = {tag: days for tag, days in book.costs().items() if tag in known}
    chosen = [tag for tag in dict.fromkeys(together) if tag in known]
    wanted = [chosen if len(chosen) > 1 else sorted(known)]
    counts = {"answers": draw.answers, "mistakes": draw.mistakes}
    found = ideas(tags, weights=drawn.weights[seen], costs=costs, together=wanted, **counts)
    joint = _idea(found, found.together[0]) if len(known) > 1 else None
    return IdeasShape(ideas=[_idea(found, one) for one in found.single], together=joint)


def _idea(found: Ideas, one: Idea) -> IdeaShape:
    return IdeaShape(
        tag=one.name,
        count=one.count,
        share=one.share,
        share_low=one.share_interval[0],
        share_high=one.share_interval[1],
        error_now=found.error_rate,
        ceiling=one.ceiling,
        ceiling_low=one.ceiling_interval[0],
        ceiling_high=one.ceiling_interval[1],
        days=_known(one.person_days),
        gain_per_day=_known(one.points_per_day),
    )


def _moved(one: Moved) -> dict[str, Any]:
    names = ("name", "kind", "count", "before", "after", "fixed", "new", "p_value", "others_fixed", "change")
    return {name: getattr(one, name) for name in names}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


class _Told:
    """Groups of a study's answers, for people.

    Args:
        data: the data set.
        predictions: all of them.
        book: what was said of mistakes.
        draw: the study's.
    """

    def __init__(self, data: Opened, predictions: Predictions, book: Book, draw: Draw) -> None:
        self._rows = rows_of(data, predictions.items)
        self._predictions = predictions.with_columns(columns_of(data, self._rows, set(predictions.columns)))
        self._features = features_of(data, self._rows)
        self._groups = groups_of(data, self._rows, predictions.items)
        self._place = {str(key): place for place, key in enumerate(book.mistakes(draw.id).keys)}

    def slices(self) -> list[dict[str, Any]]:
        """Groups that fail more often than the rest, surest first."""
        found = find_slices(self._predictions, features=self._features, groups=self._groups)
        names = ("name", "about", "mistakes", "rate", "rest", "p_value")
        return [
            plain({**{name: getattr(one, name) for name in names}, "low": one.interval[0], "high": one.interval[1]})
            | {"count": len(one), **self._examples(one.rows)}
            for one in found.found
        ]

    def clusters(self) -> list[dict[str, Any]]:
        """Groups of mistakes that may deserve a tag, largest first."""
        found = suggest(self._predictions, features=self._features)
        return [
            plain({"name": one.name, "why": one.why, "share": one.share, "count": len(one.rows)}) | self._examples(one.rows)
            for one in found
        ]

    def _examples(self, rows: Any) -> dict[str, list[int]]:
        """Rows of the data set of some wrong answers, and which drawn mistakes are among the group."""
        wrong = [int(row) for row in rows if self._predictions.wrong[row]]
        known = [shown for row in wrong if (shown := self._rows[row]) is not None]
        keys = (str(self._predictions.keys[row]) for row in wrong)
        return {"rows": known[:_EXAMPLES], "drawn": [self._place[key] for key in keys if key in self._place]}

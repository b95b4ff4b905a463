"""Data sets of any content, for round trips; and when two are the same."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.formats.building import in_order
from trackside.data.formats.format import ALL_PARTS
from trackside.data.items import Items

# No control letters, no surrogates; `/` and `\\` part folders. Names of files are shorter than what file systems take.
LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters='/\\"').filter(lambda one: one != "\x85")
WORDS = st.text(LETTERS, min_size=1, max_size=8).filter(lambda text: text.strip("._ ") == text)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=20)
FLOATS = st.floats(-1e5, 1e5, allow_subnormal=False) | st.integers(-1000, 1000).map(float)
# No number that is a place: an `id` that only says that an image is the third is not kept.
NUMBERS = st.integers(-9, 0) | st.integers(10, 19)
JSON = st.recursive(st.none() | st.booleans() | NUMBERS | TEXTS, lambda x: st.lists(x, max_size=2), max_leaves=3)
EXTRAS = st.dictionaries(WORDS | st.sampled_from(("id", "width", "area", "bbox", "text")), JSON, max_size=2)


@st.composite
def datasets(draw: Any, holds: frozenset[str] = ALL_PARTS, **fixed: Any) -> Dataset:
    """Data sets that use only what is in `holds`."""
    classes = tuple(draw(st.lists(WORDS, unique=True, max_size=4)))
    if "class_order" not in holds:
        classes = tuple(in_order(classes))
    # A first folder like `c:` is a drive of Windows, and the path leads out of the data set.
    paths = st.lists(WORDS, min_size=1, max_size=2).map("/".join).filter(lambda path: not re.match("[A-Za-z]:/", path))
    names = draw(st.lists(paths, unique=True, min_size=1, max_size=5))
    names = [f"{name}.png" for name in names]
    n = len(names)
    kinds = st.integers(-1, len(classes) - 1)

    def column(part: str, strategy: Any, empty: Any, count: int) -> list[Any]:
        one = strategy if part in holds else st.just(empty)
        return draw(st.lists(one, min_size=count, max_size=count))

    items = Items.of(
        names,
        labels=column("labels", kinds, -1, n),
        splits=column("splits", st.sampled_from(("", "train", "val", "test")) | WORDS, "", n),
        groups=column("groups", WORDS | st.just(""), "", n),
        times=column("times", FLOATS | st.just(math.nan), math.nan, n),
        sizes=column("sizes", st.tuples(st.integers(1, 4000), st.integers(1, 4000)), (0, 0), n),
        texts=column("texts", TEXTS, "", n),
        extras=column("item_extras", EXTRAS, {}, n),
    )
    m = draw(st.integers(0, 5)) if "annotations" in holds else 0
    points = tuple(draw(st.lists(WORDS, unique=True, max_size=3))) if "points" in holds else ()
    boxes = st.tuples(FLOATS, FLOATS, FLOATS, FLOATS)
    no_box = (math.nan,) * 4
    point = st.tuples(FLOATS, FLOATS, st.sampled_from((0.0, 1.0, 2.0)))
    annotations = Annotations.of(
        column("annotations", st.integers(0, n - 1), 0, m),
        classes=column("classes_of_annotations", kinds, -1, m),
        boxes=np.array(column("boxes", boxes | st.just(no_box), no_box, m)).reshape(m, 4),
        points=np.array(
            draw(st.lists(st.lists(point, min_size=len(points), max_size=len(points)), min_size=m, max_size=m))
        ).reshape(m, len(points), 3),
        scores=column("scores", st.floats(0, 1) | st.just(math.nan), math.nan, m),
        tracks=column("tracks", st.integers(-1, 2**31 - 1), -1, m),
        annotators=column("annotators", WORDS | st.just(""), "", m),
        extras=column("annotation_extras", EXTRAS, {}, m),
    )
    return Dataset(Path("nowhere"), items, annotations, classes, points)


def assert_same(given: Dataset, back: Dataset, *, exactly: bool = True) -> None:
    """Both hold the same items in any order, and of each the same annotations in the same order."""
    first, second = _by_name(given), _by_name(back)
    assert first.items.names.tolist() == second.items.names.tolist()
    assert [first.label_name(row) for row in range(len(first))] == [second.label_name(row) for row in range(len(second))]
    for column in ("splits", "groups", "texts", "extras"):
        assert getattr(first.items, column).tolist() == getattr(second.items, column).tolist(), column
    np.testing.assert_array_equal(first.items.times, second.items.times)
    np.testing.assert_array_equal(first.items.sizes, second.items.sizes)
    one, two = first.annotations, second.annotations
    assert one.items.tolist() == two.items.tolist()
    assert _kinds(first) == _kinds(second)
    for column in ("tracks", "annotators", "extras"):
        assert getattr(one, column).tolist() == getattr(two, column).tolist(), column
    np.testing.assert_array_equal(one.scores, two.scores)
    near = np.testing.assert_array_equal if exactly else _near
    near(one.boxes, two.boxes)
    near(one.points, two.points) if one.points.shape[1] else None
    assert first.classes == second.classes
    assert first.keypoints == second.keypoints


def _near(first: Any, second: Any) -> None:
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-6)


def _by_name(dataset: Dataset) -> Dataset:
    taken = dataset.take(np.argsort(dataset.items.names.astype(str), kind="stable"))
    order = np.argsort(taken.annotations.items, kind="stable")
    return Dataset(taken.root, taken.items, taken.annotations.take(order), taken.classes, taken.keypoints)


def _kinds(dataset: Dataset) -> list[str]:
    return [dataset.classes[kind] if kind >= 0 else "" for kind in dataset.annotations.classes]

"""One line a block, in a user's words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from trackside.core import Affine, Detections, Embeddings, Events, Keypoints, Shape, Shapes, Table, Tracks
from trackside.server.previews.words import in_rows, in_words


def boxes(*labels: str) -> Detections:
    names = tuple(dict.fromkeys(labels)) or ("person",)
    classes = np.array([names.index(label) for label in labels], np.int32)
    return Detections(np.zeros((len(labels), 4)), np.ones(len(labels)), classes, names)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (boxes("person"), "1 person"),
        (boxes("person", "person", "dog"), "2 people, 1 x dog"),
        (boxes(), "nothing found"),
        (Tracks.of(boxes("person"), np.array([3])), "1 person"),
        (Events.at(1.0, [("enter", 1, "left half", 0.0), ("enter", 2, "left half", 0.0)]), "enter left half (2)"),
        (Events.at(1.0, [("cross_in", 1, "line", 0.0)]), "cross in line"),
        (Events(), "nothing at this moment"),
        (Shapes((Shape("left", np.zeros((3, 2), np.float32), True, "2"),)), "left: 2"),
        (Table({"a": [1, 2, 3]}), "3 rows"),
        (Embeddings(np.zeros((2, 4), np.float32)), "looks of 2"),
        (Affine(), "camera counts as still"),
        ("a text", "a text"),
        (np.zeros((4, 6, 3), np.uint8), "picture, 6 x 4"),
        (object(), "nothing at this moment"),
    ],
)
def test_a_value_in_words(value: object, said: str) -> None:
    assert in_words([value]) == said


def test_body_points() -> None:
    points = Keypoints(np.zeros((2, 33, 2)), np.ones((2, 33)), "blazepose33")
    assert in_words([points]) == "body points of 2 people"


def test_tables_are_counted_only_where_nothing_else_is_said() -> None:
    assert in_words([Table({"a": [1]}), boxes("person")]) == "1 person"


def test_rows_are_few_and_json() -> None:
    table = Table({"name": [f"n{n}" for n in range(50)], "value": np.array([np.nan, np.inf] + [1 / 3] * 48)})
    columns, rows = in_rows([boxes("person"), table], 7, 0.5)
    assert columns == ["time_s", "name", "value"]
    assert len(rows) == 8
    assert rows[0] == [0.5, "n0", None]
    assert rows[2] == [0.5, "n2", 0.333]
    json.dumps(rows, allow_nan=False)


def test_what_has_no_rows_gives_none() -> None:
    assert in_rows([Affine()], 0, 0.0) == ([], [])
    columns, rows = in_rows([Embeddings(np.zeros((2, 4), np.float32))], 0, 0.0)
    assert "vector" not in columns
    assert len(rows) == 2

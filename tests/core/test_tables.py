"""Tables and events."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Events, Table


def test_a_table_has_as_many_rows_as_its_columns() -> None:
    table = Table({"id": np.array([1, 2]), "name": ["a", "b"]})
    assert len(table) == 2
    assert table["name"] == ["a", "b"]
    assert len(Table({})) == 0


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Table({"a": [1], "b": [1, 2]})


def test_no_events_have_empty_arrays() -> None:
    for none in (Events(), Events.at(1.0, [])):
        assert len(none) == len(none.times) == len(none.ids) == len(none.values) == 0


def test_events_of_a_moment_share_its_time() -> None:
    events = Events.at(2.5, [("enter", 3, "pool", np.nan), ("leave", 4, "pool", 1.5)])
    assert events.times.tolist() == [2.5, 2.5]
    assert events.ids.tolist() == [3, 4]
    assert events.places == ("pool", "pool")
    assert np.isnan(events.values[0]) and events.values[1] == 1.5


def test_places_and_values_may_be_left_out() -> None:
    events = Events(("a",), np.array([1.0]), np.array([1]))
    assert events.places == ("",)
    assert np.isnan(events.values).all()


def test_events_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Events(("a", "b"), np.array([1.0]), np.array([1]))

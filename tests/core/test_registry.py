"""Named things."""

from __future__ import annotations

import pytest

from trackside.core import Registry, TracksideError, UnknownName


def test_things_are_found_by_name_in_alphabetical_order() -> None:
    registry: Registry[int] = Registry("number")
    assert registry.add("two", 2) == 2
    registry.add("one", 1)
    assert registry["two"] == 2
    assert list(registry) == ["one", "two"]
    assert len(registry) == 2 and "one" in registry and "three" not in registry


def test_an_unknown_name_offers_the_nearest_and_is_a_key_error_too() -> None:
    registry: Registry[int] = Registry("number")
    registry.add("seven", 7)
    with pytest.raises(UnknownName) as caught:
        registry["sevn"]
    assert str(caught.value) == "unknown number 'sevn'; did you mean 'seven'?"
    assert isinstance(caught.value, KeyError) and isinstance(caught.value, TracksideError)
    assert registry.get("sevn") is None


def test_a_name_cannot_be_taken_twice() -> None:
    registry: Registry[int] = Registry("number")
    registry.add("one", 1)
    with pytest.raises(ValueError, match="twice"):
        registry.add("one", 1)


def test_the_built_in_things_are_filled_in_once_and_only_when_needed() -> None:
    calls = []

    def fill() -> None:
        calls.append(1)
        registry.add("one", 1)

    registry: Registry[int] = Registry("number", fill)
    assert calls == []
    assert registry["one"] == 1 and "one" in registry and list(registry) == ["one"]
    assert calls == [1]

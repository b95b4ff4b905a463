"""Numbers of things in sentences."""

from __future__ import annotations

import pytest

from trackside.data.wording import counted, in_percent, named, percent


@pytest.mark.parametrize(
    ("count", "things", "said"),
    [
        (0, "items", "0 items"),
        (1, "items", "1 item"),
        (2, "items", "2 items"),
        (1, "boxes", "1 box"),
        (1, "classes without a member", "1 class without a member"),
        (1, "entries", "1 entry"),
        (1, "pairs of copies", "1 pair of copies"),
        (12345, "tasks", "12,345 tasks"),
    ],
)
def test_one_and_several(count: int, things: str, said: str) -> None:
    assert counted(count, things) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.146, "15 %"),
        (0.0667, "6.7 %"),
        (1 / 120, "0.83 %"),
        (1e-6, "0.0001 %"),
        (-0.052, "-5.2 %"),
    ],
)
def test_shares_are_percent(share: float, said: str) -> None:
    assert percent(share) == said
    assert (in_percent(share) > 0) is (share > 0)


def test_a_few_names_and_how_many_more() -> None:
    assert [named(list("abcde"[:many])) for many in (0, 1, 3, 4)] == ["", "a", "a, b, c", "a, b, c and 1 more"]

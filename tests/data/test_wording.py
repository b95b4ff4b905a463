"""Numbers of things in sentences."""

from __future__ import annotations

import pytest

from trackside.data.wording import counted


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

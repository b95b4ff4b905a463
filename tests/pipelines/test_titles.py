"""Headings: in plain words, and none of a block twice."""

from __future__ import annotations

import pytest

from trackside.pipelines.block import BLOCKS
from trackside.pipelines.forms import form_of
from trackside.pipelines.titles import plain_title, title_in


def test_a_name_becomes_a_heading() -> None:
    assert plain_title("lane_width") == "Lane width"
    assert plain_title("csv") == "CSV"


def test_words_of_one_block_come_before_those_of_all() -> None:
    assert title_in("track.objects", "motion") == "How they move"
    assert title_in("camera.motion", "motion") == "Camera motion"
    assert title_in("toy.box", "some_thing") == "Some thing"


@pytest.mark.parametrize("name", [name for name in BLOCKS if not name.startswith("toy.")])
def test_no_two_settings_of_a_block_have_one_heading(name: str) -> None:
    titles = [field.title for field in form_of(BLOCKS[name])]
    assert len(titles) == len(set(titles))

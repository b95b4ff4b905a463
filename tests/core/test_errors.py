"""What users read when something is wrong."""

from __future__ import annotations

import pytest

from trackside.core import InputError, PipelineError, Problem, TracksideError, nearest


def test_an_error_says_where_what_and_what_to_do() -> None:
    assert str(InputError("no such file", where="a.mp4", fix="check the name")) == "a.mp4: no such file; check the name"
    assert str(InputError("no such file")) == "no such file"


@pytest.mark.parametrize(
    ("block", "port", "where"), [("track", "high", "track.high"), ("track", None, "track"), (None, None, "")]
)
def test_a_problem_names_block_and_port_as_far_as_it_knows_them(block: str | None, port: str | None, where: str) -> None:
    assert Problem("wrong", block=block, port=port).where == where


def test_a_pipeline_error_with_one_problem_is_one_line() -> None:
    error = PipelineError([Problem("unknown block", "did you mean 'detect'?", "a")], source="p.yaml")
    assert str(error) == "p.yaml: a: unknown block; did you mean 'detect'?"
    assert isinstance(error, TracksideError)


def test_a_pipeline_error_lists_all_its_problems() -> None:
    lines = str(PipelineError([Problem("one"), Problem("two", block="b")], source="p.yaml")).splitlines()
    assert lines == ["p.yaml has 2 problems:", "  - one", "  - b: two"]


def test_the_nearest_name_is_offered_or_the_names_there_are() -> None:
    assert nearest("detct", ["detect", "track"]) == "did you mean 'detect'?"
    assert nearest("zzz", ["detect", "track"]) == "known: detect, track"
    assert nearest("zzz", []) == "there are none"
    assert nearest("zzz", map(str, range(100))).endswith(", ...")

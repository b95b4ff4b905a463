"""Old files come up to date without losing anything, and only where a migration says how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from trackside.core import Detections, Table
from trackside.pipelines.block import BLOCKS, block, find_block
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import Pipeline, parse_pipeline
from trackside.pipelines.migration import migrate


@pytest.fixture
def steps() -> Iterator[None]:
    """`step.one` in versions 2 and 3; version 1 is long gone."""
    list(BLOCKS)

    def rename(arguments: dict[str, Any]) -> dict[str, Any]:
        return {"detections": arguments.pop("boxes"), **arguments}

    def double(arguments: dict[str, Any]) -> dict[str, Any]:
        return {**arguments, "size": arguments.get("size", 1) * 2}

    @block("step.one@2", migrations={1: rename})
    def second(detections: Detections, *, size: int = 1) -> Table:
        """Second."""
        raise NotImplementedError

    @block("step.one@3", migrations={2: double})
    def third(detections: Detections, *, size: int = 2) -> Table:
        """Third."""
        raise NotImplementedError

    yield
    for name in ("step.one@2", "step.one@3"):
        del BLOCKS._things[name]


def pipeline(**blocks: Any) -> Pipeline:
    return parse_pipeline({"pipeline": "old", "blocks": blocks, "layout": {name: [1, 2] for name in blocks}})


def test_settings_and_wires_go_through_every_step(steps: None) -> None:
    old = pipeline(a={"use": "step.one@1", "boxes": "detect", "size": 4})
    new, notes = migrate(old)
    assert new.blocks["a"].model_dump() == {"use": "step.one@3", "detections": "detect", "size": 8}
    assert (new.layout, new.pipeline, list(new.blocks)) == (old.layout, old.pipeline, ["a"])
    assert [str(note) for note in notes] == ["a: step.one@1 is now step.one@3"]
    assert old.blocks["a"].use == "step.one@1"  # The one that was given stays.


@pytest.mark.parametrize(
    "use", ["step.one@3", "step.one", "step.one@9", "step.gone@1", "step.one@x", "step.one@0", "@1", "@"]
)
def test_what_is_new_or_unknown_stays_as_it_is(steps: None, use: str) -> None:
    old = pipeline(a={"use": use, "boxes": "detect", "size": 4})
    new, notes = migrate(old)
    assert new is old
    assert not notes


def test_what_cannot_be_brought_up_stays_and_is_told(steps: None) -> None:
    old = pipeline(a={"use": "step.one@1", "size": 4})
    new, [note] = migrate(old)
    assert new.blocks["a"] == old.blocks["a"]
    assert "could not become step.one@2" in str(note)


def test_a_tracker_of_version_1_does_in_version_2_what_it_did() -> None:
    old = pipeline(
        detect={"use": "detect.objects@1", "images": "source.images"},
        track={"use": "track.objects@1", "detections": "detect", "high": 0.6, "same_class": True},
    )
    new, notes = migrate(old)
    assert len(notes) == 1
    assert new.blocks["track"].use == "track.objects@2"
    compile_pipeline(new)
    assert _ids(old) == _ids(new) != []


def _ids(pipeline: Pipeline) -> list[list[int]]:
    """The identities that the pipeline's tracker gives a few moving boxes, some of them faint."""
    use = pipeline.blocks["track"]
    settings = {name: value for name, value in use.arguments.items() if name != "detections"}
    tracker = find_block(use.use).target(**settings)
    found = []
    for number in range(30):
        boxes = np.array([[number * 3, 10, number * 3 + 20, 60], [200 - number, 20, 230 - number, 90]], np.float32)
        scores = np.array([0.9, 0.3 if number % 3 else 0.7], np.float32)
        tracks = tracker(Detections(boxes, scores, np.zeros(2, np.int32), ("person",)), number / 10)
        found.append(tracks.ids.tolist())
    return found

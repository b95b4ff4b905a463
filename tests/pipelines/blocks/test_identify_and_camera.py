"""Looks and camera motion as blocks, on real footage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import trackside
from trackside.core import PipelineError
from trackside.models import ZOO, Silent, pull
from trackside.pipelines.block import BLOCKS
from trackside.pipelines.catalogue import find_pipeline, template_names
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline


def test_each_detection_has_its_vector_and_the_camera_is_still(
    shared_data: Path, shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path))
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    pull("osnet-x0-25", reporter=Silent())
    folder = shared_data / "mot15" / "TUD-Campus"
    blocks = {
        "people": {"use": "detect.from_file", "path": str(folder / "gt" / "gt.txt")},
        "embed": {"use": "identify.embed", "images": "source.images", "detections": "people", "model": "osnet-x0-25"},
        "camera": {"use": "camera.motion", "images": "source.images", "objects": "people"},
    }
    seen = 0
    for record in trackside.stream({"pipeline": "test", "blocks": blocks}, folder / "TUD-Campus.mp4"):
        vectors, motion = record["embed"].vectors, record["camera"]
        assert vectors.shape == (len(record["people"]), 512)
        assert np.isfinite(vectors).all()
        assert motion.known == (seen > 0)
        np.testing.assert_allclose(motion.matrix, np.eye(2, 3), atol=0.3)
        seen += 1
        if seen == 5:
            break
    assert seen == 5


def test_a_model_must_be_chosen_and_must_make_embeddings() -> None:
    embed = {"use": "identify.embed", "images": "source.images", "detections": "detect"}
    detect = {"use": "detect.objects", "images": "source.images"}
    for settings, said in (({}, "required"), ({"model": "yolox-nano"}, "is for detection, not embedding")):
        graph = parse_pipeline({"pipeline": "test", "blocks": {"detect": detect, "embed": {**embed, **settings}}})
        with pytest.raises(PipelineError, match=said):
            compile_pipeline(graph)


def test_nothing_uses_weights_for_research_only_by_itself() -> None:
    restricted = {name for name in ZOO if "research" in ZOO[name].note}
    assert "osnet-x0-25" in restricted
    for name in template_names():
        assert not restricted & set(compile_pipeline(find_pipeline(name)).models), name
    defaults = {field.default for spec in BLOCKS.values() for field in spec.settings.model_fields.values() if field.default}
    assert not restricted & {value for value in defaults if isinstance(value, str)}

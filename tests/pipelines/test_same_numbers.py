"""The templates, with their real networks, give the same bytes however they are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackside.models import Package, Silent, pull
from trackside.pipelines.catalogue import find_pipeline
from trackside.pipelines.graph import Pipeline
from trackside.pipelines.runs import RunOptions, run_files

WAYS = [RunOptions(workers=w, batch=b, files_at_once=f) for w, b, f in ((2, 1, 1), (2, 4, 1), (1, 3, 1), (2, 4, 2))]


def assert_same_however_run(pipeline: Pipeline, video: Path, beside: Path, out: Path) -> None:
    """Compare tables and annotated video with those of one thread, one record at a time, one file."""
    expected = results(pipeline, [video], out / "plain", RunOptions(workers=1, batch=1, files_at_once=1))
    assert any(name.endswith(".csv") and content.count(b"\n") > 10 for name, content in expected.items())
    for number, options in enumerate(WAYS):
        inputs = [video, beside] if options.files_at_once == 2 else [video]
        assert results(pipeline, inputs, out / str(number), options) == expected, options


def results(pipeline: Pipeline, inputs: list[Path], out: Path, options: RunOptions) -> dict[str, bytes]:
    result = run_files(pipeline, inputs, out, options)
    assert result.ok, [file.error for file in result.files]
    paths = sorted(result.files[0].folder.iterdir())
    return {path.name: path.read_bytes() for path in paths if path.suffix in (".csv", ".parquet", ".mp4")}


@pytest.mark.parametrize("model", ["fastestdet", "yolox-nano"])
def test_counting_people(
    model: str, vtest: Path, shared_data: Path, shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    pull(model, reporter=Silent())
    pipeline = find_pipeline("count-people").with_settings({"detect.model": model, "source.end": 2.0})
    beside = shared_data / "mot15" / "TUD-Campus" / "TUD-Campus.mp4"
    assert_same_however_run(pipeline, vtest, beside, tmp_path)


def test_poses_and_angles(blazepose: tuple[Package, Package], demo_video: Path, vtest: Path, tmp_path: Path) -> None:
    pipeline = find_pipeline("pose-and-angles").with_settings({"source.start": 1.5, "source.end": 2.5})
    assert_same_however_run(pipeline, demo_video, vtest, tmp_path)

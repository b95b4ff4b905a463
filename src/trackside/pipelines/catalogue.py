"""The pipelines there are: templates that come with Trackside, and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trackside.core import InputError, nearest
from trackside.pipelines.graph import Pipeline, parse_pipeline, read_pipeline
from trackside.pipelines.inputs import VIDEO_SUFFIXES

TEMPLATES = Path(__file__).parent / "templates"


def template_names() -> list[str]:
    """Names of the built-in templates."""
    return sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


def find_pipeline(reference: str | Path | Pipeline | Mapping[str, Any]) -> Pipeline:
    """The pipeline that a user names: a template, a file, a mapping, or one that is already read.

    Raises:
        InputError: neither a template nor a file.
        PipelineError: the file is no pipeline.
    """
    if isinstance(reference, Pipeline):
        return reference
    if isinstance(reference, Mapping):
        return parse_pipeline(reference)
    if str(reference) in template_names():
        return read_pipeline(TEMPLATES / f"{reference}.yaml")
    path = Path(reference)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        raise InputError("is a video, not a pipeline", where=str(path), fix="name the pipeline first, then the video")
    if path.suffix in (".yaml", ".yml", ".json") or path.exists():
        return read_pipeline(path)
    fix = f"{nearest(str(reference), template_names())} (or give a pipeline file, .yaml or .json)"
    raise InputError(f"no pipeline named {str(reference)!r}", fix=fix)

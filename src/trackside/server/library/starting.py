"""Templates: pipelines to start from, with a picture of what they make."""

from __future__ import annotations

from pathlib import Path

from trackside.pipelines.catalogue import TEMPLATES, find_pipeline, template_names
from trackside.pipelines.titles import plain_title
from trackside.server.library.graphs import graph_of
from trackside.server.library.shapes import TemplateShape
from trackside.server.problems import missing


def all_templates() -> list[TemplateShape]:
    """Every template, by name."""
    return [_shape(name) for name in template_names()]


def picture_of(name: str) -> Path:
    """The picture of a template.

    Raises:
        Refused: 404, there is no such template.
    """
    if name not in template_names():
        raise missing("template")
    return TEMPLATES / f"{name}.jpg"


def _shape(name: str) -> TemplateShape:
    pipeline = find_pipeline(name)
    title = plain_title(name.replace("-", "_"))
    return TemplateShape(
        name=name,
        title=title,
        about=pipeline.about,
        picture=f"/api/templates/{name}/picture",
        # What is saved or run from it is called as people call it.
        graph=graph_of(pipeline).model_copy(update={"pipeline": title}),
    )

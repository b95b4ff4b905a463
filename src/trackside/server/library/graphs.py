"""Between graphs of the API and pipelines: the same thing, but a graph may be unfinished."""

from __future__ import annotations

import json
from typing import Any

from trackside.core import InputError, PipelineError, Problem
from trackside.pipelines.graph import Pipeline, parse_pipeline, read_text
from trackside.server.library.plain import fault_of
from trackside.server.library.shapes import Graph


def pipeline_of(graph: Graph) -> Pipeline:
    """The pipeline that a graph is; whether it can run is for the compiler to say.

    Raises:
        PipelineError: with everything in it that has no place in a pipeline file.
    """
    if not graph.blocks:
        raise PipelineError([Problem("there is no block yet", "add one from the palette")], source=graph.pipeline)
    return parse_pipeline(as_data(graph), source=graph.pipeline)


def graph_of(pipeline: Pipeline) -> Graph:
    """A pipeline as a graph."""
    return Graph.model_validate(pipeline.model_dump(mode="json"))


def as_data(graph: Graph) -> dict[str, Any]:
    """A graph as JSON-able data, as the database keeps it."""
    return graph.model_dump(mode="json")


def read_file(text: str, *, source: str = "the file") -> Pipeline:
    """The pipeline in the text of a file, YAML or JSON.

    Raises:
        InputError: it is neither.
        PipelineError: it holds no pipeline.
    """
    data = _json_or_none(text)
    data = read_text(text, source=source) if data is None else data
    if fault := fault_of(data):
        raise InputError(fault, where=source, fix="mend that in the file")
    return parse_pipeline(data, source=source)


def _json_or_none(text: str) -> Any:
    """What JSON stands for. YAML readers understand most of it, but not all: `\\/`, characters written as two halves."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

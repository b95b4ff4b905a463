"""What is wrong with a graph, and what it gives: asked with every change of the drawing."""

from __future__ import annotations

from collections.abc import Iterator

from trackside.core import PipelineError, Problem
from trackside.models import Store
from trackside.pipelines.block import Mode, find_block
from trackside.pipelines.graph import DEFAULT_SOURCE, SOURCE, BlockUse, Pipeline
from trackside.pipelines.kinds import Kind, kind_named
from trackside.pipelines.saving import TABLE_SINK
from trackside.server.library.graphs import pipeline_of
from trackside.server.library.guarding import compiled, missing_models
from trackside.server.library.paths import spec_of
from trackside.server.library.shapes import Checked, Graph
from trackside.server.shapes import ProblemShape


def check_graph(graph: Graph, store: Store) -> Checked:
    """All problems of a graph, the models that it still needs, and the outputs that it could save."""
    try:
        pipeline = pipeline_of(graph)
    except PipelineError as error:
        return Checked(problems=_shown(error.problems))
    try:
        compiled(pipeline, store)
        problems: tuple[Problem, ...] = ()
    except PipelineError as error:
        problems = error.problems
    missing = list(missing_models(pipeline, store))
    return Checked(problems=_shown(problems), missing_models=missing, outputs=list(_savable(pipeline)))


def _shown(problems: tuple[Problem, ...]) -> list[ProblemShape]:
    return [ProblemShape(what=p.what, fix=p.fix, block=p.block, port=p.port) for p in problems]


def _savable(pipeline: Pipeline) -> Iterator[str]:
    """Outputs that `save:` can name: pictures, and whatever has rows."""
    rows = find_block(TABLE_SINK).wired_inputs["rows"].kinds
    uses = {SOURCE: BlockUse.of(DEFAULT_SOURCE), **pipeline.blocks}
    for block, use in uses.items():
        spec = spec_of(use)
        if spec is None or spec.mode is Mode.RECORDING:
            continue
        yield from (f"{block}.{port}" for port, output in spec.outputs.items() if _can_be_saved(output.kinds[0], rows))


def _can_be_saved(kind: Kind, rows: tuple[Kind, ...]) -> bool:
    return kind is kind_named("Image") or any(kind.fits(port) for port in rows)

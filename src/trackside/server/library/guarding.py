"""From a graph that somebody sent to a pipeline that may run here: every endpoint that runs one goes through this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trackside.core import PipelineError, Problem
from trackside.models import ZOO, Store
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.forms import model_settings
from trackside.pipelines.graph import SOURCE, Pipeline
from trackside.pipelines.plan import Plan
from trackside.server.library.graphs import pipeline_of
from trackside.server.library.paths import spec_of, without_paths
from trackside.server.library.shapes import Graph


def guarded(graph: Graph, store: Store | None = None) -> Pipeline:
    """The pipeline of a graph, checked in full: it compiles, and nothing in it names a path on the server.

    Args:
        graph: as it was sent.
        store: the server's models; the machine's own if left out.

    Raises:
        PipelineError: with every problem found.
    """
    pipeline = pipeline_of(graph)
    compiled(pipeline, store or Store())
    return pipeline


def compiled(pipeline: Pipeline, store: Store, *, with_sinks: bool = True) -> Plan:
    """Compile a pipeline without letting it touch the disk.

    Raises:
        PipelineError: with every problem found, each pinned to a block that the sender knows.
    """
    safe, refused = without_paths(pipeline, store)
    try:
        plan = compile_pipeline(safe, with_sinks=with_sinks)
    except PipelineError as error:
        places = {(problem.block, problem.port) for problem in refused}
        others = [problem for problem in error.problems if (problem.block, _setting(problem)) not in places]
        raise PipelineError([*refused, *_placed(others, pipeline)], source=pipeline.pipeline) from error
    if refused:  # Never: what was taken out cannot compile. Kept so that a change there cannot open the door.
        raise PipelineError(refused, source=pipeline.pipeline)
    return plan


def missing_models(pipeline: Pipeline, store: Store) -> dict[str, Problem]:
    """Models that a pipeline names and that have still to be brought, and the problem at the first block that asks."""
    found: dict[str, Problem] = {}
    for block, use in pipeline.blocks.items():
        spec = spec_of(use)
        for setting in model_settings(spec) if spec else ():
            name = use.arguments.get(setting, spec.settings.model_fields[setting].default if spec else None)
            if isinstance(name, str) and name in ZOO and name not in found and name not in store:
                fix = "bring it on the models page"
                found[name] = Problem(f"the model {name!r} is not installed", fix, block, setting)
    return found


def _setting(problem: Problem) -> str | None:
    """The setting, of a place inside it such as `zones.left.0`."""
    return problem.port.partition(".")[0] if problem.port else None


def _placed(problems: Iterable[Problem], pipeline: Pipeline) -> list[Problem]:
    """Problems of blocks that `save:` stands for, at `save` itself: the sender sees no such blocks."""
    theirs = {SOURCE, *pipeline.blocks}
    own = [problem for problem in problems if problem.block is None or problem.block in theirs]
    of_sinks = {problem.what: problem for problem in problems if problem not in own}
    return own + [replace(problem, block=None, port="save") for problem in of_sinks.values()]

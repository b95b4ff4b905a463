"""Where to cut a pipeline: what looks at pictures or runs a network is done once, the rest again for every setting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trackside.core import Image, PipelineError, Problem, nearest
from trackside.pipelines.block import Mode
from trackside.pipelines.calls import Call
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import SOURCE, Pipeline
from trackside.pipelines.kinds import kind_named
from trackside.pipelines.plan import Node, Plan, Wire

_IMAGE = "Image"


@dataclass(frozen=True, slots=True)
class Cut:
    """A pipeline in two parts.

    Attributes:
        pipeline: the whole.
        first: the blocks that are run once over the footage; all of them but for the source's settings.
        wires: the outputs of the first part that the second reads.
        trackers: blocks of the first part that tell which tracks ended, and that the second part depends on.
        second: names of the blocks that are run again for every setting, in order.
        judged: the output whose alarms or events are scored.
    """

    pipeline: Pipeline
    first: Pipeline
    wires: tuple[Wire, ...]
    trackers: tuple[str, ...]
    second: tuple[str, ...]
    judged: Wire

    def nodes(self, pipeline: Pipeline) -> list[Node]:
        """The second part's blocks as a pipeline with other settings has them, in order.

        Raises:
            PipelineError: a setting cannot be.
        """
        nodes = {node.name: node for node in compile_pipeline(pipeline, with_sinks=False).nodes}
        return [nodes[name] for name in self.second]

    def check(self, names: Iterable[str]) -> None:
        """Refuse settings, `block.setting`, that are not of the second part.

        Raises:
            PipelineError: says which, and why.
        """
        problems = []
        for name in names:
            block, _, setting = name.partition(".")
            if block not in self.pipeline.blocks or not setting:
                known = [f"{one}.SETTING" for one in self.second]
                problems.append(Problem(f"there is no {name!r} to change", nearest(name, known), block or None))
            elif block not in self.second:
                fix = f"change a setting of {', '.join(self.second)}; for this one, score two pipelines"
                what = f"{name} cannot be tried on recorded footage: it works on pictures, or nothing scored depends on it"
                problems.append(Problem(what, fix, block))
        if problems:
            raise PipelineError(problems, source=self.pipeline.pipeline)


def cut_pipeline(pipeline: Pipeline, judged: str = "") -> Cut:
    """Find what to run once.

    Args:
        pipeline: what is scored.
        judged: `block.port` of the alarms or events to score; the only alarms, or else the only events, if empty.

    Raises:
        PipelineError: it is wrong, there is nothing to score, or nothing is left to run again.
    """
    plan = compile_pipeline(pipeline, with_sinks=False)
    wire = _judged(plan, judged)
    needed = _with_ancestors(plan, {wire.block})
    relevant = [node for node in plan.nodes if node.name in needed]
    once = _with_ancestors(plan, {node.name for node in relevant if _is_costly(node)})
    second = [node for node in relevant if node.name not in once]
    wires = {w: None for node in second for ws in node.wires.values() for w in ws if w.block in once}
    if not second:
        problem = Problem(
            f"{wire} comes straight from a network", "score what a rule or alarm.raise makes of it", wire.block
        )
        raise PipelineError([problem], source=pipeline.pipeline)
    first = _without(pipeline, once)
    trackers = tuple(
        node.name
        for node in relevant
        if node.name in once and _tracks(node) and any(n in second for n in plan.downstream_of(node.name))
    )
    return Cut(pipeline, first, tuple(wires), trackers, tuple(node.name for node in second), wire)


def _judged(plan: Plan, judged: str) -> Wire:
    outputs = [
        Wire(node.name, port.name, port.kinds[0])
        for node in plan.nodes
        for port in node.spec.outputs.values()
        if port.kinds[0].name in ("Alarms", "Events")
    ]
    if judged:
        found = [wire for wire in outputs if judged in (str(wire), wire.block)]
        found = [wire for wire in found if wire.port != "refused" or judged == str(wire)]
        fix = nearest(judged, map(str, outputs))
    else:
        alarms = [wire for wire in outputs if wire.kind.name == "Alarms" and wire.port != "refused"]
        found = alarms or [wire for wire in outputs if wire.kind.name == "Events"]
        fix = f"say which with --judge: {', '.join(map(str, found))}" if found else "add a rule, and alarm.raise behind it"
    if len(found) != 1:
        what = "there are several outputs to score" if found else "there are no such alarms or events to score"
        raise PipelineError([Problem(what, fix)], source=plan.pipeline.pipeline)
    return found[0]


def _is_costly(node: Node) -> bool:
    """Whether it runs a network or looks at pictures."""
    image = kind_named(_IMAGE)
    assert image.type is Image
    looks = any(wire.kind is image for wires in node.wires.values() for wire in wires)
    return node.mode is Mode.BATCH or looks


def _tracks(node: Node) -> bool:
    return node.mode is Mode.STREAM and hasattr(Call.of(node).target, "ended")


def _with_ancestors(plan: Plan, names: set[str]) -> set[str]:
    found = set(names)
    for node in reversed(plan.nodes):
        if node.name in found:
            found |= {wire.block for wires in node.wires.values() for wire in wires if wire.block != SOURCE}
    return found


def _without(pipeline: Pipeline, kept: set[str]) -> Pipeline:
    """The pipeline with these blocks and its source only, so that nothing else decides its fingerprint."""
    blocks = {name: use for name, use in pipeline.blocks.items() if name in kept or name == SOURCE}
    return pipeline.model_copy(update={"blocks": blocks, "save": [], "layout": {}, "about": ""})

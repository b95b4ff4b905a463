"""From a pipeline file to a plan: every mistake is found here, before anything runs, and all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trackside.core import PipelineError, Problem, UnknownName, nearest
from trackside.pipelines.block import BLOCKS, BlockSpec, Mode, Port, Settings, find_block
from trackside.pipelines.calls import Call
from trackside.pipelines.graph import DEFAULT_SOURCE, SOURCE, BlockUse, Pipeline
from trackside.pipelines.model_use import models_of, wrong_models
from trackside.pipelines.plan import Node, Plan, Wire
from trackside.pipelines.saving import add_sinks, shared_files

RECORDING_STAGE = -1


def compile_pipeline(pipeline: Pipeline, *, with_sinks: bool = True) -> Plan:
    """Check a pipeline and lay it out on the spine.

    Args:
        pipeline: what to compile.
        with_sinks: whether blocks that write, and what `save:` stands for, are part of the plan.

    Raises:
        PipelineError: with every problem found: unknown blocks, settings and ports (and the nearest right name), values
            out of range, inputs that are missing or of a kind that does not fit, cycles.
    """
    problems: list[Problem] = []
    uses = add_sinks(pipeline, problems)
    specs = _find_specs(uses, problems)
    source = _source_settings(specs, uses, problems)
    written = set(pipeline.blocks)
    nodes = [_read_node(name, spec, uses[name], specs, written, problems) for name, spec in specs.items() if name != SOURCE]
    ordered = _in_order(nodes, problems)
    problems += [*shared_files(ordered), *wrong_models(ordered)]
    if problems:
        raise PipelineError(problems, source=pipeline.pipeline)
    assert source is not None
    _construct(ordered, pipeline.pipeline)
    placed = _place(ordered if with_sinks else [node for node in ordered if not _writes(node)])
    return Plan(pipeline, tuple(placed), source, models_of(placed))


def _construct(nodes: Iterable[Node], source: str) -> None:
    """A constructor may refuse settings that are fine one by one."""
    problems: list[Problem] = []
    cause: Exception | None = None
    for node in nodes:
        try:
            Call.of(node)
        except PipelineError as error:
            problems += error.problems
        except Exception as error:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            what = f"{node.spec.name} cannot work with these settings ({reason})"
            problems.append(Problem(what, "change them", node.name))
            cause = error
    if problems:
        raise PipelineError(problems, source=source) from cause


def _writes(node: Node) -> bool:
    return node.spec.is_sink or node.mode is Mode.RECORDING


def _find_specs(uses: Mapping[str, BlockUse], problems: list[Problem]) -> dict[str, BlockSpec]:
    specs = {}
    for name, use in uses.items():
        try:
            spec = find_block(use.use)
        except UnknownName as error:
            problems.append(Problem(error.what, f"{error.fix} (`trackside blocks list` shows all)", name))
            continue
        if (name == SOURCE) != (spec.family == SOURCE):
            problems.append(Problem(f"{spec.name} cannot stand here", f"the block named {SOURCE!r} reads the input", name))
            continue
        specs[name] = spec
    return specs


def _source_settings(specs: dict[str, BlockSpec], uses: Mapping[str, BlockUse], problems: list[Problem]) -> Settings | None:
    """The settings of the source block, which every pipeline has, written or not."""
    arguments = uses[SOURCE].arguments if SOURCE in specs else {}
    settings, found = specs.setdefault(SOURCE, BLOCKS[DEFAULT_SOURCE]).read_settings(arguments, SOURCE)
    problems += found
    return settings


def _read_node(
    name: str,
    spec: BlockSpec,
    use: BlockUse,
    specs: Mapping[str, BlockSpec],
    written_blocks: set[str],
    problems: list[Problem],
) -> Node | None:
    arguments = use.arguments
    ports = spec.wired_inputs
    written = {port: arguments.pop(port) for port in list(arguments) if port in ports}
    settings, found = spec.read_settings(arguments, name)
    problems += found
    wires = {}
    for port in ports.values():
        wires[port.name] = _read_wires(name, port, written.get(port.name), specs, written_blocks, problems)
    return Node(name, spec, settings, wires) if settings is not None else None


def _read_wires(
    block: str,
    port: Port,
    written: Any,
    specs: Mapping[str, BlockSpec],
    written_blocks: set[str],
    problems: list[Problem],
) -> tuple[Wire, ...]:
    if written is None:
        if port.required:
            sources = _outputs_that_fit(port, specs, block)
            fix = f"wire it to {' or '.join(sources[:4])}" if sources else f"add a block that gives {port.accepts}"
            problems.append(Problem(f"the input {port.name!r} is not wired", fix, block, port.name))
        return ()
    references = written if isinstance(written, list) else [written]
    if len(references) > 1 and not port.many:
        problems.append(Problem("takes one wire only", "wire one output to it", block, port.name))
        return ()
    found = (_read_wire(block, port, reference, specs, written_blocks, problems) for reference in references)
    return tuple(wire for wire in found if wire is not None)


def _read_wire(
    block: str,
    port: Port,
    reference: Any,
    specs: Mapping[str, BlockSpec],
    written_blocks: set[str],
    problems: list[Problem],
) -> Wire | None:
    def problem(what: str, fix: str) -> None:
        problems.append(Problem(what, fix, block, port.name))

    if not isinstance(reference, str):
        problem(f"a wire reads block.port, got {reference!r}", f"wire it to {_example(port, specs, block)}")
        return None
    source, _, output = reference.partition(".")
    if source not in specs:
        if source not in written_blocks:  # One that is there but unknown has its own problem already.
            problem(f"there is no block {source!r}", nearest(source, {SOURCE, *written_blocks}))
        return None
    outputs = specs[source].outputs
    if not output and len(outputs) == 1:
        output = next(iter(outputs))
    if not outputs or specs[source].mode is Mode.RECORDING:
        problem(f"{source!r} writes results and has no output", f"wire it to {_example(port, specs, block)}")
        return None
    if output not in outputs:
        what = f"{source!r} has no output {output!r}" if output else f"{source!r} has several outputs"
        problem(what, nearest(output, outputs) if output else f"say which: {', '.join(f'{source}.{o}' for o in outputs)}")
        return None
    kind = outputs[output].kinds[0]
    if not any(kind.fits(accepted) for accepted in port.kinds):
        fix = f"wire it to {_example(port, specs, block)}"
        problem(f"takes {port.accepts}, but {source}.{output} gives {kind.name}", fix)
        return None
    return Wire(source, output, kind)


def _outputs_that_fit(port: Port, specs: Mapping[str, BlockSpec], block: str) -> list[str]:
    """Outputs of other blocks that may enter a port, the source's first."""
    others = sorted((name for name in specs if name != block), key=lambda name: name != SOURCE)
    return [
        f"{name}.{output.name}"
        for name, spec in ((name, specs[name]) for name in others)
        for output in spec.outputs.values()
        if any(output.kinds[0].fits(accepted) for accepted in port.kinds)
    ]


def _example(port: Port, specs: Mapping[str, BlockSpec], block: str) -> str:
    fitting = _outputs_that_fit(port, specs, block)
    return fitting[0] if fitting else f"a block that gives {port.accepts}"


def _in_order(nodes: Iterable[Node | None], problems: list[Problem]) -> list[Node]:
    """Each block after those it reads from; blocks on a cycle are a problem."""
    waiting = {node.name: node for node in nodes if node is not None}
    names = set(waiting)
    ordered: list[Node] = []
    while waiting:
        ready = [node for node in waiting.values() if not _blocks_before(node) & waiting.keys() & names]
        if not ready:
            circle = _cycle(waiting)
            fix = "unwire one of them so that no block waits for its own result"
            problems.append(Problem(f"blocks wait for each other: {' -> '.join(circle)}", fix, circle[0]))
            return ordered
        ordered.extend(waiting.pop(node.name) for node in ready)
    return ordered


def _cycle(waiting: Mapping[str, Node]) -> list[str]:
    path = [next(iter(sorted(waiting)))]
    while True:
        before = min(_blocks_before(waiting[path[-1]]) & waiting.keys())
        if before in path:
            return [*path[path.index(before) :], before][::-1]
        path.append(before)


def _blocks_before(node: Node) -> set[str]:
    return {wire.block for wires in node.wires.values() for wire in wires}


def _place(ordered: list[Node]) -> list[Node]:
    """Give each block its stage: the first of the right parity at or after all that it reads from; sinks go last.

    The decode worker (stage 0) runs only what a batch block waits for; every other block has its stream's own lane.
    """
    before_batches = _ancestors({node.name for node in ordered if node.mode is Mode.BATCH}, ordered)
    stages = {SOURCE: 0}
    for node in ordered:
        before = max((stages[name] for name in _blocks_before(node)), default=0)
        if node.mode is not Mode.RECORDING:
            before += before % 2 != (node.mode is Mode.BATCH)
        stages[node.name] = before if before or node.name in before_batches else 2
    last = max(stages.values())
    end = last + last % 2

    def stage(node: Node) -> int:
        if node.mode is Mode.RECORDING:
            return RECORDING_STAGE
        return end if node.spec.is_sink else stages[node.name]

    placed = [replace(node, stage=stage(node)) for node in ordered]
    return sorted(placed, key=lambda node: node.stage if node.stage >= 0 else end + 1)


def _ancestors(names: set[str], ordered: list[Node]) -> set[str]:
    found = set(names)
    for node in reversed(ordered):
        if node.name in found:
            found |= _blocks_before(node)
    return found - names

"""What `save:` means: a sink block for each output named there, and a summary of all that is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trackside.core import Problem, UnknownName, nearest
from trackside.pipelines.block import BLOCKS, BlockSpec, find_block
from trackside.pipelines.graph import DEFAULT_SOURCE, SOURCE, BlockUse, Pipeline
from trackside.pipelines.plan import Node

VIDEO_SINK = "write.video@1"
TABLE_SINK = "write.table@1"
SUMMARY = "write.summary@1"
# Ports whose names say nothing without their block's.
_GENERAL = frozenset(("counts", "events", "table", "totals"))


def add_sinks(pipeline: Pipeline, problems: list[Problem]) -> dict[str, BlockUse]:
    """The pipeline's blocks and those that `save:` stands for; what is wrong with `save:` is added to `problems`."""
    sinks: dict[str, BlockUse] = {}
    saved = [_resolve(reference, pipeline, problems) for reference in dict.fromkeys(pipeline.save)]
    tables = []
    for block, port, is_image in (found for found in saved if found is not None):
        name = _file_name(block, port, [p for _, p, _ in (s for s in saved if s)])
        if is_image:
            sinks[f"save-{name}"] = BlockUse.of(VIDEO_SINK, images=f"{block}.{port}", name=name)
        else:
            sinks[f"save-{name}"] = BlockUse.of(TABLE_SINK, rows=f"{block}.{port}", name=name)
            tables.append(f"{block}.{port}")
    if not any(use.use.startswith("write.summary") for use in pipeline.blocks.values()) and saved:
        sinks["summary"] = BlockUse.of(SUMMARY, tables=tables)
    problems += [
        Problem("`save:` adds a block of this name itself", "give this one another name", name)
        for name in sorted(sinks.keys() & pipeline.blocks.keys())
    ]
    return {**sinks, **pipeline.blocks}


def shared_files(nodes: Iterable[Node]) -> Iterator[Problem]:
    """Sinks that would write the same file: a video, or a table."""
    first: dict[tuple[bool, str], str] = {}
    for node in nodes:
        if not node.spec.is_sink or "name" not in node.keywords():
            continue
        # Some file systems know no case.
        key = (node.spec.name == VIDEO_SINK, str(node.keywords()["name"]).lower())
        if key in first:
            what = f"writes the same file as {first[key]!r}, {node.keywords()['name']!r}"
            yield Problem(what, "give it a `name` of its own", node.name, "name")
        first.setdefault(key, node.name)


def _resolve(reference: str, pipeline: Pipeline, problems: list[Problem]) -> tuple[str, str, bool] | None:
    block, _, port = reference.partition(".")
    spec = _spec(block, pipeline)
    if spec is None:
        if block not in pipeline.blocks and block != SOURCE:
            fix = nearest(block, pipeline.blocks)
            problems.append(Problem(f"{reference!r} names no block", fix, None, "save"))
        return None
    outputs = spec.outputs
    if not port and len(outputs) == 1:
        port = next(iter(outputs))
    if port not in outputs:
        fix = nearest(port, outputs) if port else f"say which: {', '.join(f'{block}.{o}' for o in outputs)}"
        problems.append(Problem(f"{block!r} has no output {port!r}", fix, None, "save"))
        return None
    return block, port, outputs[port].kinds[0].name == "Image"


def _spec(block: str, pipeline: Pipeline) -> BlockSpec | None:
    if block == SOURCE and SOURCE not in pipeline.blocks:
        return BLOCKS[DEFAULT_SOURCE]
    try:
        return find_block(pipeline.blocks[block].use)
    except (KeyError, UnknownName):
        return None


def _file_name(block: str, port: str, all_ports: list[str]) -> str:
    """The port's name where that says enough and is the only one, else with the block's: names must not change by
    additions."""
    return f"{block}-{port}" if port in _GENERAL or all_ports.count(port) > 1 else port

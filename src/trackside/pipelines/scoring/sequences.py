"""MOTChallenge sequences without pictures as footage: their detections stand in for a pipeline's detector."""

from __future__ import annotations

import configparser
from pathlib import Path

import numpy as np

from trackside.core import Image, InputError, PipelineError, Problem
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import SOURCE, BlockUse, Pipeline
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.scoring.cut import Cut
from trackside.pipelines.scoring.footage import Footage
from trackside.pipelines.scoring.replay import run_nodes

_INFO = "seqinfo.ini"
_FOUND = Path("det", "det.txt")


def is_sequence(path: Path) -> bool:
    """Whether it is a folder with a sequence's facts and detections."""
    return (path / _INFO).is_file() and (path / _FOUND).is_file()


def read_sequence(cut: Cut, path: Path) -> Footage:
    """What the first part of a pipeline makes of a sequence, with the sequence's detections in place of its detector's.

    A detector's threshold still holds, and its only class names what was found.

    Raises:
        InputError: `seqinfo.ini` is broken.
        PipelineError: another block of the first part needs pictures.
    """
    stream, count = _facts(path)
    times = np.arange(count) / stream.fps
    bare = Footage(stream, times, np.arange(count))
    if not cut.first.blocks.keys() - {SOURCE}:
        return bare
    plan = compile_pipeline(_without_pictures(cut.first, path), with_sinks=False)
    for node in plan.nodes:
        if any(wire.kind.type is Image for wires in node.wires.values() for wire in wires):
            fix = "leave such sequences out, or take a pipeline without this block"
            raise PipelineError([Problem(f"needs pictures, and {path} has none", fix, node.name)], source=cut.first.pipeline)
    values: dict[tuple[str, str], list[object]] = {(wire.block, wire.port): [] for wire in cut.wires}
    ended: dict[str, list[tuple[int, ...]]] = {name: [] for name in cut.trackers}
    for item in run_nodes(bare, plan.nodes):
        for key, column in values.items():
            column.append(item.values.get(key))
        for name, gone in ended.items():
            gone.append(item.values.get((name, ""), ()))
    return bare.with_more(values, ended)


def _without_pictures(pipeline: Pipeline, path: Path) -> Pipeline:
    blocks = {}
    for name, use in pipeline.blocks.items():
        if use.use.startswith("detect."):
            arguments = use.arguments
            classes = arguments.get("classes") or ["person"]
            use = BlockUse.of(
                "detect.from_file@1", path=str(path / _FOUND), threshold=arguments.get("threshold") or 0.0, name=classes[0]
            )
        blocks[name] = use
    return pipeline.model_copy(update={"blocks": blocks})


def _facts(path: Path) -> tuple[StreamInfo, int]:
    parser = configparser.ConfigParser()
    try:
        parser.read(path / _INFO, encoding="utf-8")
        section = parser["Sequence"]
        fps, count = float(section["frameRate"]), int(section["seqLength"])
        size = int(section["imWidth"]), int(section["imHeight"])
        if not (0 < fps < 1e4 and 0 < count < 10**8 and min(size) > 0):
            raise ValueError("a number is out of range")
    except (configparser.Error, KeyError, ValueError, UnicodeDecodeError) as error:
        fix = "it gives frameRate, seqLength, imWidth and imHeight under [Sequence]"
        raise InputError(f"cannot be used ({error})", where=str(path / _INFO), fix=fix) from None
    return StreamInfo(path.resolve().name, str(path), *size, fps), count

"""Keeping users' paths away from the server's disk.

On the command line a model may be named by a folder, and a block may read a file. On a server both would let whoever draws
a pipeline ask what lies on its disk. Such settings are found by their types, so a new block needs nothing here.
"""

from __future__ import annotations

from typing import Any

from trackside.core import Problem, UnknownName, nearest
from trackside.models import ZOO, Store
from trackside.pipelines.block import BlockSpec, find_block
from trackside.pipelines.forms import file_settings, model_settings
from trackside.pipelines.graph import BlockUse, Pipeline

# No text and no path: the compiler refuses it before a block's constructor could look anything up.
_NOTHING: dict[str, Any] = {}


def without_paths(pipeline: Pipeline, store: Store) -> tuple[Pipeline, list[Problem]]:
    """The pipeline with everything taken out that would reach the disk, and what is to be said about it.

    Args:
        pipeline: as it was sent.
        store: the server's models; those and the zoo's may be named.

    Returns:
        A pipeline that the compiler may see: it finds fault with each place that was taken out, so nothing is constructed.
    """
    problems: list[Problem] = []
    blocks = {name: _guarded_use(name, use, store, problems) for name, use in pipeline.blocks.items()}
    return pipeline.model_copy(update={"blocks": blocks}), problems


def spec_of(use: BlockUse) -> BlockSpec | None:
    """What block is used, None for an unknown one."""
    try:
        return find_block(use.use)
    except UnknownName:
        return None


def known_models(store: Store) -> set[str]:
    """Names of models that are installed, or that can be brought."""
    return {name for name, entry in ZOO.items() if not entry.is_sample} | set(store.names())


def _guarded_use(name: str, use: BlockUse, store: Store, problems: list[Problem]) -> BlockUse:
    spec = spec_of(use)
    if spec is None:
        return use
    arguments = use.arguments
    refused = [_refused_file(name, setting) for setting in file_settings(spec) if setting in arguments]
    for setting in model_settings(spec):
        value = arguments.get(setting)
        if isinstance(value, str) and value and not _is_model(value, store):
            refused.append(_refused_model(name, setting, value, store))
    if not refused:
        return use
    problems += refused
    taken_out = {problem.port or "": _NOTHING for problem in refused}
    return BlockUse.of(use.use, **{**arguments, **taken_out})


def _is_model(name: str, store: Store) -> bool:
    return (name in ZOO and not ZOO[name].is_sample) or name in store


def _refused_file(block: str, setting: str) -> Problem:
    return Problem("reads a file of the machine it runs on, which a server does not allow", "remove it", block, setting)


def _refused_model(block: str, setting: str, value: str, store: Store) -> Problem:
    if any(sign in value for sign in "/\\~"):
        fix = "choose a model by its name, or add yours on the models page"
        return Problem("a server takes no path to a model", fix, block, setting)
    return Problem(f"unknown model {value[:100]!r}", nearest(value, known_models(store)), block, setting)

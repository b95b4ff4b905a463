"""Bringing a pipeline file up to date: blocks of an old version become the newest that declares how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trackside.pipelines.block import BLOCKS, BlockSpec
from trackside.pipelines.graph import BlockUse, Pipeline


@dataclass(frozen=True, slots=True)
class MigrationNote:
    """A block that was brought up to date, or could not be.

    Attributes:
        block: its name in the pipeline.
        text: one sentence.
    """

    block: str
    text: str

    def __str__(self) -> str:
        return f"{self.block}: {self.text}"


def migrate(pipeline: Pipeline) -> tuple[Pipeline, list[MigrationNote]]:
    """Bring every block to the newest version to which its migrations lead; names, layout and order stay.

    A block that names no version means the newest anyway. One that is unknown, or whose newer version declares no
    migration, stays as it is: the compiler judges it.

    Returns:
        The pipeline, the same one if nothing changed, and what was done.
    """
    notes: list[MigrationNote] = []
    blocks = {name: _brought_up(name, use, notes) for name, use in pipeline.blocks.items()}
    return (pipeline.model_copy(update={"blocks": blocks}) if notes else pipeline), notes


def _brought_up(name: str, use: BlockUse, notes: list[MigrationNote]) -> BlockUse:
    path, _, version = use.use.partition("@")
    if not (version.isascii() and version.isdecimal()) or len(version) > 6:
        return use
    arguments, reached = use.arguments, int(version)
    while (step := _next_version(path, reached)) is not None:
        try:
            arguments = dict(step.migrations[reached](dict(arguments)))
        except Exception as error:  # A migration meets whatever a file holds; the compiler then says what is wrong with it.
            notes.append(MigrationNote(name, f"{path}@{reached} could not become {step.name} ({error})"))
            return use
        reached = step.version
    if reached == int(version):
        return use
    brought = BlockUse.of(f"{path}@{reached}", **_without_use(arguments))
    notes.append(MigrationNote(name, f"{use.use} is now {brought.use}"))
    return brought


def _next_version(path: str, version: int) -> BlockSpec | None:
    """The block one version further, if it says how to come there."""
    name = f"{path}@{version + 1}"
    if name not in BLOCKS or version not in BLOCKS[name].migrations:
        return None
    return BLOCKS[name]


def _without_use(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key != "use"}

"""Blocks and pipelines as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from trackside.pipelines.forms import Widget
from trackside.server.library.plain import PlainText, fault_of
from trackside.server.shapes import Body, ProblemShape, Shape


class KindShape(Shape):
    """What flows through a wire. `fits` names the kinds of ports that it may enter, itself first."""

    name: str
    colour: str
    help: str
    fits: list[str]


class PortShape(Shape):
    name: str
    title: str
    kinds: list[str]
    help: str
    required: bool
    many: bool


class SettingShape(Shape):
    """One field of a block's form.

    `unit` as shown beside the number; `minimum` and `maximum` with `exclusive_*`; `choices` for choice and choices; `task`
    of the models that fit; `classes_of` the setting that names the model whose classes are offered; `coordinates` the
    setting that says whether drawn points are fractions or pixels, empty for pixels; `columns` what is told of one of
    several points: x and y in the picture, and for ground points x and y in metres.
    """

    name: str
    title: str
    help: str
    widget: Widget
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    default: Any = None
    required: bool = False
    nullable: bool = False
    choices: list[str] = []
    task: str = ""
    classes_of: str = ""
    coordinates: str = ""
    columns: list[str] = []
    json_schema: dict[str, Any] = {}


class BlockShape(Shape):
    """A block of the palette. `use` is `family.verb@version`; `newest` is false for old versions that files may name,
    `offered` for those and for blocks that no server runs: the palette leaves them out, but a file may hold them."""

    use: str
    family: str
    verb: str
    version: int
    newest: bool
    offered: bool = True
    title: str
    summary: str
    help: str
    mode: Literal["frame", "batch", "stream", "recording"]
    sink: bool
    inputs: list[PortShape]
    outputs: list[PortShape]
    settings: list[SettingShape]


class FamilyShape(Shape):
    name: str
    title: str
    help: str


class Palette(Shape):
    families: list[FamilyShape]
    kinds: list[KindShape]
    blocks: list[BlockShape]


class Graph(Body):
    """A pipeline as its file holds it (see the published JSON Schema); `layout` is where the editor draws each block."""

    pipeline: Annotated[str, Field(max_length=100)] = "untitled"
    about: Annotated[str, Field(max_length=2000)] = ""
    blocks: dict[str, dict[str, Any]] = {}
    save: list[str] = []
    layout: dict[str, tuple[float, float]] = {}

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if fault := fault_of(dict(self)):
            raise ValueError(fault)
        return self


class Checked(Shape):
    """All that is wrong with a pipeline. `missing_models` are known but not installed: they are no problem yet."""

    problems: list[ProblemShape]
    missing_models: list[str] = []
    outputs: list[str] = []


class PipelineShape(Shape):
    id: str
    name: str
    about: str
    version: int
    owner: str
    created: datetime
    changed: datetime
    blocks: int = 0


class PipelineFull(PipelineShape):
    """A pipeline with the graph of its newest (or the asked) version."""

    graph: Graph


class PipelineSave(Body):
    """A new version. `base` is the version that the editor started from: if another one is newer, the answer is 409."""

    graph: Graph
    base: int | None = None
    note: Annotated[PlainText, Field(max_length=300)] = ""


class VersionShape(Shape):
    number: int
    note: str
    author: str
    created: datetime
    blocks: int = 0


class TemplateShape(Shape):
    """A pipeline to start from: one sentence and a picture (an address)."""

    name: str
    title: str
    about: str
    picture: str
    graph: Graph


class FileText(Body):
    """The text of a pipeline file, YAML or JSON."""

    text: Annotated[str, Field(max_length=1_000_000)]

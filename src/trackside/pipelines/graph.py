"""The pipeline file: which blocks, wired how. YAML or JSON; the drawing's layout is kept apart from the meaning.

    pipeline: loitering
    blocks:
      detect: {use: detect.objects@1, images: source.images, model: yolox-nano}
      track:  {use: track.objects@1, detections: detect}
    save: [track.tracks]

An argument that names an input port is a wire, `block.port` or just `block` where that has one output; all others are
settings.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trackside.core import InputError, PipelineError, Problem, nearest

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Reference = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_]*)?$")]

# The block that reads the input; every pipeline has it, also where the file does not write it.
SOURCE = "source"
DEFAULT_SOURCE = "source.media@1"
# A pipeline drawn by hand has tens of blocks; the bound keeps a hostile file from costing minutes.
MOST_BLOCKS = 500
_MOST_BYTES = 1_000_000  # ten times the largest pipeline that MOST_BLOCKS allows
_MOST_VALUES = 500_000  # what fits into so many bytes without aliases, which can repeat each other


class BlockUse(BaseModel):
    """One block of a pipeline: what it is, and its wires and settings by name."""

    model_config = ConfigDict(extra="allow")

    use: str = Field(description="the block, family.verb@version")

    @classmethod
    def of(cls, block: str, **arguments: Any) -> BlockUse:
        """A use of a block with these wires and settings."""
        return cls.model_validate({"use": block, **arguments})

    @property
    def arguments(self) -> dict[str, Any]:
        """Wires and settings, as written."""
        return dict(self.model_extra or {})


class Pipeline(BaseModel):
    """A graph of blocks, as a file holds it."""

    model_config = ConfigDict(extra="forbid")

    pipeline: str = Field(description="the pipeline's name", min_length=1, max_length=100)
    about: str = Field("", description="one sentence: what it does")
    blocks: dict[Name, BlockUse] = Field(min_length=1, max_length=MOST_BLOCKS)
    save: list[Reference] = Field(default_factory=list, description="outputs to write: tables, and videos for pictures")
    layout: dict[Name, tuple[float, float]] = Field(
        default_factory=dict, description="where the editor draws the blocks; no meaning"
    )

    def with_settings(self, changes: Mapping[str, Any]) -> Pipeline:
        """A copy with `{"block.setting": value}` applied.

        Raises:
            PipelineError: a block that is not there, or a key that is not `block.setting`.
        """
        blocks = {name: use.model_dump() for name, use in self.blocks.items()}
        for key, value in changes.items():
            name, _, setting = key.partition(".")
            if name == SOURCE:
                blocks.setdefault(SOURCE, {"use": DEFAULT_SOURCE})
            if name not in blocks or not setting:
                there = ", ".join(f"{n}.<setting>" for n in {SOURCE: 0, **blocks})
                raise PipelineError([Problem(f"nothing to set at {key!r}", f"use one of {there}")], source=self.pipeline)
            blocks[name][setting] = value
        return self.model_copy(update={"blocks": {name: BlockUse.model_validate(use) for name, use in blocks.items()}})

    def to_yaml(self) -> str:
        """The file's text, wires and settings on one line a block."""
        return _to_yaml(self)


def parse_pipeline(data: Any, *, source: str = "the pipeline") -> Pipeline:
    """Check the shape of a pipeline given as a mapping.

    Raises:
        PipelineError: naming every place that is wrong.
    """
    if not isinstance(data, Mapping):
        fix = "start the file with `pipeline: NAME` and `blocks:`"
        raise PipelineError([Problem("a pipeline is a mapping with `pipeline` and `blocks`", fix)], source=source)
    try:
        return Pipeline.model_validate(data)
    except ValidationError as error:
        raise PipelineError([_shape_problem(detail) for detail in error.errors()], source=source) from None


def read_pipeline(path: Path) -> Pipeline:
    """Read a pipeline file, YAML or JSON.

    Raises:
        InputError: missing, not text, too large, or not YAML.
        PipelineError: not a pipeline.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("too large for a pipeline file", where=str(path), fix="give a YAML or JSON pipeline file")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot read the pipeline ({reason})", where=str(path), fix="check the path") from None
    except UnicodeDecodeError:
        raise InputError("not a text file", where=str(path), fix="give a YAML or JSON pipeline file") from None
    return parse_pipeline(read_text(text, source=str(path)), source=str(path))


def read_text(text: str, *, source: str = "the pipeline") -> Any:
    """What the text of a pipeline file, YAML or JSON, stands for; not yet known to be a pipeline.

    Raises:
        InputError: not YAML, nested too deeply, or a few bytes that stand for very many.
    """
    import yaml

    try:
        data = yaml.load(text, Loader=_strict_loader())
    except RecursionError:
        raise InputError("nested too deeply for a pipeline file", where=source, fix="write it with less nesting") from None
    except yaml.YAMLError as error:
        mark, fact = getattr(error, "problem_mark", None), getattr(error, "problem", None) or "not YAML"
        line = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{fact}", where=f"{source}{line}", fix="mend that line") from None
    if _is_larger(data, _MOST_VALUES):
        raise InputError("stands for too many values", where=source, fix="write it with fewer aliases (`*name`)")
    return data


def _is_larger(data: Any, most: int) -> bool:
    """Whether it holds more values than that, each counted as often as aliases repeat it."""
    waiting, count = [data], 0
    while waiting and count <= most:
        value = waiting.pop()
        count += 1
        if isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count > most


def _strict_loader() -> Any:
    """PyYAML's safe loader, but a key given twice is an error instead of a silent loss."""
    import yaml

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, Hashable) and key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", key_node.start_mark)
                if isinstance(key, Hashable):
                    seen.add(key)
            return super().construct_mapping(node, deep)

    return Loader


def _shape_problem(detail: Any) -> Problem:
    path = [str(part) for part in detail["loc"]]
    inside_block = len(path) > 1 and path[0] == "blocks"
    block = path[1] if inside_block else None
    port = ".".join(path[2:] if inside_block else path) or None
    if detail["type"] == "missing" and port == "use":
        return Problem("says not which block it is", "add `use: family.verb@version`", block)
    if path[-1:] == ["[key]"]:
        fix = "begin with a small letter, and go on with small letters, digits, _ and -, 64 at most"
        return Problem(f"{path[-2]!r} is no name for a block", fix, block)
    if detail["type"] == "extra_forbidden":
        return Problem(f"a pipeline has no {port!r}", nearest(port or "", Pipeline.model_fields), block)
    return Problem(_plain(detail), "see `trackside pipelines show count-people` for a pattern", block, port)


def _plain(detail: Any) -> str:
    text = detail["msg"]
    return f"{text[:1].lower()}{text[1:]}"


def _to_yaml(pipeline: Pipeline) -> str:
    import yaml

    def line(value: Any) -> str:
        text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True).strip()
        return text.removesuffix("\n...").strip()

    plain = pipeline.model_dump(mode="json")
    lines = [f"pipeline: {line(pipeline.pipeline)}"]
    if pipeline.about:
        lines.append(f"about: {line(pipeline.about)}")
    lines.append("blocks:")
    lines += [f"  {name}: {line(use)}" for name, use in plain["blocks"].items()]
    if pipeline.save:
        lines.append(f"save: {line(plain['save'])}")
    if pipeline.layout:
        lines.append(f"layout: {line(plain['layout'])}")
    return "\n".join(lines) + "\n"

"""The block contract: a typed function or class, whose signature is its form in the editor.

- Positional parameters annotated with a kind are input ports; `*name` takes several wires; `X | None = None` may stay
  unwired.
- Keyword-only parameters (of the function, or of the class's `__init__`) are settings, with pydantic types.
- The return annotation is the output: one kind, or a `NamedTuple` whose fields are the output ports.
- The mode is told by the signature: `Batch[...]` ports make a *batch* block, `Recording[...]` ports a *recording* block,
  a class is a *stream* block (one instance a stream, records in order), any other function is a *frame* block (one
  record, no memory).
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from trackside.core import Registry
from trackside.core.errors import Problem, nearest
from trackside.pipelines.docstring import Docstring, read_docstring
from trackside.pipelines.kinds import Annotation, Batch, Kind, Recording, read_annotation
from trackside.pipelines.splitting import MakeSplit

F = TypeVar("F", bound=Callable[..., Any])
# Characters of a value that a message repeats.
_MOST_SHOWN = 100
_BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}
Migration = Callable[[dict[str, Any]], dict[str, Any]]


class Mode(StrEnum):
    """How a block is called."""

    FRAME = "frame"
    BATCH = "batch"
    STREAM = "stream"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a block.

    Attributes:
        name: the parameter's or field's name.
        kinds: what fits; several if the block takes any of them.
        help: one sentence from the docstring.
        required: whether it must be wired.
        many: whether several wires may enter.
        context: the context kind that the engine supplies, or None for a port that the user wires.
    """

    name: str
    kinds: tuple[Kind, ...]
    help: str = ""
    required: bool = True
    many: bool = False
    context: str | None = None

    @property
    def accepts(self) -> str:
        """The kinds, as users read them: `Tracks or Events`."""
        return " or ".join(kind.name for kind in self.kinds)


class Settings(BaseModel):
    """Base of every block's settings: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


@dataclass(frozen=True)
class BlockSpec:
    """What is known of a block from its decorator, signature and docstring.

    Attributes:
        family: the palette's group, and the first half of the name.
        verb: the second half of the name.
        version: raised by every change of behaviour.
        target: the function or class.
        is_sink: it writes results; it runs last and may not be read from.
        migrations: version to the function that brings settings of that version one version further.
        split: makes the block's three parts from its settings, for a batch block that can share its network.
    """

    family: str
    verb: str
    version: int
    target: Callable[..., Any]
    is_sink: bool = False
    migrations: Mapping[int, Migration] = field(default_factory=dict)
    split: MakeSplit | None = None

    @property
    def name(self) -> str:
        """`family.verb@version`, as pipeline files write it."""
        return f"{self.family}.{self.verb}@{self.version}"

    @cached_property
    def doc(self) -> Docstring:
        """The docstring, taken apart."""
        return read_docstring(inspect.getdoc(self.target) or "")

    @cached_property
    def inputs(self) -> tuple[Port, ...]:
        """The ports, those that the engine supplies included."""
        return tuple(self._port(p) for p in self._call_parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY)

    @cached_property
    def wired_inputs(self) -> dict[str, Port]:
        """The ports that a user wires, by name."""
        return {port.name: port for port in self.inputs if port.context is None}

    @cached_property
    def outputs(self) -> dict[str, Port]:
        """The output ports by name, in order."""
        returns = self._call_hints.get("return")
        if returns is None or returns is type(None):
            return {}
        hints = typing.get_type_hints(returns, include_extras=True) if _is_named_tuple(returns) else None
        if hints is None:
            kinds = read_annotation(returns).kinds
            return {(name := kinds[0].name.lower()): Port(name, kinds)}
        return {name: Port(name, read_annotation(hint).kinds) for name, hint in hints.items()}

    @property
    def packs_outputs(self) -> bool:
        """Whether a result is a tuple of outputs rather than the only one."""
        return _is_named_tuple(self._call_hints.get("return"))

    @cached_property
    def settings(self) -> type[Settings]:
        """The pydantic model of the settings."""
        hints = typing.get_type_hints(self._maker, include_extras=True)
        keywords = [p for p in _parameters(self._maker) if p.kind is inspect.Parameter.KEYWORD_ONLY]
        fields = {p.name: (hints[p.name], ... if p.default is p.empty else p.default) for p in keywords}
        model = create_model(f"{self.family}_{self.verb}", __base__=Settings, **fields)  # type: ignore[call-overload]
        return typing.cast(type[Settings], model)

    @cached_property
    def mode(self) -> Mode:
        """How the engine calls it."""
        if self.is_class:
            return Mode.STREAM
        wrappers = {note.wrapper for note in self._annotations.values()}
        if Recording in wrappers:
            return Mode.RECORDING
        return Mode.BATCH if Batch in wrappers else Mode.FRAME

    @property
    def is_class(self) -> bool:
        """Whether an instance is made for each stream."""
        return inspect.isclass(self.target)

    @property
    def _maker(self) -> Callable[..., Any]:
        return typing.cast(Any, self.target).__init__ if self.is_class else self.target

    @property
    def _caller(self) -> Callable[..., Any]:
        return typing.cast(Any, self.target).__call__ if self.is_class else self.target

    @cached_property
    def _call_hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self._caller, include_extras=True)

    @cached_property
    def _call_parameters(self) -> list[inspect.Parameter]:
        return _parameters(self._caller)

    @cached_property
    def _annotations(self) -> dict[str, Annotation]:
        ports = [p for p in self._call_parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        return {p.name: read_annotation(self._call_hints[p.name]) for p in ports}

    def _port(self, parameter: inspect.Parameter) -> Port:
        note = self._annotations[parameter.name]
        if not note.kinds and note.context is None:
            raise TypeError(
                f"{self.name}: parameter {parameter.name!r} is annotated with no kind; make a setting keyword-only"
            )
        many = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        required = parameter.default is parameter.empty and not many
        return Port(parameter.name, note.kinds, self.doc.arguments.get(parameter.name, ""), required, many, note.context)

    def read_settings(self, values: Mapping[str, Any], block: str) -> tuple[Settings | None, list[Problem]]:
        """Validate settings from a file or form; `block` names the block in the problems."""
        try:
            return self.settings(**values), []
        except ValidationError as error:
            return None, [_setting_problem(self, detail, block) for detail in error.errors()]


BLOCKS: Registry[BlockSpec] = Registry("block", fill=lambda: _import_built_in_blocks())


def block(
    name: str,
    *,
    sink: bool = False,
    migrations: Mapping[int, Migration] | None = None,
    split: MakeSplit | None = None,
) -> Callable[[F], F]:
    """Register a function or class as a block and give it back unchanged, so that it can still be called by itself.

    Args:
        name: `family.verb@version`.
        sink: it writes results.
        migrations: version to the function that brings settings of that version one version further.
        split: makes the block's three parts from its settings, for a batch block that can share its network.
    """
    path, _, version = name.partition("@")
    family, _, verb = path.partition(".")
    if not (family and verb and version.isdecimal()):
        raise ValueError(f"a block's name reads family.verb@version, got {name=}")

    def register(target: F) -> F:
        BLOCKS.add(name, BlockSpec(family, verb, int(version), target, sink, migrations or {}, split))
        return target

    return register


def find_block(use: str) -> BlockSpec:
    """The block that a pipeline file names: `family.verb@version`, or without version the newest.

    Raises:
        UnknownName: no such block; the message offers the nearest one.
    """
    if "@" in use:
        return BLOCKS[use]
    versions = [spec for spec in BLOCKS.values() if spec.name.partition("@")[0] == use]
    return max(versions, key=lambda spec: spec.version) if versions else BLOCKS[use]


def _import_built_in_blocks() -> None:
    from trackside.pipelines.blocks import import_all

    import_all()


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(function).parameters.values() if p.name != "self"]


def _is_named_tuple(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def _setting_problem(spec: BlockSpec, detail: Any, block_name: str) -> Problem:
    path = ".".join(str(part) for part in detail["loc"]) or None
    name = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        known = [*spec.wired_inputs, *spec.settings.model_fields]
        return Problem(f"{spec.name} has no input or setting {name!r}", nearest(name, known), block_name, path)
    if detail["type"] == "missing":
        return Problem("this setting is required", f"give {name!r} a value", block_name, path)
    return Problem(plain_words(detail), _remedy(spec, name, detail["type"]), block_name, path)


def _remedy(spec: BlockSpec, setting: str, kind: str) -> str:
    """What to do about a value of which pydantic says that it does not fit; empty where that says it all."""
    if kind.startswith(("greater_than", "less_than")):
        return f"give a number {_range(spec, setting)}"
    return "give a whole number" if kind.startswith("int_") else "give a number" if kind.startswith("float_") else ""


def _range(spec: BlockSpec, setting: str) -> str:
    """The bounds of a number in words."""
    schema = spec.settings.model_json_schema()["properties"][setting]
    bounds: dict[str, Any] = next((part for part in (schema, *schema.get("anyOf", ())) if _BOUNDS.keys() & part.keys()), {})
    if bounds.keys() >= {"minimum", "maximum"}:
        return f"from {bounds['minimum']:g} to {bounds['maximum']:g}"
    return " and ".join(f"{word} {bounds[key]:g}" for key, word in _BOUNDS.items() if key in bounds)


def plain_words(detail: Any) -> str:
    """What pydantic says of a value, in a user's words."""
    context, value = detail.get("ctx", {}), detail["input"]
    match detail["type"]:
        case "too_short":
            return f"needs at least {context['min_length']} entries, got {context['actual_length']}"
        case "too_long":
            return f"takes at most {context['max_length']} entries"
        case "tuple_type" | "list_type":
            return f"takes a list, got {_shown(value)}: write [{str(value)[:_MOST_SHOWN]}]"
        case "extra_forbidden":
            return "there is no such entry"
        case _:
            text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
            return f"{text[:1].lower()}{text[1:]}, got {_shown(value)}" if detail["type"] != "missing" else text.lower()


def _shown(value: Any) -> str:
    """A value as a message shows it; of a long one only the beginning."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} ..."

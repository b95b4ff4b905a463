"""The form of a block: what an editor asks for each setting, read from the signature alone.

A setting's type says which control fits: a `Fraction` is a number from 0 to 1, a `Literal` a choice, a `DetectorRef` a
model for detection, a `Polygon` something that is drawn on a picture.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from trackside.core.units import ClassesOf, Task, Unit
from trackside.pipelines.block import BlockSpec, Settings
from trackside.pipelines.titles import title_in

Widget = Literal[
    "number", "integer", "switch", "text", "choice", "choices", "model", "classes", "polygons", "polygon", "line", "lines",
    "points", "file", "list", "json",
]  # fmt: skip
DRAWN = frozenset(("polygons", "polygon", "line", "lines", "points"))
# Says whether the drawn points of its block are fractions of the picture or pixels.
_COORDINATES = "coordinates"
_PLACE = ("x", "y")
_GROUND = (*_PLACE, "x (m)", "y (m)")


@dataclass(frozen=True, slots=True)
class FormField:
    """What is asked for one setting.

    Attributes:
        name: of the setting, as files write it.
        title: in plain words.
        help: one sentence or more.
        widget: the control.
        unit: shown beside a number.
        minimum, maximum: bounds of a number; `exclusive_*` if they are outside themselves.
        default: JSON-able; None where it is required.
        required: whether a value must be given.
        nullable: whether "nothing" is a value.
        choices: for choice and choices.
        task: what a model must be for.
        classes_of: the setting that names the model whose classes are offered.
        coordinates: the setting that says what drawn points are in; empty for pixels.
        columns: of one of several points: its place in the picture, and what else is to be told of it.
        json_schema: of the value.
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
    choices: tuple[str, ...] = ()
    task: str = ""
    classes_of: str = ""
    coordinates: str = ""
    columns: tuple[str, ...] = ()
    json_schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Type:
    """An annotation without its wrappings."""

    bare: Any
    notes: tuple[Any, ...]
    nullable: bool

    def note(self, kind: type) -> Any:
        return next((note for note in self.notes if isinstance(note, kind)), None)


def form_of(spec: BlockSpec) -> tuple[FormField, ...]:
    """The fields of a block's form, in the order of its signature."""
    schemas = spec.settings.model_json_schema(ref_template="#/$defs/{model}").get("properties", {})
    fields = spec.settings.model_fields
    return tuple(_field(spec, name, info, schemas[name], _COORDINATES in fields) for name, info in fields.items())


def model_settings(spec: BlockSpec) -> list[str]:
    """The settings that name a model."""
    return list(_model_settings(spec.settings))


def file_settings(spec: BlockSpec) -> list[str]:
    """The settings that name files of the machine that runs the pipeline."""
    return list(_file_settings(spec.settings))


# A server asks for these with every change of every drawing.
@lru_cache(maxsize=1000)
def _model_settings(settings: type[Settings]) -> tuple[str, ...]:
    return tuple(name for name, info in settings.model_fields.items() if _is_model(_unwrapped(info)))


@lru_cache(maxsize=1000)
def _file_settings(settings: type[Settings]) -> tuple[str, ...]:
    return tuple(name for name, info in settings.model_fields.items() if _names_files(info.annotation))


def _field(spec: BlockSpec, name: str, info: FieldInfo, schema: dict[str, Any], has_coordinates: bool) -> FormField:
    kind = _unwrapped(info)
    widget = _widget(kind)
    low, high, above, below = kind.note(Ge), kind.note(Le), kind.note(Gt), kind.note(Lt)
    unit, task, classes = kind.note(Unit), kind.note(Task), kind.note(ClassesOf)
    return FormField(
        name=name,
        title=title_in(f"{spec.family}.{spec.verb}", name),
        help=spec.doc.arguments.get(name, ""),
        widget=widget,
        unit=unit.symbol if unit and widget != "model" else "",
        minimum=low.ge if low else above.gt if above else None,
        maximum=high.le if high else below.lt if below else None,
        exclusive_minimum=low is None and above is not None,
        exclusive_maximum=high is None and below is not None,
        default=None if info.is_required() else to_jsonable_python(info.get_default(call_default_factory=True)),
        required=info.is_required(),
        nullable=kind.nullable,
        choices=_choices(kind.bare),
        task=task.name if task else "",
        classes_of=classes.setting if classes else "",
        coordinates=_COORDINATES if has_coordinates and widget in DRAWN else "",
        columns=_columns(kind.bare) if widget == "points" else (),
        json_schema={key: value for key, value in schema.items() if key not in ("title", "default")},
    )


def _widget(kind: _Type) -> Widget:
    """The control for a type; `json` where none fits."""
    if _is_model(kind):
        return "model"
    if kind.note(ClassesOf):
        return "classes"
    return _drawn(kind) or _simple(kind.bare) or _many(kind.bare) or "json"


def _is_model(kind: _Type) -> bool:
    unit = kind.note(Unit)
    return unit is not None and unit.symbol == "model"


def _simple(bare: Any) -> Widget | None:
    if typing.get_origin(bare) is Literal or _is_class(bare, Enum):
        return "choice"
    for kind, widget in ((bool, "switch"), (int, "integer"), (float, "number"), (str, "text"), (PurePath, "file")):
        if _is_class(bare, kind):
            return typing.cast(Widget, widget)
    return None


def _many(bare: Any) -> Widget | None:
    """Several values of one simple type."""
    if typing.get_origin(bare) not in (list, tuple, set, frozenset):
        return None
    members = [_unwrapped(member).bare for member in typing.get_args(bare) if member is not Ellipsis]
    if len(set(map(repr, members))) != 1 or (simple := _simple(members[0])) is None:
        return None
    return "choices" if simple == "choice" else "list"


def _drawn(kind: _Type) -> Widget | None:
    if _is_line(kind.bare):
        return "line"
    origin, members = typing.get_origin(kind.bare), typing.get_args(kind.bare)
    if origin is dict and _drawn(_unwrapped(members[1])) == "polygon":
        return "polygons"
    if origin is not list:
        return None
    if _is_line(_unwrapped(members[0]).bare):
        return "lines"
    if _is_place(_unwrapped(members[0]).bare):
        corners = kind.note(MinLen)
        return "polygon" if corners and corners.min_length >= 3 else "points"
    return "points" if _columns(kind.bare) else None


def _is_place(bare: Any) -> bool:
    """Whether it is x, y."""
    return _numbers(bare) == len(_PLACE)


def _is_line(bare: Any) -> bool:
    members = typing.get_args(bare)
    return typing.get_origin(bare) is tuple and len(members) == 2 and all(_is_place(_unwrapped(m).bare) for m in members)


def _columns(bare: Any) -> tuple[str, ...]:
    """What is told of each of several points: x and y in the picture, and on the ground if there are four numbers."""
    members = typing.get_args(bare)
    count = _numbers(_unwrapped(members[0]).bare) if members else 0
    return {len(_PLACE): _PLACE, len(_GROUND): _GROUND}.get(count, ())


def _numbers(bare: Any) -> int:
    """How many numbers a tuple of numbers has; 0 for anything else."""
    members = typing.get_args(bare)
    if typing.get_origin(bare) is not tuple or not all(_unwrapped(member).bare is float for member in members):
        return 0
    return len(members)


def _choices(bare: Any) -> tuple[str, ...]:
    if typing.get_origin(bare) is Literal:
        return tuple(str(choice) for choice in typing.get_args(bare))
    if _is_class(bare, Enum):
        return tuple(str(choice.value) for choice in bare)
    members = typing.get_args(bare) if typing.get_origin(bare) in (list, tuple, set, frozenset) else ()
    return _choices(_unwrapped(members[0]).bare) if members else ()


def _names_files(annotation: Any) -> bool:
    """Whether a path stands anywhere in a type."""
    return _is_class(annotation, PurePath) or any(_names_files(part) for part in typing.get_args(annotation))


def _is_class(bare: Any, kind: type) -> bool:
    return inspect.isclass(bare) and issubclass(bare, kind)


def _unwrapped(annotation: Any) -> _Type:
    """A type without `Annotated`, `| None` and pydantic's wrappings, and what they said."""
    if isinstance(annotation, FieldInfo):
        inner = _unwrapped(annotation.annotation)
        return _Type(inner.bare, (*_flat(annotation.metadata), *inner.notes), inner.nullable)
    if typing.get_origin(annotation) is Annotated:
        inner = _unwrapped(annotation.__origin__)
        return _Type(inner.bare, (*_flat(annotation.__metadata__), *inner.notes), inner.nullable)
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            inner = _unwrapped(members[0])
            return _Type(inner.bare, inner.notes, True)
    return _Type(annotation, (), False)


def _flat(notes: typing.Iterable[Any]) -> Iterator[Any]:
    for note in notes:
        if isinstance(note, FieldInfo):
            yield from _flat(note.metadata)
        else:
            yield note

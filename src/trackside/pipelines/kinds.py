"""Kinds: what may flow through a wire, and what the engine hands to a block by itself.

A block's parameter annotated with a kind is an input port. Kinds are ordinary types (`Detections`, `Image`), so a block
stays a plain function that can be called on plain arrays. Context kinds (`MediaTime`, `FrameSize`, ...) are not wired by
the user: the engine supplies them.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from trackside.core import Affine, Alarms, Detections, Embeddings, Events, Image, Keypoints, Shapes, Table, Tracks

T = TypeVar("T")

Batch: TypeAlias = Sequence[T]
"""A port of a batch block: values of several records, possibly of several streams, in one call."""


Rows: TypeAlias = Detections | Keypoints | Events | Alarms | Embeddings | Table
"""Whatever can be written as rows of a table."""


@dataclass(frozen=True, slots=True)
class Recording(Generic[T]):
    """A port of a recording block: all values of a stream, after its end, as rows on disk.

    Attributes:
        name: the wire it was recorded from, `block.port`.
        path: the Parquet file.
        kind: the name of the kind of its values.
    """

    name: str
    path: Path
    kind: str

    def arrow(self, columns: Sequence[str] | None = None) -> Any:
        """The rows as a `pyarrow.Table`, of all columns or of these only."""
        import pyarrow.parquet as parquet

        return parquet.read_table(self.path, columns=None if columns is None else list(columns), memory_map=True)

    @property
    def size(self) -> tuple[int, list[str]]:
        """The number of rows and the names of the columns; no row is read."""
        import pyarrow.parquet as parquet

        with parquet.ParquetFile(self.path) as file:
            return file.metadata.num_rows, list(file.schema_arrow.names)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value that can flow through a wire.

    Attributes:
        name: as shown to users.
        type: the Python type that stands in signatures.
        colour: of ports and wires in the editor, CSS hexadecimal.
        help: one sentence.
    """

    name: str
    type: Any
    colour: str
    help: str

    def fits(self, port: Kind) -> bool:
        """Whether a value of this kind may enter `port`: the same kind, or a more special one (tracks are detections)."""
        if self is port:
            return True
        return isinstance(self.type, type) and isinstance(port.type, type) and issubclass(self.type, port.type)


KINDS = tuple(
    Kind(*row)
    for row in (
        ("Image", Image, "#4c8bf5", "A picture of the video."),
        ("Detections", Detections, "#f5a524", "Boxes around people and things: what each is, and how sure that is."),
        ("Tracks", Tracks, "#f2711c", "Boxes that keep their number through the video."),
        ("Keypoints", Keypoints, "#b04cf5", "Body points of each person."),
        ("Embeddings", Embeddings, "#8e6c3a", "How each person or thing looks, to know it again."),
        ("Motion", Affine, "#5b7c99", "How the camera moved since the last picture."),
        ("Events", Events, "#e5484d", "Moments at which a rule saw something happen."),
        ("Alarms", Alarms, "#c2255c", "Moments that deserve attention, each with its reasons."),
        ("Table", Table, "#30a46c", "Rows with named columns."),
        ("Shapes", Shapes, "#12a594", "Zones and lines, to be drawn on the picture."),
        ("Text", str, "#8b8d98", "A text."),
    )
)


@dataclass(frozen=True, slots=True)
class Context:
    """Marks a parameter that the engine supplies by itself."""

    name: str


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of a stream before its first record.

    Attributes:
        name: short name, unique in a run.
        path: where it is read from.
        width: pixels, 0 if it carries no pictures.
        height: pixels.
        fps: nominal pictures a second, for the video that is written; rules use media time.
    """

    name: str
    path: str
    width: int = 0
    height: int = 0
    fps: float = 25.0


MediaTime: TypeAlias = Annotated[float, Context("time")]
"""Seconds since the stream's first record, from presentation time stamps."""
WallTime: TypeAlias = Annotated[float | None, Context("wall")]
"""Seconds since 1970 by the clock on the wall when the record was captured, for live sources; None for files."""
RecordIndex: TypeAlias = Annotated[int, Context("index")]
"""Number of the record in its stream as it was read, from 0."""
FrameSize: TypeAlias = Annotated[tuple[int, int], Context("size")]
"""Width and height of the stream's pictures in pixels."""
Stream: TypeAlias = Annotated[StreamInfo, Context("stream")]
"""What is known of the stream."""
Facts: TypeAlias = Annotated[Mapping[str, Any], Context("facts")]
"""For recording blocks: the run's input, models, versions and timings."""
OutputFolder: TypeAlias = Annotated[Path, Context("folder")]
"""The folder that this stream's results are written to."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation, taken apart.

    Attributes:
        kinds: the kinds that may enter or leave; empty if the annotation is no kind.
        wrapper: `Batch`, `Recording` or None.
        optional: whether None may stand for an absent value.
        context: the context kind's name, or None.
    """

    kinds: tuple[Kind, ...] = ()
    wrapper: Any = None
    optional: bool = False
    context: str | None = None


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return {kind.name: kind for kind in KINDS}[name]


def read_annotation(annotation: Any) -> Annotation:
    """Take apart a resolved annotation such as `Batch[Image]`, `Tracks | None`, `MediaTime` or `Tracks | Events`."""
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Context):
            return Annotation(context=meta.name)
    origin = typing.get_origin(annotation)
    if origin in (Sequence, Recording):
        inner = read_annotation(typing.get_args(annotation)[0])
        return Annotation(inner.kinds, Batch if origin is Sequence else Recording, inner.optional)
    found = _by_type(annotation)
    if found is not None:
        return Annotation((found,))
    if origin in (types.UnionType, typing.Union):
        return _read_union(annotation)
    return Annotation()


def _read_union(annotation: Any) -> Annotation:
    members = typing.get_args(annotation)
    optional = type(None) in members
    rest = [member for member in members if member is not type(None)]
    whole = _by_type(typing.Union[tuple(rest)])  # noqa: UP007 - built from a list
    if whole is not None:
        return Annotation((whole,), None, optional)
    parts = [read_annotation(member) for member in rest]
    if not all(part.kinds for part in parts):
        return Annotation(optional=optional)
    kinds = tuple(kind for part in parts for kind in part.kinds)
    return Annotation(kinds, parts[0].wrapper, optional)


def _by_type(annotation: Any) -> Kind | None:
    for kind in KINDS:
        if kind.type is annotation or kind.type == annotation:
            return kind
    return None

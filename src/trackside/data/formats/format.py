"""What a data-set format is, and the table of those there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from trackside.core.registry import Registry
from trackside.data.dataset import Dataset
from trackside.data.items import Texts

ALL_PARTS = frozenset(
    (
        *("labels", "splits", "groups", "times", "sizes", "texts", "item_extras", "annotations", "boxes", "points"),
        *("keypoint_names", "classes_of_annotations", "scores", "tracks", "annotators", "annotation_extras"),
        *("empty_classes", "class_order", "info"),
    )
)
"""All that a data set can hold; a format says which of them it keeps."""


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is told, read and written.

    Attributes:
        name: as people type it: "coco".
        title: as people read it.
        recognises: what of this format is seen at a path, one clause ("a COCO file annotations.json"), or "" if nothing.
        read: reads the path; keyword options are the format's own.
        write: writes all but the pictures to a path (a folder, or a file of the right suffix), and gives what else got lost;
            None if the format is only read.
        places: names that the items' pictures get below the written folder, in the order of the items.
        suffixes: of its files; a destination that ends so is a file, any other a folder.
        holds: which of `ALL_PARTS` it keeps.
    """

    name: str
    title: str
    recognises: Callable[[Path], str]
    read: Callable[..., Dataset]
    write: Callable[[Dataset, Path], Sequence[str]] | None = None
    places: Callable[[Dataset], Texts] = lambda dataset: dataset.items.names
    suffixes: tuple[str, ...] = ()
    holds: frozenset[str] = ALL_PARTS

    def folder(self, path: Path) -> Path:
        """The folder that pictures are named from, if the data set is written to `path`."""
        return path.parent if self.is_file(path) else path

    def is_file(self, path: Path) -> bool:
        """Whether a destination means a file, by its suffix."""
        return path.suffix.lower() in self.suffixes


# The order in which a path is shown to them: what is told by its content first, what fits any folder last.
_NAMES = ("coco", "label-studio", "cvat", "yolo", "mot", "idx", "parquet", "csv", "transcripts", "folder")


def _fill() -> None:
    for name in _NAMES:
        import_module(f"trackside.data.formats.{name.replace('-', '_')}")


FORMATS: Registry[Format] = Registry("data set format", _fill)
"""The formats there are, by name."""


def in_order() -> list[Format]:
    """All formats, those told by their content before those that fit any folder; added ones come first."""
    rank = {name: place for place, name in enumerate(_NAMES)}
    return sorted((FORMATS[name] for name in FORMATS), key=lambda one: rank.get(one.name, -1))

"""What the commands of `trackside faces` share: their options, the opened gallery, pictures."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import InputError

if TYPE_CHECKING:
    from trackside.core import RGB
    from trackside.perception.faces.gallery import Gallery

Folder = Annotated[Path, typer.Argument(metavar="GALLERY", help="The gallery's folder.")]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="The file with the master key; else TRACKSIDE_FACES_KEY_FILE or TRACKSIDE_FACES_KEY."),
]
By = Annotated[str, typer.Option("--by", help="Who does this, for the log; the name of this account if not given.")]
Model = Annotated[str, typer.Option("--model", help="The model that describes faces.")]
Finder = Annotated[str, typer.Option("--finder", help="The model that finds faces.")]


def opened(folder: Path, key_file: Path | None, *, create: bool = False) -> Gallery:
    """The gallery. A key file that lies in its folder is refused: a copy of the one would be a copy of the other."""
    from trackside.perception.faces.gallery import Gallery, read_master

    master = read_master(key_file)
    if key_file is not None and folder.resolve() in key_file.resolve().parents:
        raise InputError("the key lies in the gallery", where=str(key_file), fix="keep it elsewhere, and out of its copies")
    return Gallery(folder, master, create=create)


def operator(by: str) -> str:
    """Who does it."""
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise InputError("this account has no name", where="--by", fix="say who does this") from None


def pictures_of(paths: Sequence[Path]) -> list[tuple[str, RGB]]:
    """The pictures among files and folders, read. Raises InputError if there is none, or one cannot be read."""
    from trackside.media.images import IMAGE_SUFFIXES

    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    wanted = [file for file in files if file.suffix.lower() in IMAGE_SUFFIXES or file in paths]
    if not wanted:
        raise InputError("there is no picture", where=", ".join(map(str, paths)), fix="give pictures, or a folder of them")
    return [(str(file), read_picture(file)) for file in wanted]


def read_picture(path: Path) -> RGB:
    """A picture. Raises InputError if it cannot be read."""
    from trackside.media import read_image

    picture = read_image(path)
    if picture is None:
        raise InputError("cannot be read as a picture", where=str(path), fix="look at it in a viewer, or leave it out")
    return picture

"""Reading a data set of any format."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from trackside.core import InputError, SettingError, nearest
from trackside.data.dataset import Dataset
from trackside.data.formats.format import FORMATS, Format, in_order
from trackside.data.formats.there import is_file
from trackside.data.wording import counted

_BY_SUFFIX = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}


def read_dataset(path: Path | str, format: str = "", **options: Any) -> Dataset:
    """Read a data set; its format is found by looking if none is named.

    What cannot be used of it (a broken row, a path that leads out of its folder, an absent picture) is told in the data
    set's `troubles`; the rest is read.

    Args:
        path: a folder or a file.
        format: a name in `FORMATS`.
        options: of the format's reader: `images`, the folder of the pictures, is common to most.

    Raises:
        InputError: there is nothing at the path, no format fits, or nothing of it can be used.
        SettingError: the format has no such option.

    Example:
        >>> read_dataset("shared/data/hymenoptera").classes  # doctest: +SKIP
        ('ants', 'bees')
    """
    path = Path(path)
    _check_there(path)
    chosen = FORMATS[format] if format else recognise(path)
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(chosen, given)
    return chosen.read(path, **given)


def recognise(path: Path) -> Format:
    """The format at a path.

    Raises:
        InputError: none fits; says what there is.
    """
    for format in in_order():
        if format.recognises(path):
            return format
    if path.suffix.lower() in _BY_SUFFIX and is_file(path):
        return FORMATS[_BY_SUFFIX[path.suffix.lower()]]  # Its reader says what it misses.
    fix = f"name the format: {', '.join(FORMATS)}"
    raise InputError(f"looks like no data set: there is {_seen(path)}", where=str(path), fix=fix)


def _check_there(path: Path) -> None:
    try:
        path.stat()
    except PermissionError as error:
        fix = "ask for the permission to read it"
        raise InputError(f"cannot be looked at ({error.strerror})", where=str(path), fix=fix) from None
    except (OSError, ValueError):
        fix = "give the data set's folder or label file"
        raise InputError("there is no such file or folder", where=str(path), fix=fix) from None


def _seen(path: Path) -> str:
    """What is at a path, in a clause."""
    if is_file(path):
        ending = f"that ends in {path.suffix}" if path.suffix else "without an ending"
        return f"a file of {counted(path.stat().st_size, 'bytes')} {ending}"
    try:
        inside = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        return f"a folder that cannot be read ({error.strerror or error})"
    if not inside:
        return "an empty folder"
    shown = ", ".join(inside[:4]) + (", ..." if len(inside) > 4 else "")
    return f"a folder with {len(inside)} files and folders without a picture among them: {shown}"


def _check_options(format: Format, given: dict[str, Any]) -> None:
    known = [name for name, one in inspect.signature(format.read).parameters.items() if one.kind is one.KEYWORD_ONLY]
    for name in given:
        if name not in known:
            raise SettingError(f"{format.title} is read without {name!r}", where=name, fix=nearest(name, known))

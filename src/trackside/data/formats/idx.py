"""IDX: the packed pictures of MNIST (`t10k-images-idx3-ubyte.gz` and `t10k-labels-idx1-ubyte.gz`), read only.

Format: <http://yann.lecun.com/exdb/mnist/>. Pictures are unpacked as PNG, because everything else works on files.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.there import files_at, is_file, is_there
from trackside.data.wording import counted

_MOST_BYTES = 4 << 30
_UNSIGNED_BYTES = 8


def recognise_idx(path: Path) -> str:
    """The packed pictures at a path."""
    files = _files(path)
    return f"packed pictures ({', '.join(file.name for file in files[:3])})" if files else ""


def _files(path: Path) -> list[Path]:
    files = files_at(path, "*idx3-ubyte*")
    return [file for file in files if "idx3-ubyte" in file.name]


def read_idx(path: Path, *, unpack: Path | None = None) -> Dataset:
    """Read packed pictures, and write them as PNG files into a folder.

    Args:
        path: a file `...-images-idx3-ubyte` with or without `.gz`, or a folder with some.
        unpack: the folder for the pictures.

    Raises:
        InputError: there is none, a file is broken, or `unpack` is not given.
    """
    files = _files(path)
    if not files:
        raise InputError("holds no packed pictures", where=str(path), fix="give a file ...-images-idx3-ubyte.gz")
    if unpack is None:
        raise InputError("its pictures are packed", where=str(path), fix="name a folder for them with unpack")
    builder = Builder(unpack, "idx", [])
    for file in files:
        _unpack(builder, file, unpack)
    builder.sort_classes()
    return builder.build()


def _unpack(builder: Builder, file: Path, folder: Path) -> None:
    import cv2

    pictures = _array(file, 3)
    partner = file.with_name(file.name.replace("images-idx3", "labels-idx1"))
    labels = _array(partner, 1) if is_file(partner) and partner != file else None
    if labels is None:
        builder.trouble(file.name, "has no labels beside it")
    elif len(labels) != len(pictures):
        builder.trouble(
            partner.name,
            f"has {counted(len(labels), 'labels')} for {counted(len(pictures), 'pictures')}; they were left out",
        )
        labels = None
    split = {"train": "train", "t10k": "test"}.get(file.name.partition("-")[0], "")
    for row, picture in enumerate(pictures):
        name = f"{split or 'pictures'}/{row:06}.png"
        target = folder / name
        if not is_there(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(target), picture)
        label = -1 if labels is None else builder.class_of(str(int(labels[row])))
        builder.item(name, label=label, split=split, size=(picture.shape[1], picture.shape[0]))


def _array(file: Path, axes: int) -> NDArray[np.uint8]:
    try:
        with _open(file) as data:
            zeros, kind, count = struct.unpack(">HBB", data.read(4))
            if zeros or kind != _UNSIGNED_BYTES or count != axes:
                raise InputError("is no IDX file of bytes", where=str(file))
            shape = struct.unpack(f">{count}I", data.read(4 * count))
            if math.prod(shape) > _MOST_BYTES:
                raise InputError("claims to be too large", where=str(file))
            values = np.frombuffer(data.read(math.prod(shape)), np.uint8)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise InputError(f"is broken ({error})", where=str(file)) from None
    if len(values) != math.prod(shape):
        raise InputError(f"ends early: {len(values)} of {math.prod(shape)} bytes", where=str(file))
    return values.reshape(shape)


def _open(file: Path) -> Any:
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")


FORMATS.add("idx", Format("idx", "IDX (MNIST)", recognise_idx, read_idx))

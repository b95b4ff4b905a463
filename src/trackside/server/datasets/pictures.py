"""Small pictures of items, as JPEG: made once, kept in the workbench, bounded as all looking at pictures is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from trackside.core import RGB, InputError
from trackside.core.files import atomic_open
from trackside.data.looking import WORKING_SIDE, look_at
from trackside.server.context import Site
from trackside.server.datasets.access import opened, tops_of
from trackside.server.datasets.opened import Opened
from trackside.server.problems import missing
from trackside.server.videos.pictures import jpeg_of

SIDES = (64, 96, 160, 256, 384, 512, 768, 1024, 1536, 2048)
"""Longer sides that pictures are made in; what is asked for is rounded up, so that few copies are kept."""
# Up to here they are kept: larger ones are looked at one at a time.
_KEPT = 384
THUMBNAILS = "thumbnails"


def picture_of(site: Site, dataset_id: str, row: int, side: int) -> tuple[bytes, str]:
    """A picture of an item.

    Args:
        site: the server.
        dataset_id: of the data set.
        row: of the item.
        side: pixels of the longer side; rounded up to one of `SIDES`, never enlarged.

    Returns:
        JPEG, and the version of the data set that it belongs to.

    Raises:
        Refused: 404, there is no such item or file; 409, the server may not look there.
        InputError: it is no picture that can be read.
    """
    data, tops = opened(site, dataset_id), tops_of(site, dataset_id)
    path = file_of(data, data.checked_row(row), tops)
    side = next(one for one in SIDES if one >= side)
    kept = data.folder.parent.parent / THUMBNAILS / str(side) / _key(path)
    if side <= _KEPT and kept.is_file():
        return kept.read_bytes(), data.version
    jpeg = _made(path, side)
    if side <= _KEPT:
        with atomic_open(kept, "wb") as file:
            file.write(jpeg)
    return jpeg, data.version


def file_of(data: Opened, row: int, tops: Sequence[Path]) -> Path:
    """The file of an item. Raises Refused (404) if it is gone, or lies outside of the folders that may be looked at."""
    path = Path(data.root) / data.names[row]
    real = Path(os.path.realpath(path))
    if not any(real.is_relative_to(top) for top in tops) or not real.is_file():
        raise missing("picture")
    return path


def _key(path: Path) -> str:
    """A name that changes when the file does."""
    stat = path.stat()
    told = f"{path}|{stat.st_size}|{stat.st_mtime_ns}"
    key = blake2b(told.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return f"{key[:2]}/{key[2:]}.jpg"


def _made(path: Path, side: int) -> bytes:
    try:
        looked = look_at(path)
    except InputError as error:
        # Without the place, which is the server's own affair.
        raise InputError(f"the file {error.what}", fix="look at the file") from None
    rgb = looked.rgb
    if side > WORKING_SIDE and max(looked.width, looked.height) > WORKING_SIDE:
        rgb = _larger(looked.data, max(looked.width, looked.height), side)
    height, width = rgb.shape[:2]
    return jpeg_of(rgb, max(1, round(width * min(1.0, side / max(height, width)))))


def _larger(data: bytes, longer: int, side: int) -> RGB:
    """The picture at more than the working size, decoded at a fraction of its size where the decoder can do so."""
    import cv2

    flag = next((d for d in (8, 4, 2) if longer >= side * d), 1)
    name = "IMREAD_COLOR" if flag == 1 else f"IMREAD_REDUCED_COLOR_{flag}"
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), getattr(cv2, name))
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

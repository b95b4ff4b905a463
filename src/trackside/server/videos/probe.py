"""`python -m trackside.server.videos.probe FILE PICTURE`: what an uploaded file is, as one line of JSON.

In a process of its own, with bounds on memory, time and what it may write: a hostile file may crash a decoder, and must not
crash the server.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from trackside.core import InputError, TracksideError

MEMORY = 6 << 30
_SECONDS, _MOST_WRITTEN = 120, 64 << 20
_WIDTH, _SHARE = 480, 0.1
# Pixels of an image, and of a frame of a video: 8K. A decoder and a pipeline hold many of the latter at the same time.
_MOST_PIXELS, _MOST_OF_FRAME = 140_000_000, 36_000_000
_SUFFIXES = {
    "asf": ".wmv", "avi": ".avi", "flv": ".flv", "gif": ".gif", "jpeg_pipe": ".jpg", "mpeg": ".mpg", "mpegts": ".ts",
    "mxf": ".mxf", "ogg": ".ogv", "png_pipe": ".png", "webp_pipe": ".webp",
}  # fmt: skip
_IMAGES = (".jpg", ".png", ".webp")
_WEB_CODECS = ("vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9")


def main(path: Path, picture: Path) -> None:
    """Print what a file is and write its thumbnail; or print what is wrong with it."""
    try:
        told = describe(path, picture)
    except TracksideError as error:
        told = {"problem": error.what, "fix": error.fix}
    except MemoryError:
        told = {"problem": "its pictures are too large", "fix": "export it at a smaller size"}
    print(json.dumps(told))


def describe(path: Path, picture: Path) -> dict[str, Any]:
    """Length, size, codec and suffix of a file; its thumbnail is written.

    Raises:
        InputError: it cannot be used.
    """
    suffix = _suffix(path)
    if suffix in _IMAGES:
        return {"suffix": suffix, **_image(path, picture)}
    from trackside.media import VideoReader, probe
    from trackside.server.videos.pictures import jpeg_of

    info = probe(path)
    if info.width * info.height > _MOST_OF_FRAME:
        raise InputError(f"its pictures have {info.width} x {info.height} pixels", fix="export it at a smaller size")
    with VideoReader(path, start=_SHARE * (info.duration or 0.0), threads=2) as reader:
        picture.write_bytes(jpeg_of(reader.shown().data, _WIDTH))
    seconds = info.duration or (info.frames / info.fps if info.frames else None)
    told = {"seconds": seconds, "width": info.width, "height": info.height, "fps": info.fps, "codec": info.codec}
    return {"suffix": suffix, **told}


def _image(path: Path, picture: Path) -> dict[str, Any]:
    from trackside.media import probe, read_image
    from trackside.server.videos.pictures import jpeg_of

    info = probe(path)
    read = read_image(path) if info.width * info.height <= _MOST_PIXELS else None
    if read is None:
        raise InputError("the image cannot be read, or is too large", fix="save it again as JPEG or PNG")
    picture.write_bytes(jpeg_of(read, _WIDTH))
    return {"seconds": None, "width": read.shape[1], "height": read.shape[0], "fps": None, "codec": info.codec}


def _suffix(path: Path) -> str:
    """By what is in the file, never by its name."""
    from trackside.media.probing import open_container, video_stream

    with open_container(path) as container:
        names = container.format.name.split(",")
        codec = video_stream(container, path).codec_context.name
        brand = container.metadata.get("major_brand", "")
    if "mov" in names:
        return ".mov" if brand.strip() == "qt" else ".mp4"
    if "matroska" in names:
        return ".webm" if codec in _WEB_CODECS else ".mkv"
    plain = re.sub(r"[^a-z0-9]", "", names[0])
    return _SUFFIXES.get(names[0]) or (f".{plain}" if plain else ".video")


def _bound() -> None:
    """Bounds that the system keeps."""
    if sys.platform == "win32":
        return
    import resource

    bounds = (("AS", MEMORY), ("CPU", _SECONDS), ("FSIZE", _MOST_WRITTEN), ("CORE", 0))
    for name, most in bounds:
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    _bound()
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Whether a file holds its whole picture, by the marks with which its format ends."""

from __future__ import annotations

_END_OF_IMAGE, _START_OF_SCAN = b"\xff\xd9", b"\xff\xda"
SUFFIXES = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif", ".jif"},
    "MPO": {".jpg", ".jpeg", ".mpo"},
    "PNG": {".png", ".apng"},
    "GIF": {".gif"},
    "BMP": {".bmp", ".dib"},
    "TIFF": {".tif", ".tiff"},
    "WEBP": {".webp"},
    "PPM": {".ppm", ".pgm", ".pbm", ".pnm", ".pfm"},
    "ICO": {".ico"},
    "AVIF": {".avif"},
    "JPEG2000": {".jp2", ".j2k", ".jpx"},
}


def ends_too_soon(data: bytes, kind: str) -> bool:
    """Whether a JPEG, PNG, GIF, WebP or BMP lacks its end; False for other formats.

    Args:
        data: the whole file.
        kind: its format as Pillow names it.
    """
    if kind in ("JPEG", "MPO"):
        return data.rfind(_END_OF_IMAGE) < data.rfind(_START_OF_SCAN)
    if kind == "PNG":
        return b"IEND" not in data[-64 * 1024 :]
    if kind == "GIF":
        return b"\x3b" not in data[-1024:]
    if kind == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 > len(data) + 1
    if kind == "BMP":
        return int.from_bytes(data[2:6], "little") > len(data)
    return False


def misnamed(kind: str, suffix: str) -> bool:
    """Whether a file's suffix belongs to another format than its bytes; False for formats that are not known here."""
    return kind in SUFFIXES and suffix.lower() not in SUFFIXES[kind]

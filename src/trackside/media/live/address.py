"""Addresses of live sources: what kind they are, and how they are shown without what must stay secret."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote

from trackside.core import InputError, SettingError

Kind = Literal["rtsp", "rtmp", "http", "webcam", "file"]

_SCHEMES: dict[str, Kind] = {
    "rtsp": "rtsp", "rtsps": "rtsp", "rtmp": "rtmp", "rtmps": "rtmp", "http": "http", "https": "http",
}  # fmt: skip
_KNOWN = "rtsp://, rtmp://, http://, https://, webcam:0, /dev/video0 or a video file"
_LONGEST = 4096
# Secrets beside the user's: `?password=x`, `&token=x`, and `/user=admin_password=x_channel=1`, where the value has no end
# that one could know, so that all up to the next part of the address is hidden.
_SECRET = re.compile(r"((?:pass(?:word|wd)?|pwd|token|secret|auth|signature|sig|key)=)[^&/;#\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A live source's address.

    Attributes:
        kind: how it is read.
        url: what FFmpeg is given; may hold a password, so never show it.
        title: the address for people, without passwords.
        speed: media seconds a second; of files that are played as live.
    """

    kind: Kind
    url: str
    title: str
    speed: float = 1.0

    def __repr__(self) -> str:
        return f"Address({self.title})"


def parse_address(text: str) -> Address:
    """Take an address apart.

    Args:
        text: `rtsp://`, `rtmp://`, `http(s)://` (also HLS), `webcam:0`, `/dev/video0`, `file:PATH?speed=2` or a path.

    Raises:
        InputError: it is empty, too long, holds line breaks, or is of no known kind.
        SettingError: the speed is no number above 0.
    """
    text = text.strip()
    if not text:
        raise InputError("there is no address", fix=f"give {_KNOWN}")
    if len(text) > _LONGEST or any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        shown = "".join(sign for sign in without_password(text)[:60] if sign.isprintable())
        raise InputError("is no address: too long, or with line breaks", where=shown, fix=f"give {_KNOWN}")
    camera = re.fullmatch(r"webcam:(\d{1,3})|/dev/video(\d{1,3})", text)
    if camera:
        return Address("webcam", _device(int(camera[1] or camera[2])), text)
    scheme, sign, _ = text.partition("://")
    if sign and scheme.lower() in _SCHEMES:
        return _network(_SCHEMES[scheme.lower()], text)
    if text.lower().startswith("file:"):
        return _file(text)
    if sign:
        raise InputError(f"{scheme[:20]}:// cannot be read", where=without_password(text), fix=f"give {_KNOWN}")
    return Address("file", text, text)


def without_password(address: str) -> str:
    """The address as it may be shown and logged: no user, no password, no secret among its parameters."""
    scheme, sign, rest = address.partition("://")
    if not sign:
        return address
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        rest = rest[host.rindex("@") + 1 :]
    elif "@" in rest and not re.fullmatch(r"[^:]*(:\d*)?|\[[^]]*\](:\d*)?", host):
        # A password with a slash in it: what seems to be the port is none.
        rest = rest[rest.rindex("@") + 1 :]
    hidden = _SECRET.sub(r"\1***", rest)
    return f"{scheme}://{hidden}"


def _network(kind: Kind, text: str) -> Address:
    title = without_password(text)
    if not re.split(r"[/?#]", title.partition("://")[2], maxsplit=1)[0]:
        raise InputError("names no machine", where=title, fix="give an address such as rtsp://10.0.0.5/stream")
    return Address(kind, text, title)


def _file(text: str) -> Address:
    rest = text[len("file:") :]
    if rest.startswith("//"):
        rest = unquote(rest[2:])
    path, _, query = rest.rpartition("?speed=")
    if not path:
        return Address("file", rest, rest)
    try:
        speed = float(parse_qs(f"speed={query}")["speed"][0])
    except (KeyError, ValueError):
        speed = math.nan
    if not (0 < speed <= 1000):
        raise SettingError(f"{query!r} is no speed", where=text, fix="give a number above 0, such as file:yard.mp4?speed=2")
    return Address("file", path, path, speed)


def _device(number: int) -> str:
    return f"/dev/video{number}" if sys.platform.startswith("linux") else str(number)

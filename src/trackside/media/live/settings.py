"""What one asks of a live source, and what it tells of itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from trackside.core import SettingError

_WORDS = {"transport": ("tcp", "udp", "auto"), "hardware": ("auto", "off"), "decode": ("exact", "thrifty")}

Effort = Literal["all", "references", "key frames"]
"""How much of a stream is decoded: all of it, the frames that others refer to, or key frames only."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How to read one live source.

    `decode="thrifty"` leaves out what the pictures given out do not need. On 25 fps H.264 of 640 x 360 sampled at 5 fps,
    see `media.live.thrift` for what that saves and changes.

    Attributes:
        every: least seconds of media time between two pictures given out, on a grid; 0 for all.
        transport: of RTSP; `auto` tries TCP and then UDP.
        open_timeout: seconds to connect and to find the video.
        read_timeout: seconds without anything new after which the source counts as stalled.
        hardware: `auto` decodes on a device of the machine where there is one for the codec, `off` never.
        decode: `exact` decodes every frame; `thrifty` leaves out what the wanted pictures can do without.
        keep: seconds of what was sent that are kept for clips; 0 for none.
        loop: whether a file that is played as live starts again at its end.

    Raises:
        SettingError: a number is negative, no number, or a timeout is 0.
    """

    every: float = 0.2
    transport: Literal["tcp", "udp", "auto"] = "tcp"
    open_timeout: float = 10.0
    read_timeout: float = 5.0
    hardware: Literal["auto", "off"] = "off"
    decode: Literal["exact", "thrifty"] = "exact"
    keep: float = 0.0
    loop: bool = True

    def __post_init__(self) -> None:
        for name in ("every", "keep"):
            value = getattr(self, name)
            if not (value >= 0 and math.isfinite(value)):
                raise SettingError(f"{value} is no time", where=name, fix="give seconds, 0 or more")
        for name in ("open_timeout", "read_timeout"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise SettingError(f"{value} is no time to wait", where=name, fix="give seconds, more than 0")
        for name, known in _WORDS.items():
            if getattr(self, name) not in known:
                raise SettingError(f"{getattr(self, name)!r} is unknown", where=name, fix=f"known: {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class LiveInfo:
    """What is known of a live source.

    Attributes:
        title: its address without passwords.
        width: pixels as displayed; 0 until the first picture where the source does not say.
        height: likewise.
        fps: frames a second as the source says; a guess where it does not.
        codec: FFmpeg's name of it.
        decoder: what decodes: `h264`, `h264 (cuda)`.
    """

    title: str
    width: int
    height: int
    fps: float
    codec: str
    decoder: str


@dataclass(slots=True)
class LiveCounts:
    """What a reader has seen so far. Written by the reading thread alone; other threads may read it.

    Attributes:
        packets: coded pictures received.
        bytes: of them.
        decoded: pictures decoded.
        given: pictures given out.
        corrupt: packets and pictures that were damaged.
        key_frames: packets with a key frame.
        references: packets with a frame that others may refer to; all of them where the stream does not tell.
        skipped: packets passed over undecoded, to catch up after the reader was kept from reading, or to save effort.
        mended: times at which the source's time stamps jumped or were missing and the wall clock was taken.
        behind: seconds by which the last packet came later than the most punctual one: what waits between camera and reader.
    """

    packets: int = 0
    bytes: int = 0
    decoded: int = 0
    given: int = 0
    corrupt: int = 0
    key_frames: int = 0
    references: int = 0
    skipped: int = 0
    mended: int = 0
    behind: float = 0.0

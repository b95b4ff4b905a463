"""Decoding on a device of the machine (a graphics card's decoder), where PyAV and the machine have one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

# Best first: what costs the processor least to bring back. Those that PyAV was not built with are left out.
_DEVICES = ("cuda", "videotoolbox", "vaapi", "qsv", "d3d11va", "dxva2")


@lru_cache
def device_for(codec: str) -> str | None:
    """The name of a device that decodes this codec here, None where there is none. Tried once a process and codec.

    Args:
        codec: FFmpeg's name, such as `h264`.
    """
    import av
    from av.codec.hwaccel import HWAccel, hwdevices_available

    built = hwdevices_available()
    for name in (name for name in _DEVICES if name in built):
        try:
            # Opens the device itself: that PyAV was built with it says nothing of the machine.
            HWAccel(name, allow_software_fallback=False).create(av.Codec(codec, "r"))
        except (av.error.FFmpegError, NotImplementedError, ValueError, RuntimeError):
            continue
        return name
    return None


def accelerator() -> Any:
    """What `av.open` takes as `hwaccel`: a device of the machine, with FFmpeg's own decoder where it fails, or None."""
    from av.codec.hwaccel import HWAccel

    name = device_for("h264") or device_for("hevc")
    return None if name is None else HWAccel(name, allow_software_fallback=True)


def decoder_name(context: Any, wanted: bool, pixel_format: str) -> str:
    """What decodes, for people: `h264`, `h264 (cuda)`, `h264 (no hardware decoder here)`.

    Args:
        context: the decoder.
        wanted: whether a device was asked for.
        pixel_format: of the first picture, empty before it: devices hand out luma and interleaved chroma, FFmpeg's own
            decoders, which take over where the device refuses, three planes.
    """
    name = str(context.name)
    if not wanted:
        return name
    is_on_device = context.is_hwaccel and not pixel_format.startswith("yuv")
    device = (device_for("h264") or device_for("hevc")) if is_on_device else None
    return f"{name} ({device})" if device else f"{name} (no hardware decoder here)"

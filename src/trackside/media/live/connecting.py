"""Connecting to a source, quickly and with little waiting in buffers, or saying in one sentence why that does not work."""

from __future__ import annotations

import errno
import sys
import threading
import time
from typing import Any

from trackside.core import InputError
from trackside.media.live.address import Address, Kind
from trackside.media.live.hardware import accelerator
from trackside.media.live.interruption import stoppable
from trackside.media.live.settings import LiveSettings

# Addresses that a source may make FFmpeg open: a playlist names others. Never files of this machine.
_PROTOCOLS = "rtsp,rtsps,rtp,udp,tcp,tls,http,https,httpproxy,crypto,data,rtmp,rtmps,rtmpt,rtmpe"
# By default FFmpeg looks at 20 frames and up to 5 s to guess a frame rate, all of which would then come late.
_QUICK = {"fpsprobesize": "0", "analyzeduration": "1000000"}
_OPTIONS: dict[Kind, dict[str, str]] = {
    "rtsp": {**_QUICK, "allowed_media_types": "video", "max_delay": "500000", "buffer_size": "1048576"},
    "rtmp": {**_QUICK, "rtmp_live": "live", "rtmp_buffer": "100"},
    # Playlists: from the newest segment on instead of the third last one.
    "http": {**_QUICK, "analyzeduration": "2000000", "live_start_index": "-1"},
    "webcam": {},
    "file": {},
}
_TRANSPORTS = {
    "tcp": {"rtsp_transport": "tcp"},
    "udp": {"rtsp_transport": "udp"},
    "auto": {"rtsp_flags": "prefer_tcp"},
}
_WEBCAMS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
_CLOSED = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED)
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


def connect(address: Address, settings: LiveSettings, stop: threading.Event) -> tuple[Any, Any]:
    """Open a network source or webcam: the `av` container and its video stream.

    Raises:
        InputError: it is refused, unreachable, silent, no video, or was stopped; never with a password in it.
    """
    import av

    options = dict(_OPTIONS[address.kind])
    if address.kind == "rtsp":
        options |= _TRANSPORTS[settings.transport]
    if address.kind != "webcam":
        options["protocol_whitelist"] = _PROTOCOLS
    device = accelerator() if settings.hardware == "auto" else None
    began = time.monotonic()
    try:
        container = _opened(address, settings, options, stop, device)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if stop.is_set():
            raise InputError("was stopped while connecting", where=address.title) from None
        raise _problem(error, address, settings, time.monotonic() - began) from None
    try:
        return container, _video(container, address)
    except InputError:
        container.close()
        raise


def _opened(address: Address, settings: LiveSettings, options: dict[str, str], stop: threading.Event, device: Any) -> Any:
    """The container; without the device where that takes no more streams."""
    import av

    with stoppable(stop):
        try:
            return av.open(
                address.url,
                format=_WEBCAMS.get(sys.platform) if address.kind == "webcam" else None,
                options=options,
                timeout=(settings.open_timeout, settings.read_timeout),
                metadata_errors="replace",
                hwaccel=device,
            )
        except (av.error.ExternalError, MemoryError, OSError) as error:
            if device is None or stop.is_set() or isinstance(error, (av.error.ExitError, ConnectionError)):
                raise
    return _opened(address, settings, options, stop, None)


def lost(error: Exception | None, address: Address, settings: LiveSettings) -> InputError:
    """What to raise for a source that was read and can be read no longer; None where it ended by itself."""
    import av

    if error is None or isinstance(error, EOFError):
        return InputError("has ended its stream", where=address.title, fix="connect again")
    if isinstance(error, (av.error.ExitError, TimeoutError)):
        seconds = f"{settings.read_timeout:g} s"
        return InputError(f"sends nothing for {seconds}", where=address.title, fix="check the camera and its network")
    if isinstance(error, av.error.InvalidDataError):
        return InputError("sends what cannot be read", where=address.title, fix="restart the camera")
    return InputError(f"the connection broke ({_said(error)})", where=address.title, fix="check the camera and its network")


def _video(container: Any, address: Address) -> Any:
    """The source's video stream: of several (the qualities of a playlist) the first, which players take too."""
    from av.stream import Discard

    streams = list(container.streams.video)
    if not streams:
        sound = bool(container.streams.audio)
        what = "sends sound but no picture" if sound else "has no video in it"
        raise InputError(what, where=address.title, fix="check which stream of the camera the address names")
    stream = next((stream for stream in streams if stream.codec_context is not None), None)
    if stream is None:
        what = "its video is of a kind that cannot be decoded here"
        raise InputError(what, where=address.title, fix="set the camera to H.264 or H.265")
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream


def _problem(error: Exception, address: Address, settings: LiveSettings, waited: float) -> InputError:
    import av

    if isinstance(error, (av.error.ExitError, TimeoutError)) or waited >= settings.open_timeout:
        what = f"gives no video within {settings.open_timeout:g} s"
        return InputError(what, where=address.title, fix="check whether it is on and the network reaches it")
    what, fix = _why(error, address)
    return InputError(what, where=address.title, fix=fix)


def _why(error: Exception, address: Address) -> tuple[str, str]:
    import av

    number = getattr(error, "errno", None)
    if isinstance(error, ConnectionRefusedError):
        return "refuses the connection", "check the address and its port, and whether the camera is on"
    if number in _CLOSED or isinstance(error, EOFError):
        return "closes the connection at once", "check the address; some cameras allow few connections at a time"
    if number in _NO_WAY:
        return "cannot be reached from this machine", "check the network and the address"
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "asks for another name or password", "give them in the address: rtsp://name:password@..."
    if isinstance(error, av.error.HTTPForbiddenError):
        return "forbids it", "check the rights of the camera's user"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "has no stream of that name", "check the part of the address behind the machine's name"
    if isinstance(error, PermissionError):
        return "not allowed to open it", "check this user's rights (group `video` for webcams)"
    if isinstance(error, FileNotFoundError):
        return "there is no such device", "check that the webcam is plugged in"
    if isinstance(error, av.error.InvalidDataError) and address.kind == "rtsp":
        return "closes the connection or does not speak RTSP", "check the port; some cameras allow few connections at a time"
    if isinstance(error, (av.error.InvalidDataError, av.error.DemuxerNotFoundError, av.error.ProtocolNotFoundError)):
        return "what it sends is no video that can be read", "open the address in a player to see what it is"
    if number == errno.EIO:
        return "cannot be reached, or its name is unknown", "check the address"
    return f"cannot be opened ({_said(error)})", "open the address in a player to see whether it works"


def _said(error: Exception) -> str:
    """What FFmpeg says, without the address that it adds, which may hold a password."""
    return str(getattr(error, "strerror", "") or type(error).__name__).split(":")[0].strip().lower()

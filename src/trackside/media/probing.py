"""What a video file is, or why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.media.decoding import clockwise_rotation

# Packets that are read in search of a first picture: a damaged start is passed over, a hostile file does not cost minutes.
_MOST_PACKETS = 2000
# Containers that hold pictures of their own. Playlists (concat, HLS, DASH) would make FFmpeg open other files and addresses,
# which an uploaded file must not; and texts are not drawn as a terminal shows them.
_FORMATS = (
    "3g2,3gp,apng,asf,av1,avi,dav,dv,flv,gif,gxf,h264,h265,hevc,ivf,jpeg_pipe,m4a,m4v,matroska,mj2,mjpeg,mov,mp4,mpeg,mpegts,"
    "mpegvideo,mxf,nut,obu,ogg,png_pipe,rm,swf,webm,webp_pipe,wtv,yuv4mpegpipe"
)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video (or of images that stand for one).

    Attributes:
        path: the file.
        width: pixels, as displayed: after rotation.
        height: pixels, likewise.
        duration: seconds, None if the file does not say.
        frames: number of frames; an estimate where the container does not count them; None if unknown.
        fps: average frames a second.
        codec: FFmpeg's name of it.
        pixel_format: FFmpeg's name of it.
        rotation: degrees clockwise by which the pictures are turned for display.
        has_audio: whether there is sound.
        size_bytes: of the file.
        first_pts: presentation time stamp of the first picture, in the stream's time base.
    """

    path: Path
    width: int
    height: int
    duration: float | None
    frames: int | None
    fps: float
    codec: str = ""
    pixel_format: str = ""
    rotation: int = 0
    has_audio: bool = False
    size_bytes: int = 0
    first_pts: int = 0


def probe(path: Path | str) -> VideoInfo:
    """Look into a video file and decode its first picture.

    Raises:
        InputError: missing, a folder, empty, no video, sound only, or nothing in it can be decoded.
    """
    path = Path(path)
    with open_container(path) as container:
        stream = video_stream(container, path)
        return _describe(path, container, stream, _first_frame(container, stream, path))


def open_container(path: Path) -> Any:
    """Open a file with FFmpeg.

    Raises:
        InputError: it cannot be opened, and why.
    """
    import av

    if not path.exists():
        raise InputError("no such file", where=str(path), fix="check the path")
    if path.is_dir():
        raise InputError("is a folder", where=str(path), fix="give a video file")
    if path.stat().st_size == 0:
        raise InputError("the file is empty", where=str(path), fix="copy or record it again")
    try:
        # The path as file: address, so that a name with a colon in it is not taken for a protocol.
        return av.open(f"file:{path}", metadata_errors="replace", options={"format_whitelist": _FORMATS})
    except PermissionError:
        raise InputError("not allowed to read it", where=str(path), fix="check the file's permissions") from None
    except (av.error.FFmpegError, ValueError) as error:
        reason = "damaged or cut off" if path.suffix.lower() in (".mp4", ".mov", ".m4v") else "not a video"
        # "Invalid data" is what the decoder says of all of them, in words that help nobody.
        said = "" if isinstance(error, av.error.InvalidDataError) else f" ({_said(error)})"
        raise InputError(
            f"{reason}{said}", where=str(path), fix="play it on a computer to see whether it is whole"
        ) from None


def video_stream(container: Any, path: Path) -> Any:
    """The file's first video stream; cover pictures of music do not count.

    Raises:
        InputError: there is none.
    """
    import av

    streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        has_sound = bool(container.streams.audio)
        raise InputError(
            "has sound but no picture" if has_sound else "has no video", where=str(path), fix="give a video file"
        )
    return streams[0]


def _first_frame(container: Any, stream: Any, path: Path) -> Any:
    import av

    for number, packet in enumerate(container.demux(stream)):
        try:
            for frame in packet.decode():
                return frame
        except av.error.FFmpegError:
            continue
        if number > _MOST_PACKETS:
            break
    raise InputError("nothing in it can be decoded", where=str(path), fix="play it to see whether it is whole")


def _describe(path: Path, container: Any, stream: Any, frame: Any) -> VideoInfo:
    rate = stream.average_rate or stream.guessed_rate or 0
    fps = float(rate) if 0 < rate <= 1000 else 25.0
    duration = _duration(container, stream)
    rotation = clockwise_rotation(frame)
    width, height = (frame.height, frame.width) if rotation % 180 else (frame.width, frame.height)
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        duration=duration,
        frames=stream.frames or (round(duration * fps) if duration else None),
        fps=fps,
        codec=stream.codec_context.name,
        pixel_format=frame.format.name,
        rotation=rotation,
        has_audio=bool(container.streams.audio),
        size_bytes=path.stat().st_size,
        first_pts=frame.pts if frame.pts is not None else 0,
    )


def _duration(container: Any, stream: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if not container.duration:
        return None
    # Matroska says when the last picture ends, other containers how long they last.
    start = container.start_time or 0 if "matroska" in container.format.name else 0
    return float(container.duration - max(start, 0)) / 1_000_000


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or error).split(":")[0].strip().lower()

"""From FFmpeg's frames to ours: any pixel format to 8-bit planes, turned upright."""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.media.frame import Frame
from trackside.media.planes import Matrix, Plane, Planes

# AVColorSpace and AVColorRange (libavutil/pixfmt.h). What is not tagged is taken as BT.601 limited, as FFmpeg itself does.
_MATRICES: dict[int, Matrix] = {1: "bt709", 9: "bt2020"}
_RGB_SPACE = 0
_FULL_RANGE = 2
_READY = ("yuv420p", "yuvj420p")
# Formats that FFmpeg always takes as full range, whatever their tag says.
_ALWAYS_FULL = ("yuvj", "gray", "ya8", "ya16", "mono")
_COLORSPACES: dict[Matrix, str] = {"bt601": "ITU601", "bt709": "ITU709", "bt2020": "BT2020"}


class PlaneMaker:
    """Turns decoded frames into `Frame`s. Holds one reused scaler, since making one anew costs more than using it.

    Not shared between threads.
    """

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()

    def frame(self, decoded: Any, index: int = 0, time: float = 0.0) -> Frame:
        """The picture, upright, in planes: the decoder's own memory where it is 8-bit 4:2:0 and stands upright.

        Args:
            decoded: an `av.VideoFrame`.
            index: its number.
            time: its media time in seconds.
        """
        full_range = decoded.format.name.startswith(_ALWAYS_FULL) or int(decoded.color_range) == _FULL_RANGE
        matrix = _MATRICES.get(int(decoded.colorspace), "bt601")
        if decoded.format.name not in _READY:
            decoded, full_range, matrix = self._reformat(decoded, full_range, matrix)
        y, u, v = plane_pixels(decoded)
        planes = Planes(y, u, v, full_range, matrix)
        return Frame(planes.rotated(clockwise_rotation(decoded)), index, time)

    def _reformat(self, decoded: Any, full_range: bool, matrix: Matrix) -> tuple[Any, bool, Matrix]:
        """Any other format (10 bit, 4:2:2, RGB, grey) as yuv420p, range and matrix kept; RGB becomes BT.601 limited."""
        from av.video.reformatter import ColorRange, Colorspace

        is_rgb = decoded.format.is_rgb or int(decoded.colorspace) == _RGB_SPACE
        if is_rgb:
            full_range, matrix = False, "bt601"
        colorspace = Colorspace[_COLORSPACES[matrix]]
        kept = ColorRange.JPEG if full_range else ColorRange.MPEG
        made = self._reformatter.reformat(
            decoded,
            format="yuv420p",
            src_colorspace=None if is_rgb else colorspace,
            dst_colorspace=colorspace,
            src_color_range=ColorRange.JPEG if is_rgb else kept,
            dst_color_range=kept,
            threads=1,
        )
        return made, full_range, matrix


def clockwise_rotation(decoded: Any) -> int:
    """Degrees by which a decoded frame must be turned clockwise to stand upright, from its display matrix: 0, 90, 180 or
    270."""
    return int(round(-decoded.rotation / 90) * 90 % 360)


def plane_pixels(frame: Any) -> list[Plane]:
    """The three planes of a yuv420p `av.VideoFrame`, not copied and without their padding; they keep its memory alive."""
    planes = frame.planes
    return [np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width] for plane in planes]

"""A picture's bytes into a network's floats."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB

if TYPE_CHECKING:
    from trackside.models.card import Geometry
    from trackside.models.runtimes import TensorSpec


class TensorWriter:
    """Writes pictures into input tensors: channel order, axis order, `(pixel * scale - mean) / std`.

    Buffers belong to the calling thread and are reused, so a picture costs no allocation.

    Args:
        geometry: of the network.
        spec: of its input.
    """

    def __init__(self, geometry: Geometry, spec: TensorSpec) -> None:
        self._geometry = geometry
        self._dtype = spec.dtype
        self._local = threading.local()
        self._order = (0, 1, 2) if geometry.colour == "RGB" else (2, 1, 0)
        std = np.asarray(geometry.std, np.float64)
        self._gain = (geometry.scale / std).astype(np.float32)
        self._bias = (-np.asarray(geometry.mean, np.float64) / std).astype(np.float32)
        self._one_gain = bool((self._gain == self._gain[0]).all())

    def buffer(self, batch: int, number: int = 0) -> NDArray[Any]:
        """This thread's input tensor for so many pictures, [batch, 3, h, w] or [batch, h, w, 3]; one for each `number`."""
        g = self._geometry
        tensors = self._local.__dict__.setdefault("tensors", {})
        if (batch, number) not in tensors:
            shape = (3, g.height, g.width) if g.layout == "NCHW" else (g.height, g.width, 3)
            tensors[batch, number] = np.zeros((batch, *shape), self._dtype)
        return np.asarray(tensors[batch, number])

    def __call__(self, picture: RGB, out: NDArray[Any]) -> None:
        """Write one picture.

        Args:
            picture: uint8 [h, w, 3] RGB, of the network's input size.
            out: one entry of a buffer.
        """
        if self._geometry.layout == "NCHW":
            self._write_planes(picture, out)
        else:
            self._write_pixels(picture, out)

    def _write_planes(self, picture: RGB, out: NDArray[Any]) -> None:
        """Split the bytes first (OpenCV does it with vector instructions), then widen the contiguous planes."""
        planes = self._local.__dict__.setdefault("planes", np.empty(out.shape, np.uint8))
        cv2.split(picture, [planes[self._order.index(channel)] for channel in range(3)])
        self._scale(planes, out, (3, 1, 1))

    def _write_pixels(self, picture: RGB, out: NDArray[Any]) -> None:
        self._scale(picture if self._order[0] == 0 else picture[:, :, ::-1], out, (3,))

    def _scale(self, values: NDArray[np.uint8], out: NDArray[Any], axes: tuple[int, ...]) -> None:
        """`values * gain + bias`, with as few passes over memory as these gains and biases need."""
        gain = self._gain[0] if self._one_gain else self._gain.reshape(axes)
        if self._one_gain and gain == 1:
            np.copyto(out, values)
        else:
            np.multiply(values, gain, out=out, casting="unsafe")
        if self._bias.any():
            np.add(out, self._bias.reshape(axes), out=out, casting="unsafe")

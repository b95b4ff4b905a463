"""What every calibration board can say and do."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.ink import Ink
from trackside.geometry.camera.sighting import Refusal, Sighting

Floats = NDArray[np.float64]


@runtime_checkable
class Board(Protocol):
    """A flat pattern of known size, waved before a camera.

    Its frame: x right, y down, z away from the viewer who reads it; metres.
    """

    @property
    def name(self) -> str:
        """The kind: `circles`, `chessboard`, `charuco`."""
        ...

    @property
    def points(self) -> Floats:
        """float64 [k, 3], metres, z = 0; the first point is the origin."""
        ...

    @property
    def ink(self) -> Ink:
        """What is printed, with the extent of the pattern."""
        ...

    def detect(self, image: NDArray[np.uint8]) -> Sighting | Refusal:
        """Find the board in a picture, uint8 [h, w] grey or [h, w, 3] RGB.

        Raises:
            InputError: the picture has another shape or kind of numbers.
        """
        ...

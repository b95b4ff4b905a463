"""Drawing on a picture, be it RGB or planes: the same primitives, antialiased, straight into the memory.

Drawing into planes spares annotated video the way to RGB and back, which costs more than all that is drawn. Straight edges
lie at even pixels there, because colour has half the resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import RGB, Image, as_rgb
from trackside.media import text as texts
from trackside.media.colour import Colour, in_planes
from trackside.media.frame import Frame
from trackside.media.layers import Layer, Points, cut_far, even, finite
from trackside.media.planes import Planes

# A line is two pixels wide for each so many rows of the picture, and letters one pixel high.
_ROWS_PER_LINE = 540
_ROWS_PER_LETTER = 46
_SMALLEST_LETTER = 12


class Canvas:
    """Draws into a picture. Coordinates are pixels of the picture, x to the right, y down, the first pixel from 0 to 1.

    What lies outside is cut off; points that are not finite are left out. Colours are RGB.

    Args:
        picture: RGB array or planes that may be written into. Use `Canvas.on` for a picture that must stay as it is.
        scale: of line widths and letters, which follow the picture's height; 2 for a screen seen from afar.
    """

    def __init__(self, picture: RGB | Planes, *, scale: float = 1.0) -> None:
        self._picture = picture
        self._source: Frame | None = None
        self.height, self.width, _ = picture.shape
        self.line_width = 2 * max(1, round(self.height * scale / _ROWS_PER_LINE))
        self.letter_size = max(_SMALLEST_LETTER, round(self.height * scale / _ROWS_PER_LETTER))
        if isinstance(picture, Planes):
            self._layers = [Layer([picture.y], [0]), Layer([picture.u, picture.v], [1, 2], halved=True)]
        else:
            self._layers = [Layer([picture], None)]

    @classmethod
    def on(cls, image: Image, *, scale: float = 1.0) -> Self:
        """A canvas on a copy of the picture; planes stay planes."""
        if not isinstance(image, Frame):
            return cls(as_rgb(image).copy(), scale=scale)
        canvas = cls(image.planes().copy(), scale=scale)
        canvas._source = image
        return canvas

    @property
    def image(self) -> Image:
        """The picture with what was drawn: a `Frame` over planes, else the array. Draw no more after giving it away."""
        if not isinstance(self._picture, Planes):
            return self._picture
        source = self._source
        return Frame(self._picture, source.index, source.time) if source else Frame(self._picture)

    def line(self, start: ArrayLike, end: ArrayLike, colour: Colour, width: int = 0) -> None:
        """A straight line; width 0 is the usual one."""
        self.lines(np.array([start, end], np.float64), colour, width)

    def lines(self, segments: ArrayLike, colour: Colour, width: int = 0, *, shade_only: bool = False) -> None:
        """Many straight lines of one colour.

        Args:
            segments: [n, 2, 2]. Those with an end that is not finite are left out.
            colour: of all of them.
            width: in pixels; 0 is the usual one.
            shade_only: leave the picture its hue where it has hue apart (planes): half the work for black and white.
        """
        ends = np.asarray(segments, np.float64).reshape(-1, 2, 2)
        ends = ends[np.isfinite(ends).all(axis=(1, 2))]
        for layer in self._layers[: 1 if shade_only else None]:
            layer.polylines(list(layer.fixed(ends)), self._own(colour), width or self.line_width)

    def polyline(self, points: ArrayLike, colour: Colour, width: int = 0, *, closed: bool = False) -> None:
        """A line through points [n, 2]."""
        path = finite(points)
        if len(path) > 1:
            for layer in self._layers:
                layer.polylines([layer.fixed(path)], self._own(colour), width or self.line_width, closed)

    def circles(self, centres: ArrayLike, radius: float, colour: Colour, *, shade_only: bool = False) -> None:
        """Filled circles of one size, around centres [n, 2]. `shade_only` as in `lines`."""
        places = finite(centres)
        for layer in self._layers[: 1 if shade_only else None]:
            layer.circles(layer.fixed(places), radius, self._own(colour))

    def circle(self, centre: ArrayLike, radius: float, colour: Colour, width: int = 0) -> None:
        """A circle's rim."""
        places = finite(centre)
        for layer in self._layers:
            layer.circles(layer.fixed(places), radius, self._own(colour), width or self.line_width)

    def rectangle(self, box: ArrayLike, colour: Colour, width: int = 0) -> None:
        """The rim of a box (x1 y1 x2 y2), half of its width inside and half outside."""
        edges = cut_far(box)
        if edges is None:
            return
        width = even(width or self.line_width)
        left, top, right, bottom = (even(edge - width / 2) for edge in edges)
        own = self._own(colour)
        for layer in self._layers:
            layer.rim(left, top, right + width, bottom + width, width, own)

    def fill_rectangle(self, box: ArrayLike, colour: Colour, alpha: float = 1.0) -> None:
        """A filled box (x1 y1 x2 y2); alpha 1 hides what is below."""
        edges = cut_far(box)
        if edges is None:
            return
        left, top, right, bottom = (even(edge) for edge in edges)
        own = self._own(colour)
        for layer in self._layers:
            layer.fill(left, top, right, bottom, own, alpha)

    def fill_polygon(self, points: ArrayLike, colour: Colour, alpha: float = 1.0) -> None:
        """A filled polygon [n, 2]; alpha 1 hides what is below."""
        corners, own = finite(points), self._own(colour)
        if len(corners) < 3:
            return

        def fill() -> None:
            for layer in self._layers:
                layer.fill_polygon(layer.fixed(corners), own)

        self.blend(corners, 0, alpha, fill)

    def blend(self, around: ArrayLike, reach: float, alpha: float, draw: Callable[[], None]) -> None:
        """Draw with transparency: what `draw` does around these points [n, 2], no further away than `reach` pixels, weighs
        `alpha`. Pixels that it leaves alone keep their value."""
        points: Points = finite(around)
        if alpha >= 1:
            draw()
        elif len(points):
            left, top = (points.min(axis=0) - reach - 2).tolist()
            right, bottom = (points.max(axis=0) + reach + 3).tolist()
            spots = [spot for layer in self._layers for spot in layer.spots(left, top, right, bottom)]
            old = [spot.copy() for spot in spots]
            draw()
            for spot, before in zip(spots, old, strict=True):
                if spot.size:
                    cv2.addWeighted(spot, alpha, before, 1 - alpha, 0, dst=spot)

    def text(
        self,
        text: str,
        at: ArrayLike,
        colour: Colour,
        background: Colour,
        *,
        size: int = 0,
        anchor: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """One line of text on a background, moved inside the picture where it would reach outside.

        Args:
            text: what to write.
            at: x y in the picture.
            colour: of the letters.
            background: around them.
            size: of the letters in pixels; 0 for the usual one.
            anchor: which point of the label lies there: (0, 0) its upper left corner, (0.5, 1) the middle of its lower
                edge.
        """
        place = cut_far(at)
        if not text or place is None:
            return
        patches = self._label(text, size or self.letter_size, colour, background)
        height, width = patches[0].shape[:2]
        left = even(min(max(place[0] - anchor[0] * width, 0), max(self.width - width, 0)))
        top = even(min(max(place[1] - anchor[1] * height, 0), max(self.height - height, 0)))
        spots = [spot for layer in self._layers for spot in layer.spots(left, top, left + width, top + height)]
        for spot, patch in zip(spots, patches, strict=True):
            spot[...] = patch[: spot.shape[0], : spot.shape[1]]

    def text_size(self, text: str, size: int = 0) -> tuple[int, int]:
        """Width and height of a label in pixels."""
        height, width = self._label(text, size or self.letter_size, (0, 0, 0), (0, 0, 0))[0].shape[:2]
        return width, height

    def _own(self, colour: Colour) -> Colour:
        """A colour as this picture stores it."""
        if isinstance(self._picture, Planes):
            return in_planes(colour, self._picture.matrix, self._picture.full_range)
        return colour

    def _label(self, text: str, size: int, colour: Colour, background: Colour) -> Sequence[NDArray[np.uint8]]:
        if isinstance(self._picture, Planes):
            planes = self._picture
            return texts.label_planes(text, size, colour, background, planes.full_range, planes.matrix)
        return (texts.label(text, size, colour, background),)

"""What is printed on a board, as discs and squares of true size: for printing it, drawing it and rendering it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# A drawing larger than this is a slip of units (dots per metre, not per inch): 20,000 squared is 400 MB.
_MOST_DOTS = 20_000
_MILLIMETRES = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The printed shapes of a board, in its own coordinates, metres.

    Attributes:
        discs: [n, 3], x, y and radius.
        rectangles: [m, 4], x, y, width, height, none overlapping another.
        extent: left, top, right, bottom of the pattern, without margin.
        margin: blank border that the detector needs around it.
        dark: whether the ink is dark on light ground.
    """

    discs: Floats
    rectangles: Floats
    extent: tuple[float, float, float, float]
    margin: float
    dark: bool = True

    @property
    def sheet(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the pattern with its margin."""
        left, top, right, bottom = self.extent
        return left - self.margin, top - self.margin, right + self.margin, bottom + self.margin

    def covers(self, x: Floats, y: Floats) -> Mask:
        """Whether there is ink at the places x, y (any shape, the same)."""
        return Coverage(self)(x, y)

    def draw(self, dots_per_metre: float) -> NDArray[np.uint8]:
        """The sheet as a picture, uint8 [h, w], 0 or 255, without smoothing.

        Args:
            dots_per_metre: 11,811 is 300 dots per inch.

        Raises:
            SettingError: the picture would be empty or larger than 20,000 dots a side.
        """
        left, top, right, bottom = self.sheet
        width, height = (
            round(side * dots_per_metre) if 0 < dots_per_metre < np.inf else 0 for side in (right - left, bottom - top)
        )
        if not (0 < width <= _MOST_DOTS and 0 < height <= _MOST_DOTS):
            raise SettingError(
                f"the board would be {width} x {height} dots",
                where="dots_per_metre",
                fix=f"choose a number that gives 1 to {_MOST_DOTS:,} dots a side, such as 11811 (300 dots per inch)",
            )
        x = left + (np.arange(width) + 0.5) / dots_per_metre
        y = top + (np.arange(height) + 0.5) / dots_per_metre
        inked = self.covers(*np.meshgrid(x, y))
        return np.where(inked == self.dark, 0, 255).astype(np.uint8)

    def svg(self) -> str:
        """The sheet as SVG of true size: print it at 100 %, then measure it."""
        left, top, right, bottom = (side * _MILLIMETRES for side in self.sheet)
        ground, ink = ("white", "black") if self.dark else ("black", "white")
        discs = [f'<circle cx="{x:.4f}" cy="{y:.4f}" r="{r:.4f}"/>' for x, y, r in self.discs * _MILLIMETRES]
        squares = [
            f'<rect x="{x:.4f}" y="{y:.4f}" width="{w:.4f}" height="{h:.4f}"/>'
            for x, y, w, h in self.rectangles * _MILLIMETRES
        ]
        box = f"{left:.4f} {top:.4f} {right - left:.4f} {bottom - top:.4f}"
        size = f'width="{right - left:.4f}mm" height="{bottom - top:.4f}mm"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}">'
        sheet = (
            f'<rect x="{left:.4f}" y="{top:.4f}" width="{right - left:.4f}" height="{bottom - top:.4f}" fill="{ground}"/>'
        )
        # Without smoothing of the squares' sides, or hairlines show where two modules of a marker meet.
        shapes = [f'<g fill="{ink}">', *discs, "</g>", f'<g fill="{ink}" shape-rendering="crispEdges">', *squares, "</g>"]
        return "\n".join([head, sheet, *shapes, "</svg>", ""])


class Coverage:
    """Tells quickly, for many places, whether there is ink: two look-ups a place, however many shapes there are."""

    def __init__(self, ink: Ink) -> None:
        self._tests = [
            make(shapes) for make, shapes in ((_DiscCells, ink.discs), (_RectangleCells, ink.rectangles)) if len(shapes)
        ]  # fmt: skip

    def __call__(self, x: Floats, y: Floats) -> Mask:
        """Whether there is ink at the places x, y (any shape, the same)."""
        found = np.zeros(np.shape(x), bool)
        for test in self._tests:
            found |= test(x, y)
        return found


class _DiscCells:
    """Discs by square cells, so small that none touches two discs."""

    def __init__(self, discs: Floats) -> None:
        from scipy.spatial import cKDTree

        tree = cKDTree(discs[:, :2])
        radius = float(discs[:, 2].max())
        pitch = float(tree.query(discs[:, :2], k=2)[0][:, 1].min()) if len(discs) > 1 else 4 * radius
        self._discs = discs
        self._side = max((pitch - 2 * radius) / 2, radius / 50)
        self._low = discs[:, :2].min(axis=0) - radius - self._side
        self._count = np.ceil((discs[:, :2].max(axis=0) + radius + self._side - self._low) / self._side).astype(int)
        x, y = (low + (np.arange(count) + 0.5) * self._side for low, count in zip(self._low, self._count, strict=True))
        self._nearest = tree.query(np.stack(np.meshgrid(x, y), axis=-1))[1].astype(np.int32)

    def __call__(self, x: Floats, y: Floats) -> Mask:
        column = np.clip((x - self._low[0]) / self._side, 0, self._count[0] - 1).astype(np.int32)
        row = np.clip((y - self._low[1]) / self._side, 0, self._count[1] - 1).astype(np.int32)
        nearest = self._nearest[row, column]
        away = (x - self._discs[nearest, 0]) ** 2 + (y - self._discs[nearest, 1]) ** 2
        return np.asarray(away <= self._discs[nearest, 2] ** 2)


class _RectangleCells:
    """Rectangles by the cells between the sides of all of them."""

    def __init__(self, rectangles: Floats) -> None:
        self._columns = np.unique(np.round(np.concatenate([rectangles[:, 0], rectangles[:, 0] + rectangles[:, 2]]), 9))
        self._rows = np.unique(np.round(np.concatenate([rectangles[:, 1], rectangles[:, 1] + rectangles[:, 3]]), 9))
        self._inked = np.zeros((len(self._rows) + 1, len(self._columns) + 1), bool)
        for left, top, width, height in rectangles:
            first, last = np.searchsorted(self._columns, [left - 1e-8, left + width - 1e-8])
            upper, lower = np.searchsorted(self._rows, [top - 1e-8, top + height - 1e-8])
            self._inked[upper + 1 : lower + 1, first + 1 : last + 1] = True

    def __call__(self, x: Floats, y: Floats) -> Mask:
        return np.asarray(self._inked[np.searchsorted(self._rows, y), np.searchsorted(self._columns, x)])

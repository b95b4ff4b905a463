"""Where a line is that should be near: intensities along its normals, and the strongest ridge or edge among them.

A rope or a painted line is a ridge, a pool's edge a step; both are found with the derivatives of a Gaussian of the line's
own width (Steger 1998, "An unbiased detector of curvilinear structures", section 2), bright or dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.planes.arrays import Flags, Floats

# Pixels between samples of a profile, and along the line for the mean that keeps noise down.
_STEP, _ALONG = 0.5, 2
# Standard deviation of the Gaussian, pixels: a finer one sees single pixels, a coarser one neighbours.
_FINEST, _COARSEST = 1.0, 6.0
# Half width of the filter, in standard deviations.
_REACH = 3.0
# A peak counts from so many robust standard deviations of the response along the line's normals.
_LEAST_PEAK = 4.0
# Pixels beside the search, on either side, where the noise of the response is measured.
_BESIDE = 10.0
# Grey levels: rounding to whole ones alone answers with less.
_LEAST_RESPONSE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """Places along a line in the picture, where it is looked for.

    Attributes:
        pixels: float64 [n, 2], where it should be.
        normals: float64 [n, 2], unit vectors across it.
        ranges: float64 [n], pixels to either side.
        widths: float64 [n], pixels; 0 for an edge.
    """

    pixels: Floats
    normals: Floats
    ranges: Floats
    widths: Floats

    def __len__(self) -> int:
        return len(self.pixels)

    def chosen(self, rows: Flags) -> Stations:
        """Some of them."""
        return Stations(self.pixels[rows], self.normals[rows], self.ranges[rows], self.widths[rows])


def peaks(grey: NDArray[np.float32], stations: Stations) -> Floats:
    """How far from each station the line is, along its normal: pixels [n], NaN where there is none.

    Args:
        grey: float32 [h, w].
        stations: of one line.
    """
    found = [_response(grey, stations, row) for row in range(len(stations))]
    if not found:
        return np.empty(0)
    beside = [response[np.abs(offsets) > reach] for (offsets, response), reach in zip(found, stations.ranges, strict=True)]
    noise = 1.4826 * float(np.median(np.concatenate(beside)))
    return np.array(
        [_peak(offsets, response, reach, noise) for (offsets, response), reach in zip(found, stations.ranges, strict=True)]
    )


def _response(grey: NDArray[np.float32], stations: Stations, row: int) -> tuple[Floats, Floats]:
    """Offsets [k], and how much there looks like a line, dark or bright; also beside the search, where noise is measured."""
    sigma = float(np.clip(stations.widths[row] / 2, _FINEST, _COARSEST))
    half = int(np.ceil(_REACH * sigma / _STEP))
    reach = np.ceil((stations.ranges[row] + max(_BESIDE, stations.ranges[row])) / _STEP) * _STEP + half * _STEP
    offsets = np.arange(-reach, reach + _STEP / 2, _STEP)
    profile = _profile(grey, stations.pixels[row], stations.normals[row], offsets)
    kernel = _kernel(sigma, half, edge=stations.widths[row] == 0)
    return offsets[half : len(offsets) - half], np.abs(np.convolve(profile, kernel, mode="valid"))


def _profile(grey: NDArray[np.float32], pixel: Floats, normal: Floats, offsets: Floats) -> Floats:
    import cv2

    along = np.array([-normal[1], normal[0]])
    sides = np.arange(-_ALONG, _ALONG + 1)
    places = (pixel + offsets[:, None, None] * normal + sides[None, :, None] * along).astype(np.float32)
    values = cv2.remap(grey, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.mean(values, axis=1), np.float64)


def _kernel(sigma: float, half: int, *, edge: bool) -> Floats:
    x = np.arange(-half, half + 1) * _STEP / sigma
    bell = np.exp(-(x**2) / 2)
    kernel = -x * bell if edge else (1 - x**2) * bell
    # A flat profile answers nothing, however bright.
    kernel = kernel - kernel.mean()
    return np.asarray(kernel / np.abs(kernel).sum())


def _peak(offsets: Floats, response: Floats, reach: float, noise: float) -> float:
    """The place of the highest response within reach, by a parabola; NaN if it does not stand out or still rises there."""
    near = np.flatnonzero(np.abs(offsets) <= reach)
    row = int(near[response[near].argmax()])
    if row in (near[0], near[-1]) or response[row] <= max(_LEAST_PEAK * noise, _LEAST_RESPONSE):
        return float("nan")
    before, here, after = response[row - 1 : row + 2]
    return float(offsets[row] + _STEP * (before - after) / (2 * (before - 2 * here + after)))

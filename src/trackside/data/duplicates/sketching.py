"""What is kept of a picture to recognise copies of it: local features, and a small grey picture to hold against others.

The features are SIFT (Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004) with the root
normalisation of Arandjelovic and Zisserman ("Three things everyone should know", CVPR 2012): they survive cropping, turning,
scaling, recompression and changes of light, each of which breaks a hash of the whole picture. Mirroring permutes their
numbers, so mirrored copies cost no second look. Small pictures are enlarged first: a 28 x 28 digit has 20 features then.
Lines of text and other thin pictures keep a height in which their strokes can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.images import RGB
from trackside.data.looking import Looked
from trackside.data.scan import Scan

SIDE = 160
"""Longest side, in pixels, of the picture that features are found in. 224 finds as many copies in 1.4 times the time."""
# A thin picture's longer side may grow up to the second so that its shorter one has the first.
_SHORTEST, _LONGEST = 80, 480
MOST = 128
"""Features kept, the strongest: 100,000 pictures take 1.6 GB."""
THUMBNAIL = 96
"""Sides of the grey picture, in pixels; the aspect is not kept. Those of thin pictures are 192 x 48 or 384 x 24."""
# OpenCV's default of 0.04 finds nothing in hazy or dark pictures.
_CONTRAST = 0.01
# Largest root-normalised value that occurs is about 0.45.
_SCALE = 512.0


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of n pictures.

    Attributes:
        descriptors: uint8 [total, 128], root-normalised SIFT, times 512.
        frames: float32 [total, 4], x, y (pixels of the sketch, pixel centres at whole numbers), scale, angle (radians).
        starts: int64 [n + 1], where each picture's features begin.
        sizes: float32 [n, 2], width and height of the sketch in pixels; 0 for a picture that cannot be read.
        thumbnails: uint8 [n, 9216], the rows of each one after another; `thumbnail` gives it its shape.
    """

    descriptors: NDArray[np.uint8]
    frames: NDArray[np.float32]
    starts: NDArray[np.int64]
    sizes: NDArray[np.float32]
    thumbnails: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Features of each picture, [n]."""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The picture of each feature, [total]."""
        return np.repeat(np.arange(len(self)), self.counts)

    def thumbnail(self, row: int) -> NDArray[np.uint8]:
        """A picture's thumbnail, uint8 [96, 96], [48, 192], [24, 384] or one of these upright."""
        return np.asarray(self.thumbnails[row].reshape(thumbnail_shape(self.sizes[row])), np.uint8)

    def take(self, rows: NDArray[np.int64]) -> Sketches:
        """The sketches of some pictures, in that order."""
        counts = self.counts[rows]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        index = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], counts)
        return Sketches(self.descriptors[index], self.frames[index], starts, self.sizes[rows], self.thumbnails[rows])

    def join(self, other: Sketches) -> Sketches:
        """These and then the others."""
        return Sketches(
            np.concatenate([self.descriptors, other.descriptors]),
            np.concatenate([self.frames, other.frames]),
            np.concatenate([self.starts, self.starts[-1] + other.starts[1:]]),
            np.concatenate([self.sizes, other.sizes]),
            np.concatenate([self.thumbnails, other.thumbnails]),
        )

    @classmethod
    def of_scan(cls, scan: Scan) -> Sketches:
        """What `SketchExtractor` found."""
        descriptors, starts = scan.ragged(SketchExtractor.name, "descriptors")
        frames, _ = scan.ragged(SketchExtractor.name, "frames")
        sizes, thumbnails = (scan.column(SketchExtractor.name, name) for name in ("size", "thumbnail"))
        sizes = np.nan_to_num(sizes.astype(np.float32))
        return cls(descriptors.reshape(-1, 128), frames.reshape(-1, 4), starts, sizes, thumbnails)

    @classmethod
    def of_pictures(cls, pictures: Iterable[RGB]) -> Sketches:
        """Sketches of pictures in memory, uint8 [h, w, 3]."""
        return cls.of_rows([sketch(picture) for picture in pictures])

    @classmethod
    def of_rows(cls, rows: list[dict[str, NDArray[Any]]]) -> Sketches:
        """What `sketch` gave for each picture."""
        if not rows:
            empty = np.zeros((0, THUMBNAIL**2), np.uint8)
            return cls(np.zeros((0, 128), np.uint8), *_no_features(), np.zeros((0, 2), np.float32), empty)
        counts = [len(row["frames"]) for row in rows]
        return cls(
            np.concatenate([row["descriptors"] for row in rows]),
            np.concatenate([row["frames"] for row in rows]),
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.stack([row["size"] for row in rows]),
            np.stack([row["thumbnail"] for row in rows]),
        )


class SketchExtractor:
    """Makes a sketch of each picture during the scan."""

    name = "sketch@3"

    def __call__(self, looked: Looked) -> Mapping[str, NDArray[Any]]:
        """Columns: descriptors and frames (ragged), size, thumbnail; as in `Sketches`."""
        return sketch(looked.rgb)


def sketch(picture: RGB) -> dict[str, NDArray[Any]]:
    """One picture's descriptors [k, 128], frames [k, 4], size [2] and thumbnail [9216]."""
    import cv2

    grey = _at_sketch_size(np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY), np.uint8))
    keypoints, found = cv2.SIFT.create(nfeatures=MOST, contrastThreshold=_CONTRAST).detectAndCompute(grey, None)
    frames = [(*point.pt, point.size, np.deg2rad(point.angle)) for point in keypoints[:MOST]]
    descriptors = np.zeros((0, 128), np.float32) if found is None else found[:MOST]
    size = np.array(grey.shape[::-1], np.float32)
    rows, columns = thumbnail_shape(size)
    return {
        "descriptors": _rooted(descriptors),
        "frames": np.array(frames, np.float32).reshape(-1, 4),
        "size": size,
        "thumbnail": np.asarray(cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8).ravel(),
    }


def thumbnail_shape(size: NDArray[np.float32]) -> tuple[int, int]:
    """Rows and columns of the thumbnail of a sketch of that width and height, which is thin from 2 to 1 on.

    >>> [thumbnail_shape(np.array(size, np.float32)) for size in ((160, 90), (320, 80), (40, 480))]
    [(96, 96), (48, 192), (384, 24)]
    """
    width, height = np.maximum(size, 1)
    steps = sum(bool(max(width, height) >= limit * min(width, height)) for limit in (2, 8))
    shorter, longer = THUMBNAIL >> steps, THUMBNAIL << steps
    return (shorter, longer) if width >= height else (longer, shorter)


def mirrored_frames(frames: NDArray[np.float32], widths: NDArray[np.float32]) -> NDArray[np.float32]:
    """The features' places, scales and angles after left and right change places.

    Args:
        frames: [..., 4].
        widths: of the sketches, that broadcast against [...].
    """
    moved = frames.copy()
    moved[..., 0] = widths - 1 - frames[..., 0]
    moved[..., 3] = np.pi - frames[..., 3]
    return moved


def mirrored_descriptors(descriptors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The features' numbers after left and right change places, [..., 128]."""
    return np.asarray(descriptors[..., _MIRROR], np.uint8)


def _mirror() -> NDArray[np.int64]:
    """A descriptor is 4 x 4 cells of 8 directions, turned to the feature's own angle: mirroring exchanges its rows and
    reverses the directions."""
    places = np.arange(128).reshape(4, 4, 8)
    return places[::-1][:, :, -np.arange(8) % 8].reshape(-1).astype(np.int64)


_MIRROR = _mirror()


def _rooted(descriptors: NDArray[np.float32]) -> NDArray[np.uint8]:
    total = np.maximum(descriptors.sum(1, keepdims=True), 1e-6)
    return np.asarray(np.minimum(np.round(np.sqrt(descriptors / total) * _SCALE), 255), np.uint8)


def _at_sketch_size(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    height, width = grey.shape
    shorter, longer = sorted((height, width))
    scale = max(SIDE / longer, min(_SHORTEST / shorter, _LONGEST / longer))
    if scale == 1:
        return grey
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)


def _no_features() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    return np.zeros((0, 4), np.float32), np.zeros(1, np.int64)

"""People who walk, for linking: boxes 40 x 100 px at given places of their feet, and settings that stay what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import Tracks
from trackside.perception.tracking import Noise
from trackside.perception.tracking.linking import LinkSettings, Tracklet

FPS = 25.0
NOISE = Noise(acceleration=0.05, resizing=0.03, place=0.05, size=0.06, speed=0.8, doubt=2.0)
# Whatever the defaults become, the tests stand on these.
SETTINGS = LinkSettings(
    noise=NOISE,
    gap=2.0,
    drift=0.06,
    hiding=1.0,
    newcomer=0.5,
    cut=3.0,
    resize=0.2,
    appearance=30.0,
    absent=600.0,
    away=3.0,
    alike=0.78,
    least=0.3,
    evidence=0.05,
    even=0.5,
    fill=2.0,
    extend=0.0,
)


def boxes(x: ArrayLike, foot: ArrayLike = 400.0, *, height: ArrayLike = 100.0) -> NDArray[np.float64]:
    """[k, 4]: people with their feet there, 0.4 times as wide as they are high."""
    x, foot, height = np.broadcast_arrays(np.asarray(x, np.float64), foot, height)
    return np.stack([x - 0.2 * height, foot - height, x + 0.2 * height, foot], axis=-1)


def tracklet(
    frames: ArrayLike, places: NDArray[np.float64], *, scores: float = 0.9, features: NDArray[np.floating] | None = None
) -> Tracklet:
    """Sightings at these frames of these boxes."""
    frames = np.asarray(frames, np.int64)
    return Tracklet(frames, places, np.full(len(frames), scores), np.zeros(len(frames), np.int32), features)  # type: ignore[arg-type]


def walker(
    frames: ArrayLike, start: float, speed: float, *, foot: float = 400.0, height: float = 100.0, jitter: int | None = None
) -> Tracklet:
    """Somebody who is at `start` in frame 0 and walks with `speed` pixels a second; `jitter` seeds 2 px of noise."""
    frames = np.asarray(frames, np.int64)
    noise = 0.0 if jitter is None else np.random.default_rng(jitter).normal(0, 2, len(frames))
    return tracklet(frames, boxes(start + speed * frames / FPS + noise, foot, height=height))


def seconds(frames: int) -> NDArray[np.float64]:
    """Times of so many frames at 25 a second."""
    return np.arange(frames) / FPS


def recording(tracklets: Sequence[Tracklet], ids: Sequence[int] | None = None) -> dict[int, Tracks]:
    """Frame, from 1, to the tracks in it; identities from 1 unless given."""
    names = range(1, len(tracklets) + 1) if ids is None else ids
    rows: dict[int, list[tuple[int, Tracklet, int]]] = {}
    for name, each in zip(names, tracklets, strict=True):
        for row, frame in enumerate(each.frames.tolist()):
            rows.setdefault(frame + 1, []).append((name, each, row))
    return {
        frame: Tracks(
            np.array([each.boxes[row] for _, each, row in found], np.float32),
            np.array([each.scores[row] for _, each, row in found], np.float32),
            np.array([each.classes[row] for _, each, row in found], np.int32),
            (),
            np.array([name for name, _, _ in found]),
        )
        for frame, found in sorted(rows.items())
    }


def features_of(tracklets: Sequence[Tracklet]) -> dict[int, NDArray[np.float64]]:
    """Frame, from 1, to the features of the tracks of `recording`, in their order."""
    rows: dict[int, list[NDArray[np.float64]]] = {}
    for each in tracklets:
        assert each.features is not None
        for row, frame in enumerate(each.frames.tolist()):
            rows.setdefault(frame + 1, []).append(each.features[row])
    return {frame: np.array(found) for frame, found in sorted(rows.items())}


def clock(frames: int) -> dict[int, float]:
    """Frame, from 1, to its time at 25 a second."""
    return {number + 1: number / FPS for number in range(frames)}


def kits(*parts: tuple[int, int], dim: int = 8, noise: float = 0.02, seed: int = 0) -> NDArray[np.float64]:
    """Unit vectors [k, d]: for each (axis, count) so many, near that axis."""
    rng = np.random.default_rng(seed)
    found = np.concatenate([np.tile(np.eye(dim)[axis], (count, 1)) for axis, count in parts])
    found = found + rng.normal(0, noise, found.shape)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def who(result: Mapping[int, Tracks], place: tuple[int, float]) -> int:
    """The identity given out in a frame nearest to a centre x."""
    tracks = result[place[0]]
    return int(tracks.ids[np.abs(tracks.centres[:, 0] - place[1]).argmin()])


def identities(result: Mapping[int, Tracks]) -> list[int]:
    """All identities, ascending."""
    return sorted({int(each) for tracks in result.values() for each in tracks.ids})

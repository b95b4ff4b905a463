"""Scenes for trackers: people as boxes, in pixels, with media time."""

from __future__ import annotations

import numpy as np

from trackside.core import Detections, Tracks
from trackside.perception import Tracker

FPS = 25.0


def found(boxes: object, scores: object = 0.9, classes: object = 0) -> Detections:
    array = np.asarray(boxes, np.float32).reshape(-1, 4)
    return Detections(
        array,
        np.broadcast_to(np.asarray(scores, np.float32), len(array)),
        np.broadcast_to(np.asarray(classes, np.int32), len(array)),
    )


def person(x: float, y: float = 100.0) -> list[float]:
    return [x - 10, y - 50, x + 10, y]


def follow(tracker: Tracker, frames: list[Detections], fps: float = FPS, start: float = 0.0) -> list[Tracks]:
    return [tracker.update(frame, start + number / fps) for number, frame in enumerate(frames)]


def seen_ids(tracker: Tracker, tracks: Tracks) -> list[int]:
    """The identities of those that were detected, without the predicted."""
    return tracks.ids[tracker.rows >= 0].tolist()


def crowd(seed: int, people: int, frames: int) -> list[np.ndarray]:
    """Boxes [people, 4] a frame: people that walk on straight lines, jittered by half a pixel."""
    rng = np.random.default_rng(seed)
    place, speed = rng.uniform(0, 800, (people, 2)), rng.normal(0, 40, (people, 2))
    half = np.stack([rng.uniform(10, 20, people), rng.uniform(25, 50, people)], axis=1)
    walks = [place + speed * number / FPS + rng.normal(0, 0.5, (people, 2)) for number in range(frames)]
    return [np.concatenate([walk - half, walk + half], axis=1) for walk in walks]

"""Deterministic toy blocks: exact numbers can be asserted, and no model is needed."""

from __future__ import annotations

import random
import time as clock
from typing import NamedTuple

import numpy as np

from trackside.core import Detections, Events, Image, Table, Tracks, as_rgb
from trackside.core.units import Fraction, Seconds
from trackside.pipelines.block import BLOCKS, block
from trackside.pipelines.kinds import Batch, MediaTime, RecordIndex, Recording

list(BLOCKS)  # The built-in blocks first, so that toys cannot shadow them.


@block("toy.mean@1")
def mean_brightness(images: Image) -> Table:
    """Measure the mean brightness of a picture."""
    return Table({"brightness": np.array([float(as_rgb(images).mean())])})


@block("toy.box@1")
def one_box(images: Batch[Image], *, score: Fraction = 0.9, slow: Seconds = 0.0) -> Batch[Detections]:
    """Find one box in each picture, as wide as the picture is bright; the first records are the slowest, to break the order.

    Args:
        images: pictures.
        score: of the box.
        slow: seconds that a call may take.
    """
    found = []
    for image in images:
        if slow:
            clock.sleep(slow * (hash(as_rgb(image).tobytes()) % 7) / 7)
        width = float(as_rgb(image)[0, 0, 0]) + 1
        found.append(Detections(np.array([[0, 0, width, 10]]), np.array([score]), np.array([0]), ("thing",)))
    return found


@block("toy.jitter@1")
def jitter(images: Batch[Image], *, most: Seconds = 0.004) -> Batch[Detections]:
    """Find one box in each picture after a random while.

    Args:
        images: pictures.
        most: longest while.
    """
    clock.sleep(random.random() * most)
    return one_box(images)


@block("toy.relay@1")
def relay(images: Batch[Image], detections: Batch[Detections]) -> Batch[Detections]:
    """Give the detections on after a random while: a second stage of inference.

    Args:
        images: pictures.
        detections: any.
    """
    clock.sleep(random.random() * 0.004)
    return [found[:] for _, found in zip(images, detections, strict=True)]


@block("toy.fragile@1")
def fragile(images: Batch[Image]) -> Batch[Detections]:
    """Fail on a whole batch if one of its pictures is as bright as the tenth of `make_video`.

    Args:
        images: pictures.
    """
    if any(abs(float(as_rgb(image)[0, 0, 0]) - 29) < 0.5 for image in images):
        raise RuntimeError("this picture breaks it")
    return one_box(images)


class Numbered(NamedTuple):
    """What `toy.number` gives."""

    tracks: Tracks
    order: Table


@block("toy.number@1")
class Number:
    """Give each record's detections the record's running number, and end each identity with the next record.

    Args:
        detections: any.
    """

    def __init__(self) -> None:
        self._seen = 0
        self.ended: list[int] = []

    def __call__(self, detections: Detections, index: RecordIndex) -> Numbered:
        self.ended = [self._seen] if self._seen else []
        self._seen += 1
        tracks = Tracks.of(detections, np.full(len(detections), self._seen))
        return Numbered(tracks, Table({"seen": np.array([self._seen]), "index": np.array([index])}))


@block("toy.forget@1")
class Forget:
    """Tell which identities have ended.

    Args:
        tracks: any.
        time: media time.
    """

    def __init__(self) -> None:
        self._ended: list[int] = []

    def __call__(self, tracks: Tracks, time: MediaTime) -> Events:
        rows = [("ended", track, "", float("nan")) for track in self._ended]
        self._ended = []
        return Events.at(time, rows)

    def on_track_end(self, track_id: int) -> None:
        self._ended.append(track_id)


@block("toy.fail@1")
def fail_at(images: Image, index: RecordIndex, *, at: int = 3) -> Table:
    """Fail on one record.

    Args:
        images: pictures.
        index: number.
        at: the record that fails.
    """
    if index == at:
        raise RuntimeError("the toy broke")
    return Table({"fine": np.array([1])})


@block("toy.late@1")
def late(detections: Recording[Detections]) -> Detections:
    """Give the first detections of a finished stream.

    Args:
        detections: any.
    """
    return Detections.empty()

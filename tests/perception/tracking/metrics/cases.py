"""Sequences for the metrics: small ones written by hand, random ones, and what the reference implementations are fed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import Detections, Tracks
from trackside.core.motchallenge import read_mot

Sequence = dict[int, Tracks]

SEQUENCES = {"ADL-Rundle-6": 30, "ETH-Sunnyday": 14, "KITTI-17": 10, "TUD-Campus": 25}
"""The four sequences of MOT15 that lie in the shared data, with their frames a second."""


def at(frames: Mapping[int, Mapping[int, float]], *, scores: float = 1.0) -> Sequence:
    """Frame to identity to place: boxes 10 px wide and high whose left edge is at the place. IoU of 5 px apart is 1/3."""
    return {
        frame: Tracks(
            np.array([[x, 0, x + 10, 10] for x in places.values()], np.float32).reshape(-1, 4),
            np.full(len(places), scores, np.float32),
            np.zeros(len(places), np.int32),
            (),
            np.array(list(places), np.int64),
        )
        for frame, places in frames.items()
    }


def still(frames: Mapping[int, tuple[int, ...]]) -> Sequence:
    """Frame to the identities seen in it; identity k always stands at place 100 * (k % 10): 1, 11 and 21 share a place."""
    return at({frame: {k: 100.0 * (k % 10) for k in ids} for frame, ids in frames.items()})


def detections(sequence: Sequence) -> dict[int, Detections]:
    return {frame: Detections(t.boxes, t.scores, t.classes, t.names) for frame, t in sequence.items()}


def random_sequence(rng: np.random.Generator, frames: int, *, spread: int = 4) -> Sequence:
    """Boxes on a coarse grid, so that many overlap, are equal, or compete; some frames and identities are missing.

    Args:
        rng: the source of chance.
        frames: how many there are.
        spread: places on the grid, each way.
    """
    people, presence, grid = rng.integers(0, 7), rng.random(), rng.choice([1.0, 0.37])
    found: Sequence = {}
    for frame in range(1, frames + 1):
        if rng.random() < 0.1:
            continue
        ids = rng.permutation((rng.random(people) < presence).nonzero()[0] + 3)
        low, size = rng.integers(0, spread, (len(ids), 2)) * grid, rng.integers(1, 5, (len(ids), 2)) * grid
        scores = (rng.random(len(ids)) < 0.9).astype(np.float32)
        found[frame] = Tracks(np.hstack([low, low + size]), scores, np.zeros(len(ids)), (), ids)  # type: ignore[arg-type]
    return found


def random_pair(seed: int) -> tuple[Sequence, Sequence]:
    """Ground truth and a result: of half the seeds without relation, of the others a faulty copy."""
    rng = np.random.default_rng(seed)
    frames, spread = int(rng.integers(0, 15)), int(rng.integers(1, 6))
    truth = random_sequence(rng, frames, spread=spread)
    return truth, random_sequence(rng, frames, spread=spread) if seed % 2 else _faulty(rng, truth)


def _faulty(rng: np.random.Generator, truth: Sequence) -> Sequence:
    """The same boxes a little off, some missed, under identities that change now and then."""
    result, names, moved = {}, rng.permutation(20), rng.choice([0.0, 0.2])
    for frame, tracks in truth.items():
        if rng.random() < 0.3:
            names = rng.permutation(20)
        found = tracks[rng.random(len(tracks)) < 0.8]
        boxes = found.boxes + rng.normal(0, moved, found.boxes.shape)
        result[frame] = Tracks(boxes, found.scores, found.classes, (), names[found.ids])  # type: ignore[arg-type]
    return result


def tracked(folder: Path, fps: float) -> tuple[Sequence, Sequence, Sequence]:
    """Ground truth, detections, and what a plain tracker makes of them, of a sequence of MOT15."""
    truth, found = read_mot(folder / "gt" / "gt.txt"), read_mot(folder / "det" / "det.txt")
    return truth, found, linked(found, patience=round(fps))


def linked(found: Sequence, *, patience: int, least: float = 0.3) -> Sequence:
    """Detections with identities: best IoU first, each goes on where a track was last seen, or starts one.

    A tracker of the tests' own, so that they say the same whatever becomes of ours.
    """
    last: dict[int, tuple[int, np.ndarray]] = {}
    result: Sequence = {}
    for frame in sorted(found):
        last = {track: seen for track, seen in last.items() if frame - seen[0] <= patience}
        boxes, known = found[frame].boxes, list(last)
        table = plain_iou(boxes, np.array([last[track][1] for track in known]).reshape(-1, 4))
        ids = np.zeros(len(boxes), np.int64)
        while table.size and table.max() >= least:
            row, column = np.unravel_index(table.argmax(), table.shape)
            ids[row] = known[column]
            table[row], table[:, column] = 0, 0
        start = max([0, *(track for tracks in result.values() for track in tracks.ids.tolist())])
        ids[ids == 0] = start + 1 + np.arange(np.count_nonzero(ids == 0))
        last |= {track: (frame, box) for track, box in zip(ids.tolist(), boxes, strict=True)}
        result[frame] = Tracks.of(found[frame], ids)
    return result


def plain_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of all pairs of boxes, [n, 4] and [m, 4], written apart from the code under test; boxes without area have 0."""
    table = np.zeros((len(a), len(b)))
    for i, (ax, ay, az, aw) in enumerate(a.astype(float).tolist()):
        for j, (bx, by, bz, bw) in enumerate(b.astype(float).tolist()):
            common = max(0.0, min(az, bz) - max(ax, bx)) * max(0.0, min(aw, bw) - max(ay, by))
            if common:
                table[i, j] = common / ((az - ax) * (aw - ay) + (bz - bx) * (bw - by) - common)
    return table


def for_trackeval(truth: Sequence, result: Sequence) -> dict[str, Any]:
    """The data that TrackEval's metrics take."""
    truth = {frame: tracks[tracks.scores != 0] for frame, tracks in truth.items()}
    frames = sorted(truth.keys() | result.keys())
    data: dict[str, Any] = {"num_timesteps": len(frames)}
    sides = {}
    for name, sequence in (("gt", truth), ("tracker", result)):
        sides[name] = [sequence.get(frame, Tracks.empty()) for frame in frames]
        known = sorted({track for tracks in sides[name] for track in tracks.ids.tolist()})
        data[f"num_{name}_ids"], data[f"num_{name}_dets"] = len(known), sum(map(len, sides[name]))
        data[f"{name}_ids"] = [np.searchsorted(known, tracks.ids) for tracks in sides[name]]
    pairs = zip(sides["gt"], sides["tracker"], strict=True)
    data["similarity_scores"] = [plain_iou(a.boxes, b.boxes) for a, b in pairs]
    return data

"""Looking back from the end of a stream: tracks that are cut, joined, filled and smoothed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Embeddings, InputError, Table, Tracks
from trackside.core.units import FileName, Seconds
from trackside.perception.tracking.calibration import weightless_score
from trackside.perception.tracking.linking import FinishedTrack, Gait, LinkSettings, link_settings, tracklets_of
from trackside.perception.tracking.linking.recording import finished
from trackside.pipelines.block import block
from trackside.pipelines.kinds import OutputFolder, Recording
from trackside.pipelines.tabular import TableWriter

_OWN = LinkSettings()
_CORNERS = ("x1", "y1", "x2", "y2")
_DEVIATIONS = ("x_std_px", "y_std_px", "width_std_px", "height_std_px")


@block("track.link@1", sink=True)
def link_tracks(
    tracks: Recording[Tracks],
    folder: OutputFolder,
    embeddings: Recording[Embeddings] | None = None,
    *,
    motion: Gait = "straight line",
    gap: Seconds = _OWN.gap,
    fill: Seconds = _OWN.fill,
    at_least: Seconds = _OWN.least,
    name: FileName = "linked-tracks",
) -> None:
    """Improve the tracks once the video has ended: join those of one person, cut those that mix two, fill gaps and smooth.

    Writes a table like that of the tracks. Its column `seen` is false where somebody was not detected but must have been.
    The columns ending in `std_px` say how far off the box may be, in pixels (one standard deviation): its centre (x), its
    foot line (y), its width and its height.

    Args:
        tracks: who is where, from a block that tracks.
        folder: the results folder.
        embeddings: how each track looks (describe the tracks, not the detections); whoever left is then known again.
        motion: `straight line` for people who walk or run, `free` for players who may turn at any time.
        gap: the longest time out of sight after which somebody is still known again by the way they move.
        fill: gaps up to this long are filled with where somebody must have been.
        at_least: whoever was seen for less than this in all, or for little more and unsurely, is taken for a mistake and
            left out.
        name: the name of the files, without an ending.
    """
    table = tracks.arrow()
    names, given = _tracks_by_frame(table)
    frames, times = _frames_between(table["frame"].to_numpy(), table["time_s"].to_numpy())
    # Whoever keeps shorter tracks also keeps less sure ones.
    evidence = _OWN.evidence * min(1.0, at_least / _OWN.least)
    settings = link_settings(motion, gap=gap, fill=fill, least=at_least, evidence=evidence, even=weightless_score(given))
    features = None if embeddings is None else _vectors_by_frame(embeddings.arrow(["frame", "vector"]), given)
    linked = finished(tracklets_of(given, frames, features), times, settings)
    writer = TableWriter(folder / name, kind="Tracks")
    try:
        _write(writer, _Rows.of(linked, names), frames, times)
    finally:
        writer.close()


def _tracks_by_frame(table: Any) -> tuple[tuple[str, ...], dict[int, Tracks]]:
    """The names of the classes, and the tracks of each frame in which there are some."""
    names, places = np.unique(np.array(table["class"].to_pylist(), str), return_inverse=True)
    classes = places.astype(np.int32)
    boxes = np.column_stack([table[corner].to_numpy() for corner in _CORNERS])
    scores, ids = table["score"].to_numpy(), table["id"].to_numpy()
    known = tuple(names.tolist())
    return known, {
        frame: Tracks(boxes[rows], scores[rows], classes[rows], known, ids[rows])
        for frame, rows in _stretches(table["frame"].to_numpy())
    }


def _vectors_by_frame(table: Any, tracks: dict[int, Tracks]) -> dict[int, NDArray[np.float16]]:
    """The vectors of the tracks of each frame, in half precision: they are long, and a cosine needs three digits.

    Raises:
        InputError: a frame has vectors of something else than its tracks.
    """
    width = table["vector"].type.list_size
    parts = [part.flatten().to_numpy().reshape(len(part), width).astype(np.float16) for part in table["vector"].chunks]
    vectors = np.concatenate([np.empty((0, width), np.float16), *parts])
    found = {frame: vectors[rows] for frame, rows in _stretches(table["frame"].to_numpy())}
    for frame in tracks.keys() & found.keys():
        if len(found[frame]) != len(tracks[frame]):
            what = f"frame {frame} has embeddings of {len(found[frame])} objects, but {len(tracks[frame])} tracks"
            raise InputError(what, where="embeddings", fix="wire the tracks into `identify.embed`, not what they come from")
    return found


def _stretches(frames: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Each frame and its rows, which follow each other."""
    present, starts = np.unique(frames, return_index=True)
    ends = [*starts[1:].tolist(), len(frames)][: len(present)]
    return [(frame, slice(*ends)) for frame, *ends in zip(present.tolist(), starts.tolist(), ends, strict=True)]


def _frames_between(frames: NDArray[np.int64], times: NDArray[np.float64]) -> tuple[list[int], NDArray[np.float64]]:
    """All frames that were looked at from the first to the last with tracks, and their times, from the rows of a table.

    A table of tracks tells nothing of frames in which there were none: they are put in at even distances, as far from each
    other as those that come closest (a stream of which only every fifth picture is looked at has no frames in between).
    """
    present, rows = np.unique(frames, return_index=True)
    apart = np.diff(present)
    steps = np.maximum(np.rint(apart / apart.min()), 1) if len(apart) else apart
    places = np.concatenate([[0], np.cumsum(steps)])[: len(present)]
    if not len(present):
        return [], np.empty(0)
    wanted = np.arange(places[-1] + 1)
    numbers = np.rint(np.interp(wanted, places, present)).astype(np.int64)
    return numbers.tolist(), np.interp(wanted, places, times[rows])


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of all finished tracks, by frame and then by identity: places in the list of frames, and the columns."""

    places: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, tracks: Sequence[FinishedTrack], names: Sequence[str]) -> _Rows:
        ordered = sorted(tracks, key=lambda track: int(track.frames[0]))
        lengths = [len(track.frames) for track in ordered]
        places = np.concatenate([np.empty(0, np.int64), *(track.frames for track in ordered)])
        order = np.argsort(places, kind="stable")
        boxes = np.concatenate([np.empty((0, 4)), *(track.boxes for track in ordered)])[order].astype(np.float32)
        spread = np.concatenate([np.empty((0, 4)), *(track.deviations for track in ordered)])[order].astype(np.float32)
        columns: dict[str, NDArray[Any]] = {
            "id": np.repeat(np.arange(1, len(ordered) + 1), lengths)[order],
            "class": np.repeat(np.array([names[track.label] for track in ordered], str), lengths)[order],
            "score": np.repeat(np.array([track.score for track in ordered], np.float32), lengths)[order],
            **{corner: boxes[:, column] for column, corner in enumerate(_CORNERS)},
            "seen": np.concatenate([np.empty(0, np.bool_), *(track.seen for track in ordered)])[order],
            **{deviation: spread[:, column] for column, deviation in enumerate(_DEVIATIONS)},
        }
        return cls(places[order], columns)


def _write(writer: TableWriter, rows: _Rows, frames: Sequence[int], times: NDArray[np.float64]) -> None:
    if not len(rows.places):
        writer.add(0, 0.0, Table(rows.columns))  # No rows, but the columns.
    for place, stretch in _stretches(rows.places):
        writer.add(frames[place], float(times[place]), Table({name: each[stretch] for name, each in rows.columns.items()}))

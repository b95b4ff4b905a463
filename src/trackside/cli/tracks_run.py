"""`trackside tracks run`: tracks from a file of detections, without video."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from trackside.cli.options import parse_settings
from trackside.cli.screen import print_table
from trackside.core import InputError, OutputError, SettingError, nearest

if TYPE_CHECKING:
    from trackside.core import Detections, Tracks

_DEFAULT = "evidence"
# A day at a hundred frames a second: a frame beyond is a slip of the pen, and every frame up to it takes time and memory.
_MOST_FRAMES = 2_000_000
_PLAIN = ("float", "float | None", "int", "bool")


def run(
    detections: Annotated[Path, typer.Argument(metavar="DET", help="Detections: a file, or a folder of SEQ/det/det.txt.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="RESULT", help="The file to write; for a folder, a folder.")],
    preset: Annotated[str, typer.Option(help="evidence, bytetrack, ocsort or deep-eiou.")] = _DEFAULT,
    fps: Annotated[float | None, typer.Option("--fps", help="Frames a second; from SEQ/seqinfo.ini if not given.")] = None,
    motion: Annotated[
        str | None, typer.Option(help="How they move: 'straight line' (people who walk) or free (players).")
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Look back from the end: cut, join, fill and smooth.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="Change a setting of the tracker: name=value. May be repeated.")
    ] = None,
) -> None:
    """Track a file of detections (MOTChallenge text), without video, and write the tracks as such a file.

    A tracker decides each frame from the frames before it. With --link the finished recording is looked at as a whole.
    """
    from trackside.core.motchallenge import write_mot
    from trackside.perception.tracking.calibration import with_usual_scores
    from trackside.perception.tracking.files import frame_rate, read_sequences

    if fps is not None and not 0 < fps < float("inf"):
        raise InputError(f"need a positive number of frames a second, got {fps:g}", where="--fps")
    sequences = read_sequences(detections, inside="det/det.txt")
    single = not detections.is_dir()
    _check_out(detections, out)
    rows = []
    for name, found in sequences.items():
        rate = fps if fps is not None else frame_rate(detections if single else detections / name)
        if rate is None:
            raise InputError("no frame rate is known", where=name, fix="give --fps, such as --fps 25")
        given, ranked = with_usual_scores(found)
        if ranked:
            typer.echo(f"{name}: scores are not between 0 and 1: their ranks are taken", err=True)
        began = time.perf_counter()
        tracks = track(given, rate, preset, parse_settings(settings or []), motion=motion, link=link)
        seconds = time.perf_counter() - began
        file = out if single else out / f"{name}.txt"
        if unusable := _unusable(found):
            typer.echo(f"{name}: {unusable} boxes without area or with impossible numbers are left out", err=True)
        write_mot(file, tracks)
        rows.append(_row(name, found, tracks, seconds, file))
    print_table(("sequence", "frames", "detections", "tracks", "boxes", "frames/s", "written"), rows)


def _check_out(detections: Path, out: Path) -> None:
    """Refuse to write over the input, or over what is no file."""
    if out.exists() and out.resolve() == detections.resolve():
        raise OutputError("the result would replace the detections", where=str(out), fix="give another --out")
    if out.exists() and not detections.is_dir() and not out.is_file():
        raise OutputError("this is no file that can be replaced", where=str(out), fix="give the name of a file as --out")


def _unusable(found: Mapping[int, Detections]) -> int:
    """How many boxes a tracker does not look at."""
    import numpy as np

    from trackside.perception.tracking.usable import sound

    return sum(len(each) - int(np.count_nonzero(sound(each.boxes.T.astype(float), each.scores))) for each in found.values())


def track(
    found: Mapping[int, Detections],
    fps: float,
    preset: str,
    changes: Mapping[str, Any],
    *,
    motion: str | None = None,
    link: bool = False,
) -> dict[int, Tracks]:
    """The tracks of a recording: frame, from 1, to what is in it.

    Args:
        found: frame to detections.
        fps: frames a second.
        preset: the online tracker.
        changes: its settings to change.
        motion: how objects move, `straight line` or `free`; None for the preset's own, and for people who walk in linking.
        link: whether the finished recording is linked. What the default tracker would decide is then decided by linking
            alone, from short stretches; finished tracks of the others are cut and joined.

    Raises:
        SettingError: there is no such preset or setting, a value is impossible, or settings would change nothing.
        InputError: a frame's number is out of all reason.
    """
    from trackside.core import Detections
    from trackside.perception.tracking import Tracker
    from trackside.perception.tracking.calibration import even_score
    from trackside.perception.tracking.linking import Gait, link_recording, link_settings, track_recording
    from trackside.perception.tracking.priors import motion_prior

    if max(found, default=0) > _MOST_FRAMES:
        fix = "check the first column, which is the frame's number"
        raise InputError(f"frame {max(found)} is beyond the last that is taken, {_MOST_FRAMES}", where="detections", fix=fix)
    _check_plain(changes)
    times = {frame: frame / fps for frame in range(1, max(found, default=0) + 1)}
    settings = dict(changes)
    if preset == _DEFAULT:
        level = even_score(found)
        settings = {"low": 0.0, "high": level, "new": level, **settings}
    if motion is not None and motion not in get_args(Gait):
        fix = nearest(motion, get_args(Gait)) + "; lanes and the ground are known to pipelines only (`track.objects`)"
        raise SettingError(f"no motion {motion!r} for files", where="--motion", fix=fix)
    gait = cast("Gait | None", motion)
    beliefs = link_settings(gait or "straight line")
    tracker = Tracker(preset, motion=None if gait is None else motion_prior(gait), **settings)
    if link and preset == _DEFAULT:
        if changes:
            what = f"{', '.join(changes)} would change the online tracker, which --link alone makes no use of"
            raise SettingError(
                what, where="--set", fix="leave it out, or name another --preset, whose tracks are then linked"
            )
        return track_recording(found, times, beliefs)
    empty = Detections.empty()
    online = {}
    for frame, seconds in times.items():
        # Hours without anything cost nothing.
        if frame in found or len(tracker):
            online[frame] = tracker.update(found.get(frame, empty), seconds)
    return link_recording(online, times, beliefs) if link else online


def _check_plain(changes: Mapping[str, Any]) -> None:
    """Refuse what is no number for a setting that takes one, and settings that no single value can express."""
    from trackside.perception.tracking.settings import TrackerSettings

    kinds = {each.name: each.type for each in fields(TrackerSettings)}
    for name, value in changes.items():
        if name in kinds and kinds[name] not in _PLAIN:
            raise SettingError("can be changed from Python only", where=name, fix="leave it out")
        if name in kinds and not isinstance(value, int | float):
            raise SettingError(f"takes a number, or true or false, got {value!r}", where=name, fix=f"write -s {name}=0.5")


def _row(
    name: str, found: Mapping[int, Detections], tracks: Mapping[int, Tracks], seconds: float, file: Path
) -> tuple[str, ...]:
    identities = {int(identity) for each in tracks.values() for identity in each.ids}
    counts = max(found, default=0), sum(map(len, found.values())), len(identities), sum(map(len, tracks.values()))
    return name, *map(str, counts), f"{counts[0] / max(seconds, 1e-9):.0f}", str(file)

"""Labels of what should alarm: which video, from when to when, and if you like where and of which kind."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from trackside.core import InputError, nearest
from trackside.core.files import write_json

FORMAT = "trackside alarm labels 1"
_MOST_BYTES = 50_000_000
_TEXTS = ("place", "event", "rule", "id", "note")


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that should alarm once.

    Attributes:
        video: name of the footage, without suffix.
        start: media time in seconds from which an alarm is right.
        end: media time in seconds up to which it is.
        place: the zone or line; empty for any.
        event: what the rule calls it (enter, cross_in); empty for any.
        rule: the name that the alarm bears; empty for any.
        id: who it was, for the reader.
        note: for the reader.
        ignore: alarms in this time count neither for nor against: nobody can tell what is right there.
    """

    video: str
    start: float
    end: float
    place: str = ""
    event: str = ""
    rule: str = ""
    id: str = ""
    note: str = ""
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of some footage.

    Attributes:
        labels: in order of video and time.
        videos: every video that was labelled, also those in which nothing should alarm.
        about: how they were made.
        where: the file.
    """

    labels: tuple[Label, ...]
    videos: tuple[str, ...]
    about: str = ""
    where: str = "the labels"

    def of(self, video: str) -> tuple[Label, ...]:
        """Those of one video.

        Raises:
            InputError: it was not labelled.
        """
        if video not in self.videos:
            fix = f"{nearest(video, self.videos)}; if nothing should alarm in it, name it under `videos`"
            raise InputError(f"no labels for the video {video!r}", where=self.where, fix=fix)
        return tuple(label for label in self.labels if label.video == video)


def read_labels(path: Path) -> Labels:
    """Read a labels file (JSON).

    Raises:
        InputError: missing, too large, not JSON, empty, or a label that cannot be: names it.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("too large for a labels file", where=str(path), fix="give a file under 50 MB")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read ({error.strerror or error})", where=str(path), fix="check the path") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON ({error})", where=str(path), fix="see docs/alarms.md for the format") from None
    return parse_labels(data, where=str(path))


def parse_labels(data: Any, *, where: str = "the labels") -> Labels:
    """Check labels given as plain data.

    Raises:
        InputError: as `read_labels`.
    """
    rows = data.get("labels") if isinstance(data, Mapping) else data
    if not isinstance(rows, list):
        raise InputError("holds no list of labels", where=where, fix='write {"videos": [...], "labels": [{...}, ...]}')
    labels = [_label(row, f"{where}, label {number}") for number, row in enumerate(rows, start=1)]
    named = _videos(data, where) if isinstance(data, Mapping) else ()
    videos = tuple(dict.fromkeys([*named, *(label.video for label in labels)]))
    if not videos:
        fix = "add labels, or name under `videos` those that were watched and in which nothing should alarm"
        raise InputError("there are no labels in it", where=where, fix=fix)
    about = str(data.get("about", "")) if isinstance(data, Mapping) else ""
    return Labels(tuple(sorted(labels, key=lambda one: (one.video, one.start))), videos, about, where)


def write_labels(path: Path, labels: Iterable[Label], *, videos: Iterable[str] = (), about: str = "") -> None:
    """Write a labels file. What is empty is left out.

    Raises:
        OutputError: it cannot be written.
    """
    rows = [{name: value for name, value in asdict(label).items() if value != "" and value is not False} for label in labels]
    names = list(dict.fromkeys([*videos, *(row["video"] for row in rows)]))
    write_json(path, {"format": FORMAT, "about": about, "videos": names, "labels": rows})


def _videos(data: Mapping[str, Any], where: str) -> tuple[str, ...]:
    videos = data.get("videos", [])
    if not isinstance(videos, list) or not all(isinstance(name, str) and name for name in videos):
        raise InputError("`videos` is not a list of names", where=where, fix='write "videos": ["yard", "gate"]')
    return tuple(_stem(name) for name in videos)


def _label(row: Any, where: str) -> Label:
    if not isinstance(row, Mapping):
        raise InputError("a label is not an object", where=where, fix='write {"video": "yard", "start": 3.2, "end": 8}')
    known = [field.name for field in fields(Label)]
    for name in row:
        if name not in known:
            raise InputError(f"a label has no {name!r}", where=where, fix=nearest(str(name), known))
    video = row.get("video")
    if not isinstance(video, str) or not video:
        raise InputError("does not say which video it is of", where=where, fix='add "video": the name of its file')
    start, end = _seconds(row, "start", where), _seconds(row, "end", where)
    if end < start:
        raise InputError(f"ends at {end:g} s, before it starts at {start:g} s", where=where, fix="swap start and end")
    if not isinstance(row.get("ignore", False), bool):
        raise InputError("`ignore` is neither true nor false", where=where)
    texts = {name: str(row[name]) for name in _TEXTS if row.get(name) is not None}
    return Label(_stem(video), start, end, ignore=row.get("ignore", False), **texts)


def _seconds(row: Mapping[str, Any], name: str, where: str) -> float:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        shown = "nothing" if value is None else repr(value)[:40]
        raise InputError(f"`{name}` is {shown}", where=where, fix="give seconds of media time, from 0 up")
    return float(value)


def _stem(name: str) -> str:
    """A video's name without folder and suffix."""
    return Path(name).stem if Path(name).suffix.lower() in _SUFFIXES else Path(name).name


# Not those of `inputs`: a name such as `gate.2` has no suffix.
_SUFFIXES = frozenset((".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm", ".wmv"))

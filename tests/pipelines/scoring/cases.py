"""A small recording without pictures (synthetic), a rule on it, and what should alarm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import Detections, Tracks
from trackside.core.motchallenge import write_mot
from trackside.pipelines import Pipeline
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.scoring import Label, Labels

FPS, SECONDS = 10, 30
ZONE = [[100, 0], [300, 0], [300, 240], [100, 240]]


def box(x: float, y: float = 200.0, height: float = 80.0) -> list[float]:
    return [x - height / 6, y - height, x + height / 6, y]


def frames(*, ghosts: bool = True) -> dict[int, Tracks]:
    """Two people walk through the zone from 5 s and from 15 s on; a faint ghost blinks in it now and then."""
    found: dict[int, Tracks] = {}
    for number in range(FPS * SECONDS):
        time = number / FPS
        rows = [(box(40 * (time - start) + 60), 0.9) for start in (5, 15) if start <= time < start + 6]
        if ghosts and number % 40 in range(5, 9):
            rows.append((box(250, 120, 40), 0.35))
        if rows:
            boxes, scores = zip(*rows, strict=True)
            detections = Detections(np.array(boxes), np.array(scores), np.zeros(len(rows)), ("person",))
            found[number + 1] = Tracks.of(detections, [-1] * len(rows))
    return found


def sequence(folder: Path, name: str = "yard", **more: Any) -> Path:
    """A MOTChallenge folder without pictures."""
    path = folder / name
    (path / "det").mkdir(parents=True)
    write_mot(path / "det" / "det.txt", frames(**more))
    size = "imWidth=320\nimHeight=240\n"
    (path / "seqinfo.ini").write_text(f"[Sequence]\nname={name}\nframeRate={FPS}\nseqLength={FPS * SECONDS}\n{size}")
    return path


def pipeline(**ladder: Any) -> Pipeline:
    """A zone and a ladder behind a detector."""
    asked = {"median_score": None, "looks": 1, "stay": None, "moved": None, "dwell": None, "merge": None, "over": 0.3}
    blocks = {
        "detect": {"use": "detect.objects@1", "images": "source.images", "model": "fastestdet", "threshold": 0.1},
        "track": {"use": "track.objects@2", "detections": "detect", "high": 0.25, "low": 0.1},
        "zones": {"use": "zone.count@1", "tracks": "track", "zones": {"yard": ZONE}},
        "alarm": {
            "use": "alarm.raise@1",
            "events": "zones.events",
            "tracks": "track",
            "only": ["enter"],
            **asked,
            **ladder,
        },
    }
    return parse_pipeline({"pipeline": "yard", "blocks": blocks})


# Who starts at 60 pixels is over the zone's edge at 100 a second later, and out of it after another five.
LABELS = (Label("yard", 6.0, 11.0, "yard", id="first"), Label("yard", 16.0, 21.0, "yard", id="second"))


def labels(*names: str) -> Labels:
    """The labels, the same for each of these videos."""
    every = tuple(Label(name, one.start, one.end, one.place) for name in names or ("yard",) for one in LABELS)
    return Labels(every, names or ("yard",))

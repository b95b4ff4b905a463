"""Known online trackers as settings of one core."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from trackside.core import SettingError, nearest
from trackside.perception.tracking.kalman import Noise
from trackside.perception.tracking.settings import Existence, Round, TrackerSettings
from trackside.perception.tracking.similarity import Likeness

# The gates of ByteTrack's code (match_thresh 0.8, 0.5 and 0.7 as distances), as lowest IoU.
_BYTETRACK = TrackerSettings(
    rounds=(
        Round(like=Likeness(least=0.2)),
        Round(tracks="seen", found="faint", like=Likeness(least=0.5)),
        Round(tracks="new", like=Likeness(least=0.3)),
    ),
    paper="Zhang et al. 2022, ByteTrack: Multi-Object Tracking by Associating Every Detection Box, algorithm 1",
)
# The defaults of OC-SORT's code: iou_threshold 0.3, inertia 0.2, min_hits 3.
_OCSORT = TrackerSettings(
    rounds=(
        Round(tracks="all", like=Likeness(least=0.3), momentum=0.2),
        Round(tracks="all", like=Likeness(least=0.3), last_seen=True),
    ),
    sightings=3,
    re_update=True,
    paper="Cao et al. 2023, Observation-Centric SORT: Rethinking SORT for Robust Multi-Object Tracking, section 4",
)
# Expansion 0.7, 0.8 on strong and 0.5 on faint detections, as in section 3.2 and its code; the boxes last seen take the
# place of predictions. Appearance counts where embeddings are given.
_DEEP_EIOU = TrackerSettings(
    rounds=(
        Round(like=Likeness(least=0.2, expand=0.7), last_seen=True, appearance=1.0),
        Round(like=Likeness(least=0.2, expand=0.8), last_seen=True, appearance=1.0),
        Round(tracks="seen", found="faint", like=Likeness(least=0.5, expand=0.5), last_seen=True),
        Round(tracks="new", like=Likeness(least=0.3, expand=0.7), last_seen=True),
    ),
    keep_lost=2.0,
    paper="Huang et al. 2024, Iterative Scale-Up ExpansionIoU and Deep Features for Multi-Object Tracking in Sports",
)
# On a broad plateau of HOTA + IDF1 / 2 + MOTA / 2 over the four sequences of MOTChallenge 2015 at hand, played forwards,
# backwards and at lower frame rates. The second round catches those who turn on the spot.
_EVIDENCE = TrackerSettings(
    rounds=(
        Round(found="all", like=Likeness(least=0.34, expand=0.09), appearance=0.5),
        Round(tracks="seen", found="all", like=Likeness(least=0.3), last_seen=True, appearance=0.5),
        Round(tracks="new", found="all", like=Likeness(least=0.35)),
    ),
    keep_lost=2.2,
    existence=Existence(gain=0.35, miss=1.25, coast=0.16),
    noise=Noise(acceleration=0.23, resizing=0.02, place=0.063, size=0.07, speed=0.93, doubt=14.0),
    reach=2.0,
    filtered=True,
    paper="ours: evidence for existence (Musicki, Evans and Stankovic 1994), noise by score, boxes expanded as in Deep-EIoU",
)

PRESETS = {"evidence": _EVIDENCE, "bytetrack": _BYTETRACK, "ocsort": _OCSORT, "deep-eiou": _DEEP_EIOU}


def preset(name: str | TrackerSettings, **changes: Any) -> TrackerSettings:
    """A known tracker, by its name or as it is, with some settings changed.

    Raises:
        SettingError: there is no such preset or setting, or a value is impossible.
    """
    if isinstance(name, str):
        if name not in PRESETS:
            raise SettingError(f"no tracker {name!r}", where="tracker", fix=nearest(name, PRESETS))
        name = PRESETS[name]
    known = [setting.name for setting in fields(TrackerSettings)]
    for setting in changes:
        if setting not in known:
            raise SettingError(f"a tracker has no setting {setting!r}", where="tracker", fix=nearest(setting, known))
    return replace(name, **changes)

"""Linking: the tracks of a whole recording are cut where they are mixed, joined across gaps, filled and smoothed."""

from trackside.perception.tracking.linking.finish import FinishedTrack
from trackside.perception.tracking.linking.recording import link_recording, track_recording
from trackside.perception.tracking.linking.settings import Gait, LinkSettings, link_settings
from trackside.perception.tracking.linking.smoother import Path, smooth
from trackside.perception.tracking.linking.tracklet import Tracklet, joined, tracklets_of

__all__ = [
    "FinishedTrack",
    "Gait",
    "LinkSettings",
    "Path",
    "Tracklet",
    "joined",
    "link_recording",
    "link_settings",
    "smooth",
    "track_recording",
    "tracklets_of",
]

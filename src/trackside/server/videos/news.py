"""Telling open pages that a video changed."""

from __future__ import annotations

from trackside.server.context import Site


def publish(site: Site, video_id: str) -> None:
    """Say that there is news of a video, if somebody may listen."""
    if hub := site.services.get("events"):
        hub.publish("video", video_id)

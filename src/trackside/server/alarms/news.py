"""Telling open pages that an alarm is new or changed."""

from __future__ import annotations

from trackside.server.context import Site


def publish(site: Site, alarm_id: str) -> None:
    """Say that there is news of an alarm, if somebody may listen."""
    if hub := site.services.get("events"):
        hub.publish("alarm", alarm_id)

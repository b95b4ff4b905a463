"""Telling open pages that a data set changed."""

from __future__ import annotations

from trackside.server.context import Site


def publish(site: Site, dataset_id: str) -> None:
    """Say that there is news of a data set, if somebody may listen."""
    if hub := site.services.get("events"):
        hub.publish("dataset", dataset_id)

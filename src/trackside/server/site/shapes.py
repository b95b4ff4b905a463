"""The site's settings and state as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trackside.server.shapes import Body, Shape

Days = Annotated[int, Field(ge=1, le=3650)]


class SiteSettings(Body):
    """What an administrator sets. None keeps for ever."""

    keep_videos_days: Days | None = None
    keep_results_days: Days | None = None
    keep_alarms_days: Days | None = None


class StorageShape(Shape):
    videos: int
    results: int
    datasets: int
    incoming: int
    quota: int
    free: int


class Health(Shape):
    state: str
    version: str
    database: str
    workers: int

"""Cameras and the engine as the API shows them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from fastapi import Request, Response
from sqlalchemy import select

from trackside.pipelines.live import CameraHealth
from trackside.server.alarms.listing import open_by_camera
from trackside.server.context import Site
from trackside.server.live.service import NOT_RUNNING, LiveService, live_of
from trackside.server.live.shapes import BatchShape, BottleneckShape, CameraShape, LatencyShape, LiveHealth, StageShape
from trackside.server.live.tables import CameraRow
from trackside.server.problems import missing

_DASHBOARD = Path(__file__).parent / "grafana.json"


def all_cameras(site: Site) -> list[CameraShape]:
    """Every camera of the engine. Raises Refused (409) if none runs."""
    found = live_of(site).port().cameras()
    with site.database.session() as db:
        waiting = open_by_camera(db)
        ours = set(db.scalars(select(CameraRow.name)))
    return [_shape(camera, waiting.get(camera.name, 0), camera.name in ours) for camera in found]


def one_camera(site: Site, name: str) -> CameraShape:
    """One camera. Raises Refused: 409, no engine runs; 404, it has none of that name."""
    for camera in all_cameras(site):
        if camera.name == name:
            return camera
    raise missing("camera")


def health(live: LiveService) -> LiveHealth:
    """The engine now."""
    if not live.running:
        return LiveHealth(running=False, why=": ".join(NOT_RUNNING))
    found = live.port().health()
    return LiveHealth(
        running=found.running,
        why=found.why,
        seconds=found.seconds,
        bottleneck=BottleneckShape(stage=found.bottleneck, why=found.why),
        stages=[StageShape.model_validate(stage) for stage in found.stages],
        cameras=found.cameras,
        fps_in=found.fps_in,
        fps_wanted=found.fps_wanted,
        fps_analysed=found.fps_analysed,
        dropped=found.dropped,
        batch=BatchShape(size=found.batch, occupancy=found.occupancy),
        models=list(found.models),
    )


def picture(site: Site, name: str, request: Request, *, boxes: bool, width: int) -> Response:
    """The newest picture of a camera as JPEG. Raises Refused: 409, no engine runs; 404, no camera or no picture yet."""
    live = live_of(site)
    port = live.port()
    if not any(camera.name == name for camera in port.cameras()):
        raise missing("camera")
    jpeg = live.pictures.get((name, boxes, width), lambda: port.picture(name, boxes))
    if jpeg is None:
        raise missing("picture")
    tag = f'"{jpeg.tag}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(jpeg.data, media_type="image/jpeg", headers=headers)


@cache
def dashboard() -> str:
    """The dashboard for Grafana."""
    return _DASHBOARD.read_text("utf-8")


def _shape(camera: CameraHealth, waiting: int, ours: bool) -> CameraShape:
    return CameraShape(
        **{name: getattr(camera, name) for name in CameraShape.model_fields if hasattr(camera, name) and "_ms" not in name},
        latency_ms=LatencyShape.model_validate(camera.latency_ms),
        staleness_ms=LatencyShape.model_validate(camera.staleness_ms),
        alarms_open=waiting,
        picture=f"/api/live/cameras/{quote(camera.name, safe='')}/picture",
        origin="page" if ours else "file",
    )

"""Live cameras: what they do, their pictures; add, pause, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from trackside.server import answers
from trackside.server.access.audit import note
from trackside.server.access.people import Admin, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.library.plain import PlainText
from trackside.server.live import cameras, showing
from trackside.server.live.service import live_of
from trackside.server.live.shapes import CameraShape, LiveHealth, NewCamera

router = APIRouter(tags=["live"])
CameraName = Annotated[PlainText, Path(min_length=1, max_length=60)]
Width = Annotated[int, Query(ge=16, le=4096, description="pixels at most")]
_NO_ENGINE = answers.refusals(409)


@router.get("/live/cameras", responses=_NO_ENGINE)
def live_cameras(person: Viewer, site: SiteHere) -> list[CameraShape]:
    """Every camera, with what it does now."""
    return showing.all_cameras(site)


@router.post("/live/cameras", status_code=201, responses=_NO_ENGINE)
def add_camera(body: NewCamera, person: Admin, site: SiteHere, request: Request) -> CameraShape:
    """Watch one more camera, also after the next start."""
    cameras.add(site, body, person, request)
    return showing.one_camera(site, body.name)


@router.get("/live/cameras/{name}", responses=_NO_ENGINE)
def live_camera(name: CameraName, person: Viewer, site: SiteHere) -> CameraShape:
    """One camera."""
    return showing.one_camera(site, name)


@router.delete("/live/cameras/{name}", responses=_NO_ENGINE)
def remove_camera(name: CameraName, person: Admin, site: SiteHere, request: Request) -> State:
    """Watch a camera no more that was added here. Its alarms stay."""
    cameras.remove(site, name, person, request)
    return State()


@router.post("/live/cameras/{name}/pause", responses=_NO_ENGINE)
def pause_camera(name: CameraName, person: Admin, site: SiteHere, request: Request) -> CameraShape:
    """Let go of a camera for now."""
    return _switched(name, person, site, request, paused=True)


@router.post("/live/cameras/{name}/resume", responses=_NO_ENGINE)
def resume_camera(name: CameraName, person: Admin, site: SiteHere, request: Request) -> CameraShape:
    """Watch it again."""
    return _switched(name, person, site, request, paused=False)


@router.get(
    "/live/cameras/{name}/picture",
    response_class=Response,
    responses={**answers.file("image/jpeg"), **_NO_ENGINE},
)
def camera_picture(
    name: CameraName, person: Viewer, site: SiteHere, request: Request, boxes: bool = True, width: Width = 1280
) -> Response:
    """The newest picture of a camera; 404 before the first."""
    return showing.picture(site, name, request, boxes=boxes, width=width)


@router.get("/live/health")
def live_health(person: Viewer, site: SiteHere) -> LiveHealth:
    """What the engine does, and which stage holds it up."""
    return showing.health(live_of(site))


@router.get("/live/grafana.json", response_class=Response, responses=answers.content("application/json"))
def grafana(person: Viewer) -> Response:
    """A dashboard of Grafana for the figures at `/metrics`."""
    return Response(showing.dashboard(), media_type="application/json")


def _switched(name: str, person: Admin, site: SiteHere, request: Request, *, paused: bool) -> CameraShape:
    cameras.switch(site, name, paused=paused)
    with site.database.session() as db:
        note(db, person, "camera.pause" if paused else "camera.resume", name, request)
    return showing.one_camera(site, name)

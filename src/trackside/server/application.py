"""The whole web application: the API under `/api`, the page everywhere else, behind the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI

from trackside.server import problems
from trackside.server.access.routes import router as access
from trackside.server.alarms.channels.routes import router as alarm_channels
from trackside.server.alarms.routes import router as alarms
from trackside.server.context import Site
from trackside.server.datasets.all_routes import ROUTERS as DATASETS
from trackside.server.events.routes import router as events
from trackside.server.experiments.routes import router as experiments
from trackside.server.guard import Guard
from trackside.server.library.routes import router as library
from trackside.server.live.metrics_routes import router as metrics
from trackside.server.live.routes import router as live
from trackside.server.packages.routes import router as packages
from trackside.server.phone.routes import router as phone
from trackside.server.previews.routes import router as previews
from trackside.server.results.routes import router as results
from trackside.server.runs.routes import router as runs
from trackside.server.services import make_services, running
from trackside.server.shapes import Trouble
from trackside.server.site.routes import router as site_routes
from trackside.server.uploads.routes import router as uploads
from trackside.server.videos.routes import router as videos
from trackside.server.web import web_router
from trackside.server.webhooks.routes import router as webhooks

ROUTERS = (
    *(access, videos, uploads, phone, library, previews, runs, results, packages, *DATASETS),
    *(experiments, live, alarms, alarm_channels, webhooks, site_routes, events),
)
DESCRIPTION = "Draw a pipeline, upload video, run it, download the results. Everything the page does goes through here."
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Trouble} for status in (401, 403, 404, 409, 413, 422, 429, 507)
}


def create_app(site: Site, *, with_workers: bool = True) -> Any:
    """The application for a site, behind the guard.

    Args:
        site: its belongings.
        with_workers: whether it runs workers and the other services; tests of single endpoints do without.
    """
    return Guard(problems.Worded(_bare_app(site, with_workers=with_workers)), hosts=site.settings.names)


def describe(site: Site) -> dict[str, Any]:
    """The API's description, OpenAPI 3.1."""
    return _bare_app(site, with_workers=False).openapi()


def _bare_app(site: Site, *, with_workers: bool) -> FastAPI:
    make_services(site)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with running(site) if with_workers else nullcontext():
            yield

    app = FastAPI(
        title="Trackside",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        responses=_ERRORS,
        max_body_size=problems.MOST_BODY,
    )
    app.state.site = site
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/api")
    app.include_router(metrics)
    app.include_router(web_router())
    return app

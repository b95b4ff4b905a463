"""Every route there is, asked by nobody and by somebody who may only look."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from tests.server.access.conftest import Browser
from trackside.server.application import ROUTERS, describe
from trackside.server.context import Site

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
# What anybody may ask, and why.
PUBLIC = {
    ("get", "/api/session"): "who is signed in",
    ("post", "/api/session"): "signing in",
    ("delete", "/api/session"): "signing out",
    ("post", "/api/session/first"): "needs the code of the terminal",
    ("get", "/api/session/oidc"): "signing in",
    ("get", "/api/session/oidc/callback"): "signing in",
    ("get", "/api/health"): "monitors",
    ("options", "/api/uploads"): "what tus can do; no data",
    ("get", "/api/reports/{run_video_id}/{given}/{name}"): "needs the pass in the address",
    ("head", "/api/reports/{run_video_id}/{given}/{name}"): "needs the pass in the address",
}
# What somebody may change who may only look: what is their own.
OWN = {("put", "/api/session/password"), ("post", "/api/tokens"), ("delete", "/api/tokens/{token_id}")}
# Questions that are too long for an address: they are asked by POST and change nothing.
QUESTIONS = {("post", "/api/check"), ("post", "/api/read"), ("post", "/api/write")}


def every_route(site: Site) -> list[tuple[str, str]]:
    """All that the description names, and all that it does not."""
    described = {(method, path) for path, item in describe(site)["paths"].items() for method in item if method in METHODS}
    made = {
        (method.lower(), f"/api{route.path}")
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert described <= made
    return sorted(made)


def asked(client: Any, method: str, path: str) -> Any:
    more = {"json": {}} if method in ("post", "put", "patch") else {}
    return client.request(method.upper(), re.sub(r"\{\w+\}", "abcdefghijkl", path), **more)


def test_the_lists_name_only_routes_that_there_are(accounts_site: Site) -> None:
    assert (PUBLIC.keys() | OWN | QUESTIONS) <= set(every_route(accounts_site))


def test_nobody_is_let_in_but_to_the_public_routes(accounts_site: Site, browser: Browser) -> None:
    client = browser()
    private = [route for route in every_route(accounts_site) if route not in PUBLIC]
    assert len(private) > 40
    let_in = [(*route, status) for route in private if (status := asked(client, *route).status_code) != 401]
    assert let_in == []


@pytest.mark.usefixtures("people")
def test_a_viewer_changes_nothing(accounts_site: Site, browser: Browser) -> None:
    client = browser("viewer")
    unsafe = [route for route in every_route(accounts_site) if route[0] not in ("get", "head", "options")]
    changing = [route for route in unsafe if route not in PUBLIC and route not in OWN | QUESTIONS]
    assert len(changing) > 20
    allowed = [(*route, status) for route in changing if (status := asked(client, *route).status_code) != 403]
    assert allowed == []


@pytest.mark.usefixtures("people")
def test_an_analyst_does_not_run_the_site(accounts_site: Site, browser: Browser) -> None:
    """Healthy beside it: an administrator is not refused."""
    rooms = ("/api/people", "/api/webhooks", "/api/audit", "/api/alarm-channels")
    routes = [route for route in every_route(accounts_site) if route[1].startswith(rooms)]
    cameras = [route for route in every_route(accounts_site) if route[1].startswith("/api/live/cameras")]
    routes += [("put", "/api/site"), *(route for route in cameras if route[0] != "get")]
    analyst, admin = browser("analyst"), browser("admin")
    assert {asked(analyst, *route).status_code for route in routes} == {403}
    assert 403 not in {asked(admin, *route).status_code for route in routes}


@pytest.mark.usefixtures("people")
def test_without_the_page_s_token_nothing_is_changed(accounts_site: Site, browser: Browser) -> None:
    client = browser("admin")
    del client.headers["x-csrf-token"]
    unsafe = [route for route in every_route(accounts_site) if route[0] not in ("get", "head", "options")]
    changing = [route for route in unsafe if route not in PUBLIC]
    allowed = [(*route, status) for route in changing if (status := asked(client, *route).status_code) != 403]
    assert allowed == []

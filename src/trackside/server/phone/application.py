"""What a phone sees: one page, and the uploads that begin on it. Nothing else of the server."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request, Response

from trackside.server import problems
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.guard import Guard
from trackside.server.phone.invitations import Invitation, Invitations
from trackside.server.uploads import handling
from trackside.server.uploads.handling import Door
from trackside.server.uploads.protocol import refused

FOLDER = "Phone"
_PAGE = {"": ("index.html", "text/html"), "page.css": ("page.css", "text/css"), "page.js": ("page.js", "text/javascript")}


def phone_app(site: Site, invitations: Invitations, host: str) -> Any:
    """The application of the second listener.

    Args:
        site: the server.
        invitations: those that are open; each has its token in the address.
        host: name under which it may be addressed.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)

    def invited(token: str) -> Invitation:
        found = invitations.by_token(token)
        if found is None:
            raise refused(404, "this page is closed", "ask for a new code on the computer")
        return found

    def door(token: str, upload_id: str = "") -> Door:
        found = invited(token)
        if upload_id and upload_id not in found.uploads:
            raise refused(404, "there is no such upload", "choose the video again")
        return Door(site, found.person, f"/phone/{token}/uploads", FOLDER)

    @app.options("/phone/{token}/uploads")
    def abilities(token: str) -> Response:
        invited(token)
        return handling.abilities(site)

    @app.post("/phone/{token}/uploads")
    async def create(token: str, request: Request) -> Response:
        found = invited(token)
        if not found.takes_new:
            raise refused(410, "the time of this page is over", "ask for a new code on the computer")
        answer = await handling.create(door(token), request)
        found.uploads[answer.headers["location"].rpartition("/")[2]] = answer.headers["trackside-video"]
        found.last_bytes = now()
        return answer

    @app.head("/phone/{token}/uploads/{upload_id}")
    def offset(token: str, upload_id: str, request: Request) -> Response:
        return handling.tell(door(token, upload_id), upload_id, request)

    @app.patch("/phone/{token}/uploads/{upload_id}")
    async def append(token: str, upload_id: str, request: Request) -> Response:
        answer = await handling.append(door(token, upload_id), upload_id, request)
        invited(token).last_bytes = now()
        return answer

    @app.delete("/phone/{token}/uploads/{upload_id}")
    def stop(token: str, upload_id: str, request: Request) -> Response:
        return handling.give_up(door(token, upload_id), upload_id, request)

    @app.get("/phone/{token}/{name}")
    def page(token: str, name: str) -> Response:
        if invitations.by_token(token) is None:
            return Response(_read("closed.html"), 404, media_type="text/html")
        if name not in _PAGE:
            raise problems.missing("page")
        file, kind = _PAGE[name]
        return Response(_read(file), media_type=kind)

    app.add_api_route("/phone/{token}/", lambda token: page(token, ""), methods=["GET"])
    return Guard(app, hosts=(host,))


def _read(file: str) -> bytes:
    return (files(__package__) / "page" / file).read_bytes()

"""Serving the web app: files built from `web/`, packed beforehand, and its page at every address but those of the API."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse, HTMLResponse

from trackside.server.problems import Refused

APP = Path(__file__).parent / "app"
# Names of built files hold a hash of what is in them; the page itself is asked for every time.
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Trackside</title>
<body style="font: 16px/1.6 system-ui; max-width: 38rem; margin: 4rem auto; padding: 0 1rem">
<h1>The page is not built yet</h1><p>The server works, but its web app is missing. Run <code>make web</code> in the checkout
(it needs Node 20 or brings its own), then reload.</p></body></html>"""


def web_router(app: Path = APP) -> APIRouter:
    """The page and its files.

    Args:
        app: folder of the built web app.
    """
    router = APIRouter(include_in_schema=False)
    files = _Files(app)

    @router.get("/{path:path}", name="page")
    def page(path: str, request: Request) -> Response:
        known = files.known()
        if path == "api" or path.startswith("api/"):
            raise Refused(404, "there is nothing at this address", "see /api/openapi.json for what there is")
        if path in known:
            return _file(known, path, request)
        if PurePosixPath(path).suffix and path.startswith("assets/"):
            raise Refused(404, "this file belongs to another version of the page", "reload the page")
        return _file(known, "index.html", request) if "index.html" in known else HTMLResponse(_NOT_BUILT, 503)

    return router


class _Files:
    """The built files by name, looked up anew when the app was built anew. Only what is listed is ever handed out."""

    def __init__(self, app: Path) -> None:
        self._app = app
        self._built: int | None = None
        self._known: dict[str, Path] = {}

    def known(self) -> dict[str, Path]:
        """What there is now."""
        try:
            built: int | None = (self._app / "index.html").stat().st_mtime_ns
        except OSError:
            built = None
        if built != self._built or built is None:
            found = self._app.rglob("*") if self._app.is_dir() else ()
            self._known = {path.relative_to(self._app).as_posix(): path for path in found if path.is_file()}
            self._built = built
        return self._known


def _file(known: dict[str, Path], path: str, request: Request) -> Response:
    """A known file, compressed if the browser takes that."""
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {"cache-control": _FOR_EVER if path.startswith("assets/") else _ASK_AGAIN, "vary": "accept-encoding"}
    packed = known.get(f"{path}.gz")
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return FileResponse(packed, media_type=media_type, headers={**headers, "content-encoding": "gzip"})
    return FileResponse(known[path], media_type=media_type, headers=headers)

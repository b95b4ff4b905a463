"""Reports: pages with scripts of their own. They may run them, but as a stranger to this server.

A browser gives a stranger no cookie, and lets it read no file of ours. What a report needs, its video and its tables, it
therefore gets at an address that holds a pass: good for the files of one result, for half a day, until the server ends.
"""

from __future__ import annotations

import hmac
import time
from urllib.parse import quote

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from trackside.server.context import Site
from trackside.server.problems import Refused

HEADERS = {
    "content-security-policy": (
        "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
        "style-src 'unsafe-inline'; img-src data: blob:; media-src 'self'"
    )
}
# For what lies beside a report: it asks as a stranger.
BESIDE = {"cross-origin-resource-policy": "cross-origin"}
_SECONDS = 12 * 3600


def is_visit(name: str, request: Request) -> bool:
    """Whether a browser goes to a report, to show it. Programs that fetch the file ask for no page."""
    return name.endswith(".html") and "text/html" in request.headers.get("accept", "")


def to_report(site: Site, result_id: str, name: str) -> Response:
    """Send the browser to the report's address with a pass."""
    until = int(time.time()) + _SECONDS
    address = f"/api/reports/{result_id}/{until}-{_sign(site, result_id, until)}/{quote(name)}"
    return RedirectResponse(address, 303, {"cache-control": "no-store"})


def check_pass(site: Site, result_id: str, given: str) -> None:
    """Raises Refused (403) for a pass that is not of this result, or has run out."""
    until, _, signature = given.partition("-")
    number = int(until) if until.isascii() and until.isdigit() and len(until) < 12 else 0
    good = hmac.compare_digest(signature.encode("utf-8", "replace"), _sign(site, result_id, number).encode())
    if not good or number < time.time():
        raise Refused(403, "this address of the report has run out", "open the report again from its results")


def _sign(site: Site, result_id: str, until: int) -> str:
    return hmac.digest(site.secret, f"report {result_id} {until}".encode(), "sha256").hex()

"""Parallel coordinates of an experiment, as one page."""

from __future__ import annotations

from fastapi import Response

from trackside.lab.records import parallel_coordinates
from trackside.server.experiments.service import Records
from trackside.server.problems import Refused
from trackside.server.sending import saved_as

# The page brings a policy of its own that lets only its own script run, by hash; both hold. Ours may frame it, nobody else.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    )
}


def page(records: Records, experiment: str, *, download: bool) -> Response:
    """The page.

    Raises:
        Refused: 404, there is no such experiment; 409, it has no runs.
    """
    table = records.table(experiment)
    if not len(table):
        raise Refused(409, "the experiment has no runs to draw", "train something first")
    named = {"content-disposition": saved_as(f"{experiment}.html")} if download else {}
    return Response(parallel_coordinates(table), media_type="text/html", headers={**_HEADERS, **named})

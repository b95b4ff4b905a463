"""Agreement between annotators: what the checks found, and the draft of a labelling guide that the job wrote."""

from __future__ import annotations

from fastapi import Response

from trackside.data.workbench import Workbench
from trackside.server.datasets import reports
from trackside.server.datasets.doing import GUIDE
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.shapes import AgreementShape
from trackside.server.problems import missing
from trackside.server.results.reports import HEADERS

CHECKS = ("label-agreement", "box-agreement", "keypoint-agreement")


def shape(bench: Workbench, data: Opened, dataset_id: str) -> AgreementShape:
    """The findings about agreement; none where nothing was judged by two. Raises Refused (409) before the first check."""
    base, counts = f"/api/datasets/{dataset_id}/health", data.suspects.counts()
    found = [one for one in reports.read(bench.report_path).findings if one.check in CHECKS]
    return AgreementShape(
        annotators=data.annotators,
        findings=[reports.finding_shape(one, base, counts.get(one.check, 0)) for one in found],
        guide=f"/api/datasets/{dataset_id}/agreement/guide.html" if (bench.folder / GUIDE).is_file() else "",
    )


def guide(bench: Workbench) -> Response:
    """The draft, HTML. Raises Refused (404) if there is none."""
    try:
        html = (bench.folder / GUIDE).read_bytes()
    except OSError:
        raise missing("guide: nothing was judged by two annotators") from None
    return Response(html, media_type="text/html", headers=HEADERS)

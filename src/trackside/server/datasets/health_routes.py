"""What the checks found: the report, its evidence, agreement between annotators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from trackside.server import answers
from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere
from trackside.server.datasets import agreement, reports
from trackside.server.datasets.access import bench_of, opened
from trackside.server.datasets.shapes import AgreementShape, HealthShape
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Id

router = APIRouter(tags=["data sets"])
CheckName = Annotated[PlainText, Path(max_length=60)]
Number = Annotated[int, Path(ge=0, le=10_000)]


@router.get("/datasets/{dataset_id}/health")
def dataset_health(dataset_id: Id, person: Viewer, site: SiteHere) -> HealthShape:
    """The newest health report."""
    row, bench = bench_of(site, dataset_id)
    return reports.health_shape(reports.read(bench.report_path), row, opened(site, dataset_id).suspects.counts())


@router.get("/datasets/{dataset_id}/health.html", response_class=Response, responses=answers.content("text/html"))
def dataset_health_page(dataset_id: Id, person: Viewer, site: SiteHere) -> Response:
    """The newest health report as one page; its scripts run as a stranger to this server."""
    return reports.page(bench_of(site, dataset_id)[1].page_path)


@router.get(
    "/datasets/{dataset_id}/health/{check}/{number}.png", response_class=Response, responses=answers.content("image/png")
)
def dataset_evidence(dataset_id: Id, check: CheckName, number: Number, person: Viewer, site: SiteHere) -> Response:
    """A picture of a finding's evidence."""
    png = reports.evidence(reports.read(bench_of(site, dataset_id)[1].report_path), check, number)
    return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=600"})


@router.get("/datasets/{dataset_id}/agreement")
def dataset_agreement(dataset_id: Id, person: Viewer, site: SiteHere) -> AgreementShape:
    """How far annotators agree."""
    return agreement.shape(bench_of(site, dataset_id)[1], opened(site, dataset_id), dataset_id)


@router.get("/datasets/{dataset_id}/agreement/guide.html", response_class=Response, responses=answers.content("text/html"))
def dataset_guide(dataset_id: Id, person: Viewer, site: SiteHere) -> Response:
    """The written labelling guide, with examples of disagreements."""
    return agreement.guide(bench_of(site, dataset_id)[1])

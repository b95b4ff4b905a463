"""Augmentation: the transforms there are, and what a recipe makes of an item."""

from __future__ import annotations

from fastapi import APIRouter

from trackside.server.access.people import Analyst, Viewer
from trackside.server.context import SiteHere
from trackside.server.datasets import augmenting
from trackside.server.datasets.shapes import AugmentShape, AugmentWish, TransformForm
from trackside.server.shapes import Id

router = APIRouter(tags=["data sets"])


@router.get("/datasets/transforms")
def transforms(person: Viewer) -> list[TransformForm]:
    """The transforms that recipes are made of, with their settings."""
    return augmenting.forms()


@router.post("/datasets/{dataset_id}/augment")
async def augment(dataset_id: Id, body: AugmentWish, person: Analyst, site: SiteHere) -> AugmentShape:
    """Try a recipe on one item, and warn where it would break the label."""
    return await site.heavy.do(augmenting.tried, site, dataset_id, body)

"""Trying augmentation on an item."""

from __future__ import annotations

from trackside.server.context import Site
from trackside.server.datasets.shapes import AugmentShape, AugmentWish, TransformForm
from trackside.server.problems import Refused


def forms() -> list[TransformForm]:
    """The transforms there are."""
    raise Refused(409, "augmentation is not there yet", "wait")


def tried(site: Site, dataset_id: str, wish: AugmentWish) -> AugmentShape:
    """What a recipe makes of an item."""
    raise Refused(409, "augmentation is not there yet", "wait")

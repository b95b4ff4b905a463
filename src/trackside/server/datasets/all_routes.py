"""All routes of data sets as one router. Those with fixed words come before those with an id in the same place."""

from __future__ import annotations

from fastapi import APIRouter

from trackside.server.datasets.augment_routes import router as augment
from trackside.server.datasets.health_routes import router as health
from trackside.server.datasets.items_routes import router as items
from trackside.server.datasets.queue.routes import router as queue
from trackside.server.datasets.routes import router as datasets
from trackside.server.datasets.studies.routes import router as errors

router = APIRouter(tags=["data sets"])
for part in (augment, health, datasets, items, queue, errors):
    router.include_router(part)

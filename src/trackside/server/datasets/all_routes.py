"""All routes of data sets. Those with fixed words come before those with an id in the same place."""

from __future__ import annotations

from trackside.server.datasets.augment_routes import router as augment
from trackside.server.datasets.health_routes import router as health
from trackside.server.datasets.items_routes import router as items
from trackside.server.datasets.queue.routes import router as queue
from trackside.server.datasets.routes import router as datasets
from trackside.server.datasets.studies.routes import router as studies
from trackside.server.datasets.upload_routes import router as uploads

ROUTERS = (augment, health, datasets, items, queue, studies, uploads)

"""The services of a server, by the name under which endpoints find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trackside.server.alarms.service import AlarmsOut
from trackside.server.alarms.store import AlarmStore
from trackside.server.context import Site
from trackside.server.datasets.service import DatasetService
from trackside.server.events.service import News
from trackside.server.experiments.service import Records
from trackside.server.live.service import LiveService
from trackside.server.phone.service import PhoneService
from trackside.server.previews.service import PreviewService
from trackside.server.runs.service import RunService
from trackside.server.service import Service
from trackside.server.site.service import SiteService
from trackside.server.uploads.service import UploadService
from trackside.server.webhooks.service import WebhookService

# In the order in which they start: news first, workers last.
_MAKERS: dict[str, Callable[[Site], Service]] = {
    "events": News,
    "webhooks": WebhookService,
    "alarms-out": AlarmsOut,
    "alarms": AlarmStore,
    "live": LiveService,
    "site": SiteService,
    "uploads": UploadService,
    "phone": PhoneService,
    "previews": PreviewService,
    "datasets": DatasetService,
    "experiments": Records,
    "runs": RunService,
}


def make_services(site: Site) -> None:
    """Make all services of a site; none is started."""
    for name, make in _MAKERS.items():
        site.services.setdefault(name, make(site))


@contextmanager
def running(site: Site) -> Iterator[None]:
    """Start all services, in order; stop them in the opposite order."""
    started: list[Service] = []
    try:
        for service in site.services.values():
            service.start()
            started.append(service)
        yield
    finally:
        for service in reversed(started):
            service.stop()

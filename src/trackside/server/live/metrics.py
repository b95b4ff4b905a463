"""Figures for monitors in Prometheus' text format, read from the engine and the tables at the moment they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import monotonic
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from trackside.pipelines.live import CameraHealth, EngineHealth, Latency
from trackside.server.alarms import outbox
from trackside.server.alarms.tables import AlarmChannelRow, AlarmRow
from trackside.server.context import Site
from trackside.server.live.service import live_of
from trackside.server.live.shapes import CameraState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATES: tuple[str, ...] = get_args(CameraState)
# Values that a label may have at most; a monitor keeps each for months. The rest counts under `other`.
MOST_CAMERAS, MOST_CAUSES, MOST_RULES = 1000, 20, 2000
OTHER = "other"
# Seconds for which counts from the tables serve.
_FRESH = 5.0
_QUANTILES = (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"))


class Figures(Collector):
    """All figures of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._counted: list[Metric] = []
        self._until = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """All figures now."""
        live = live_of(self._site)
        yield _gauge("trackside_engine_up", "Whether an engine watches cameras.", float(live.running))
        if live.running:
            port = live.port()
            yield from _engine(port.health())
            yield from _cameras(port.cameras()[:MOST_CAMERAS])
        yield from self._taken()
        yield from self._stored()

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are known when they are asked for."""
        return iter(())

    def _taken(self) -> Iterator[Metric]:
        store = self._site.services["alarms"]
        total = CounterMetricFamily("trackside_alarms", "Alarms since the start.", labels=("camera", "rule"))
        rest = 0
        for number, (key, count) in enumerate(sorted(store.taken.items())):
            if number < MOST_RULES:
                total.add_metric(key, count)
            else:
                rest += count
        if rest:
            total.add_metric((OTHER, OTHER), rest)
        yield total
        lost = CounterMetricFamily("trackside_alarms_lost", "Alarms that neither the disk nor the database took.")
        lost.add_metric((), store.lost)
        yield lost
        yield _gauge("trackside_alarms_spooled", "Alarms on the disk that wait for the database.", store.waiting)

    def _stored(self) -> list[Metric]:
        """What stands in the tables; the last known if the database does not answer."""
        with self._lock:
            if monotonic() >= self._until:
                try:
                    self._counted = list(_counted(self._site))
                    self._until = monotonic() + _FRESH
                except SQLAlchemyError:
                    pass
            return self._counted


class Metrics:
    """The text of `/metrics`."""

    def __init__(self, site: Site) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Figures(site))

    def text(self) -> bytes:
        """All figures now."""
        return generate_latest(self._registry)


def _engine(health: EngineHealth) -> Iterator[Metric]:
    yield _gauge("trackside_engine_running", "Whether the engine takes pictures.", float(health.running))
    yield _gauge("trackside_engine_seconds", "Seconds since the engine was started.", health.seconds)
    yield _gauge("trackside_batch_size", "Most pictures in one call of a model.", health.batch)
    yield _gauge("trackside_batch_occupancy", "Share of the places in batches that were filled lately.", health.occupancy)
    busy = GaugeMetricFamily("trackside_stage_busy", "Share of the time in which a stage worked.", labels=("stage",))
    queue = GaugeMetricFamily("trackside_stage_queue", "What waits before a stage.", labels=("stage",))
    threads = GaugeMetricFamily("trackside_stage_threads", "How many threads work at a stage.", labels=("stage",))
    held = GaugeMetricFamily("trackside_bottleneck", "1 for the stage that holds up the rest.", labels=("stage",))
    for stage in health.stages:
        busy.add_metric((stage.name,), stage.busy)
        queue.add_metric((stage.name,), stage.queue)
        threads.add_metric((stage.name,), stage.threads)
        held.add_metric((stage.name,), float(stage.name == health.bottleneck))
    yield from (busy, queue, threads, held)


def _cameras(cameras: list[CameraHealth]) -> Iterator[Metric]:
    rates = (
        ("in", "Pictures a second that a camera sent lately.", "fps_in"),
        ("wanted", "Pictures a second that are to be looked at.", "fps_wanted"),
        ("analysed", "Pictures a second that went through the whole pipeline lately.", "fps_analysed"),
    )
    for name, text, attribute in rates:
        rate = GaugeMetricFamily(f"trackside_camera_fps_{name}", text, labels=("camera",))
        for camera in cameras:
            rate.add_metric((camera.name,), getattr(camera, attribute))
        yield rate
    yield from _totals(cameras)
    yield _latency("latency", "Seconds from capture to the end of the pipeline.", cameras)
    yield _latency("staleness", "Seconds from capture to the moment at which the model got the picture.", cameras)
    state = GaugeMetricFamily("trackside_camera_state", "1 for the state that a camera is in.", labels=("camera", "state"))
    for camera in cameras:
        for one in STATES:
            state.add_metric((camera.name, one), float(camera.state == one))
    yield state


def _totals(cameras: list[CameraHealth]) -> Iterator[Metric]:
    analysed = CounterMetricFamily("trackside_camera_analysed", "Pictures that were looked at.", labels=("camera",))
    again = CounterMetricFamily("trackside_camera_reconnects", "How often a camera was connected again.", labels=("camera",))
    text = "Pictures that were to be looked at and were not."
    dropped = CounterMetricFamily("trackside_camera_dropped", text, labels=("camera", "cause"))
    for camera in cameras:
        analysed.add_metric((camera.name,), camera.analysed)
        again.add_metric((camera.name,), camera.reconnects)
        causes = sorted(camera.dropped.items())
        for cause, count in causes[:MOST_CAUSES]:
            dropped.add_metric((camera.name, cause), count)
        if rest := sum(count for _, count in causes[MOST_CAUSES:]):
            dropped.add_metric((camera.name, OTHER), rest)
    yield from (analysed, again, dropped)


def _latency(name: str, text: str, cameras: list[CameraHealth]) -> Metric:
    """Quantiles as a gauge: they are of the last looks, not of all time, as a summary's would be."""
    made = GaugeMetricFamily(f"trackside_camera_{name}_seconds", text, labels=("camera", "quantile"))
    for camera in cameras:
        found: Latency = getattr(camera, f"{name}_ms")
        for quantile, attribute in _QUANTILES:
            if (value := getattr(found, attribute)) is not None:
                made.add_metric((camera.name, quantile), value / 1000)
    return made


def _counted(site: Site) -> Iterator[Metric]:
    """Alarms and messages in the tables."""
    kept = GaugeMetricFamily("trackside_alarms_kept", "Alarms that are kept.", labels=("camera", "rule", "state"))
    waiting = GaugeMetricFamily("trackside_deliveries_waiting", "Messages that wait to be sent.", labels=("channel",))
    keys = (AlarmRow.camera, AlarmRow.rule, AlarmRow.state)
    with site.database.session() as db:
        rows = db.execute(select(*keys, func.count()).group_by(*keys).order_by(*keys).limit(MOST_RULES)).all()
        titles = {row.id: row.title for row in db.execute(select(AlarmChannelRow.id, AlarmChannelRow.title))}
        counts = outbox.waiting(db)
    for camera, rule, state, count in rows:
        kept.add_metric((camera, rule, state), count)
    for channel, title in titles.items():
        waiting.add_metric((f"{title} ({channel})",), counts.get(channel, 0))
    yield from (kept, waiting)


def _gauge(name: str, text: str, value: float) -> Metric:
    made = GaugeMetricFamily(name, text)
    made.add_metric((), value)
    return made

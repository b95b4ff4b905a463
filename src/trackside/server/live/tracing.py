"""Where the time of single pictures goes, as traces for OpenTelemetry.

Nothing happens unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set and the extra `observe` is installed. Then each picture that the
engine samples becomes one trace: a span for the whole way and one for each stage, with the times at which they happened.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from trackside import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

log = logging.getLogger("trackside.server.live")

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
Timings = Mapping[str, tuple[float, float]]
_WHOLE = "picture"


class Tracer:
    """Turns timings into traces.

    Args:
        processor: what takes finished spans.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        name = os.environ.get("OTEL_SERVICE_NAME", "trackside")
        self._provider: TracerProvider = TracerProvider(
            resource=Resource.create({"service.name": name, "service.version": __version__})
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("trackside.live", __version__)

    def spans(self, camera: str, timings: Timings, facts: Mapping[str, str | float] | None = None) -> None:
        """One trace of one picture.

        Args:
            camera: whose it is.
            timings: from the stage's name to its beginning and end in seconds since 1970.
            facts: what else is known of the picture, such as its alarm.
        """
        from opentelemetry import context, trace

        if not timings:
            return
        facts = {"camera": camera, **(facts or {})}
        first, last = min(start for start, _ in timings.values()), max(end for _, end in timings.values())
        # A trace of its own, whatever else goes on in this thread.
        whole = self._tracer.start_span(_WHOLE, context.Context(), start_time=_ns(first), attributes=facts)
        inside = trace.set_span_in_context(whole)
        for stage, (start, end) in sorted(timings.items(), key=lambda one: one[1]):
            span = self._tracer.start_span(stage, inside, start_time=_ns(start), attributes={"camera": camera})
            span.end(_ns(max(start, end)))
        whole.end(_ns(last))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def spans(camera: str, timings: Timings, facts: Mapping[str, str | float] | None = None) -> None:
    """One trace of one picture (see `Tracer.spans`), if the environment asks for traces; cheap if not. Never raises."""
    tracer = configured()
    if tracer is None:
        return
    try:
        tracer.spans(camera, timings, facts)
    except Exception:
        log.exception("a trace cannot be made")


@cache
def configured() -> Tracer | None:
    """The tracer that the environment asks for; None without `OTEL_EXPORTER_OTLP_ENDPOINT` or without what it needs."""
    if not os.environ.get(ENDPOINT):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("%s is set, but no traces are sent: run pip install 'trackside[observe]'", ENDPOINT)
        return None
    # It sends in a thread of its own, and drops what does not fit: tracing never holds up the engine.
    processor: Any = BatchSpanProcessor(OTLPSpanExporter())
    return Tracer(processor)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)

"""Traces of pictures, as OpenTelemetry's own exporter hears them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from trackside.server.live import tracing

pytest.importorskip("opentelemetry.sdk")
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

T = 1.79e9
TIMINGS = {
    "wait": (T + 0.02, T + 0.05),
    "decode": (T, T + 0.02),
    "inference": (T + 0.06, T + 0.09),
    "prepare": (T + 0.05, T + 0.06),
    "lane": (T + 0.09, T + 0.1),
    "deliver": (T + 0.1, T + 0.11),
}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    tracing.configured.cache_clear()
    yield
    tracing.configured.cache_clear()


def test_a_picture_is_one_trace_with_a_span_for_each_stage() -> None:
    exporter = InMemorySpanExporter()
    tracer = tracing.Tracer(SimpleSpanProcessor(exporter))
    tracer.spans("gate", TIMINGS, {"alarm": "abc"})
    tracer.spans("roof", {"decode": (T, T + 1)})
    tracer.close()
    *stages, whole, other, another = exporter.get_finished_spans()
    assert [span.name for span in stages] == ["decode", "wait", "prepare", "inference", "lane", "deliver"]
    assert (whole.name, dict(whole.attributes or {})) == ("picture", {"camera": "gate", "alarm": "abc"})
    assert {span.parent.span_id for span in stages if span.parent} == {whole.context.span_id}
    assert {span.context.trace_id for span in (*stages, whole)} == {whole.context.trace_id}
    assert other.context.trace_id == another.context.trace_id != whole.context.trace_id
    times = {span.name: (span.start_time, span.end_time) for span in (*stages, whole)}
    assert times["inference"] == (round((T + 0.06) * 1e9), round((T + 0.09) * 1e9))
    assert times["picture"] == (round(T * 1e9), round((T + 0.11) * 1e9))
    assert whole.resource.attributes["service.name"] == "trackside"


def test_nothing_to_tell_is_no_trace() -> None:
    exporter = InMemorySpanExporter()
    tracer = tracing.Tracer(SimpleSpanProcessor(exporter))
    tracer.spans("gate", {})
    assert exporter.get_finished_spans() == ()


def test_nobody_asked_and_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    tracing.spans("gate", TIMINGS)
    assert tracing.configured() is None


def test_the_environment_asks_for_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    tracer = tracing.configured()
    assert tracer is not None
    assert tracing.configured() is tracer


def test_without_the_extra_it_is_said_once_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    for _ in range(3):
        tracing.spans("gate", TIMINGS)
    assert len(caplog.records) == 1
    assert "trackside[observe]" in caplog.text


def test_a_trace_that_cannot_be_made_does_not_reach_the_engine(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = InMemorySpanExporter()
    tracer = tracing.Tracer(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "configured", lambda: tracer)
    tracing.spans("gate", {"decode": (float("nan"), 1.0)})
    assert "cannot be made" in caplog.text
    tracing.spans("gate", TIMINGS)
    assert len(exporter.get_finished_spans()) == 7

"""The API is asked by chance, from its own description: it never fails, and answers as it says (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import ASGIClient
from schemathesis.specs.openapi import checks

from tests.server.world import TUS, World, furnished
from trackside.server.context import Site

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ADDRESS = "http://127.0.0.1"
# What takes away comes last, so that the rest finds what there is.
LAST = ("DELETE", "/cancel", "/install", "/restore")


def operations(world: World) -> list[Any]:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", world.app, headers={"host": "127.0.0.1"})
    found = [one.ok() for one in schema.get_all_operations()]
    assert len(found) > 80
    return sorted(found, key=lambda one: any(word in f"{one.method.upper()} {one.path}" for word in LAST))


@st.composite
def cases(draw: st.DrawFn, operation: Any, world: World) -> Case:
    """A request by chance, in which real ids and values stand by chance too."""
    mode = draw(st.sampled_from(list(GenerationMode)))
    try:
        case: Case = draw(operation.as_strategy(mode))
    except Exception:
        raise
    for name in case.path_parameters:
        there = next((values for key, values in world.known.items() if case.path.startswith(key)), world.known.get(name))
        if there and draw(st.integers(0, 3)):
            case.path_parameters[name] = draw(st.sampled_from(there))
    for held in (case.query, case.body):
        _make_real(draw, held, world)
    if "/uploads" in case.path:
        case.headers.update({key: value for key, value in TUS.items() if draw(st.integers(0, 5))})
    return case


def _make_real(draw: st.DrawFn, held: Any, world: World) -> None:
    if not isinstance(held, dict):
        return
    for name in held:
        there = world.known.get("video" if name == "videos" else name)
        if there and draw(st.integers(0, 2)):
            real = draw(st.sampled_from(there))
            held[name] = [real] if name == "videos" else real


def faults(world: World, examples: int, *, chance: bool = False) -> Iterator[str]:
    """All operations that fail, each with the request that shows it."""
    with ASGIClient(world.app, ADDRESS) as client:
        for operation in operations(world):

            @settings(
                max_examples=examples,
                deadline=None,
                derandomize=not chance,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(cases(operation, world))
            def ask(case: Case) -> None:
                answer = case.call(base_url=ADDRESS, session=client, headers=world.headers)
                case.validate_response(answer, checks=CHECKS)

            try:
                ask()
            except (Exception, BaseExceptionGroup) as error:
                yield f"{operation.label}: {type(error).__name__}: {error}"


def test_without_accounts(site: Site, tmp_path: Path) -> None:
    with furnished(site, tmp_path) as world:
        assert list(faults(world, 8)) == []

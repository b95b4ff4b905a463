"""The API is asked by chance, from its own description: it never fails, and answers as it says (schemathesis).

Left out is only `/api/events`, a stream without end; it is not in the description. The page for a phone listens on loopback
here, and no model is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import ASGIClient
from schemathesis.specs.openapi import checks

from tests.server.world import TUS, World, furnished
from trackside.server.context import Site

ADDRESS = "http://127.0.0.1"
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# What takes away comes last, so that the rest finds what there is.
LAST = ("DELETE", "/cancel", "/install")


def operations(world: World) -> list[Any]:
    """All that the description holds."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", world.app, headers={"host": "127.0.0.1"})
    found = [one.ok() for one in schema.get_all_operations()]
    return sorted(found, key=lambda one: any(word in f"{one.method.upper()} {one.path}" for word in LAST))


@st.composite
def cases(draw: st.DrawFn, operation: Any, world: World) -> Case:
    """A request by chance, right or wrong; real ids and values stand in it by chance too."""
    case: Case = draw(st.sampled_from(list(GenerationMode)).flatmap(operation.as_strategy))
    for name in case.path_parameters:
        there = world.at(case.path, name)
        if there and draw(st.integers(0, 3)):
            case.path_parameters[name] = draw(st.sampled_from(there))
    for held in (case.query, case.body):
        if isinstance(held, dict):
            _make_real(draw, held, world)
    if "/uploads" in case.path:
        case.headers.update({name: value for name, value in TUS.items() if draw(st.integers(0, 5))})
    return case


def _make_real(draw: st.DrawFn, held: dict[str, Any], world: World) -> None:
    for name in held:
        there = world.known.get(name)
        if there and draw(st.integers(0, 2)):
            held[name] = draw(st.sampled_from(there))


def faults(world: World, examples: int) -> Iterator[str]:
    """What is wrong with the answers, with the request that shows it; at most one for each operation."""
    asked = settings(
        max_examples=examples,
        deadline=None,
        derandomize=examples < 20,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with ASGIClient(world.app, ADDRESS) as client:
        for operation in operations(world):
            try:
                asked(given(cases(operation, world))(lambda case: ask(case, client, world)))()
            except (Exception, BaseExceptionGroup) as error:
                yield f"{operation.label}: {type(error).__name__}: {error}"


def ask(case: Case, client: ASGIClient, world: World) -> None:
    answer = case.call(base_url=ADDRESS, session=client, headers=world.headers)
    case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("examples", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_whoever_may_do_everything(examples: int, site: Site, tmp_path: Path) -> None:
    with furnished(site, tmp_path) as world:
        assert len(operations(world)) > 80
        assert list(faults(world, examples)) == []


@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_an_analyst_by_token_and_nobody(examples: int, accounts_site: Site, tmp_path: Path) -> None:
    with furnished(accounts_site, tmp_path) as world:
        assert list(faults(replace(world, headers={}), max(examples // 3, 1))) == []
        assert list(faults(world, examples)) == []


def test_faults_are_found_and_what_is_right_is_not() -> None:
    app = FastAPI(openapi_url="/api/openapi.json")

    @app.get("/right")
    def right() -> dict[str, int]:
        return {"a": 1}

    @app.get("/status")
    def status() -> dict[str, int]:
        raise HTTPException(409)

    @app.get("/form")
    def form() -> dict[str, int]:
        return JSONResponse({"a": "text"})  # type: ignore[return-value]

    @app.get("/type")
    def kind() -> dict[str, int]:
        return PlainTextResponse("{}")  # type: ignore[return-value]

    @app.get("/deep/{number}")
    def deep(number: int) -> int:
        return 1 // (number - 123_456)

    found = list(faults(World(app, known={"number": [123_456]}), 8))
    assert [one.partition(":")[0] for one in found] == ["GET /status", "GET /form", "GET /type", "GET /deep/{number}"]

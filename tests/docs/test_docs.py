"""The docs say what the code does."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from trackside.pipelines.block import BLOCKS
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_generated_pages_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.pages().items():
        toys = {name for name in BLOCKS if not BLOCKS[name].target.__module__.startswith("trackside")}
        if not toys:  # Toy blocks of other tests in this process are no part of the docs.
            assert path.read_text(encoding="utf-8") == text, f"run `make docs`: {path.name} is out of date"


def test_every_block_of_ours_is_in_the_reference() -> None:
    page = (DOCS / "blocks.md").read_text(encoding="utf-8")
    for spec in BLOCKS.values():
        if spec.target.__module__.startswith("trackside"):
            assert f"## `{spec.name}`" in page
            for name in (*spec.wired_inputs, *spec.settings.model_fields):
                assert f"| `{name}` |" in page


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_pipelines_in_the_docs_compile(page: Path) -> None:
    import yaml

    for text in re.findall(r"```yaml\n(pipeline:.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        assert compile_pipeline(parse_pipeline(yaml.safe_load(text))).nodes


def test_links_between_pages_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", ["README.md", "docs/measured.md"])
def test_published_numbers_are_those_of_the_benchmarks(page: str) -> None:
    """Each row `| claim | value | goal | benchmark |` stands in that benchmark's results."""
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (-?[\d.]+) \w*.* \| `(\w+)` \|$", text, re.MULTILINE)
    assert rows
    for name, value, benchmark in rows:
        results = json.loads((ROOT / "benchmarks" / "results" / f"{benchmark}.json").read_text())
        values = {claim["name"]: claim["value"] for claim in results["claims"]}
        assert name in values, f"{benchmark} makes no claim {name!r}"
        assert float(value) == pytest.approx(values[name], rel=0.01)


def test_the_schema_accepts_what_the_compiler_accepts() -> None:
    schema = json.loads((DOCS / "pipeline.schema.json").read_text())
    used = {name for branch in schema["$defs"]["BlockUse"]["oneOf"] for name in branch["properties"]["use"]["enum"]}
    assert {spec.name for spec in BLOCKS.values() if spec.target.__module__.startswith("trackside")} <= used


def test_every_setting_of_the_server_is_in_the_docs() -> None:
    pytest.importorskip("fastapi", reason="needs the extra `serve`")
    from trackside.server.settings import ServerSettings

    page = (DOCS / "server.md").read_text(encoding="utf-8")
    for name in ServerSettings.model_fields:
        assert f"`{name}`" in page, f"docs/server.md does not tell of {name}"

"""Make the pages that come from the code: the block reference and the JSON Schema of pipeline files."""

from __future__ import annotations

import json
from pathlib import Path

from trackside.pipelines.reference import reference_page
from trackside.pipelines.schema import pipeline_schema

DOCS = Path(__file__).parent


def pages() -> dict[Path, str]:
    """Each generated page and its text."""
    return {
        DOCS / "blocks.md": reference_page(),
        DOCS / "pipeline.schema.json": json.dumps(pipeline_schema(), indent=2) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(DOCS.parent)}")

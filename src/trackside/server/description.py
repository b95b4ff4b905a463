"""The API's description, written to a file: the web app's types are made from it.

python -m trackside.server.description web/openapi.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trackside.core.files import write_text
from trackside.server.application import describe
from trackside.server.context import open_site
from trackside.server.settings import ServerSettings


def description() -> dict[str, Any]:
    """OpenAPI 3.1 of the whole application."""
    with TemporaryDirectory() as folder:
        site = open_site(ServerSettings(data=Path(folder)))
        try:
            return describe(site)
        finally:
            site.database.close()


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), json.dumps(description(), indent=1) + "\n")

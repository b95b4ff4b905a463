"""Archives, good and bad, and sending them."""

from __future__ import annotations

import base64
import io
import tarfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.server.uploads.tus import PART, TUS
from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow

BASE = "/api/datasets/uploads"


def zipped(root: Path, top: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A ZIP of a folder, below `top`; `more` files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, f"{top}{path.relative_to(root).as_posix()}")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(root: Path, top: str = ".", packing: str = "") -> bytes:
    """A TAR of a folder, packed as `gz`, `bz2`, `xz` or not at all."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packing}") as archive:  # type: ignore[call-overload]
        archive.add(root, top)
    return out.getvalue()


class Sent:
    """Sends archives, and does what the server's processes would do.

    Args:
        client: speaks to the server.
        site: the server, none of whose workers run.
    """

    def __init__(self, client: Any, site: Site) -> None:
        self.client, self.site = client, site

    def create(self, name: str, length: int, called: str = "") -> Any:
        told = {"filename": name, "name": called}
        coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items() if value)
        return self.client.post(BASE, headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": coded})

    def __call__(self, name: str, data: bytes, called: str = "") -> str:
        """Send all and give the data set's id, once it is in the list."""
        made = self.create(name, len(data), called)
        assert made.status_code == 201, made.text
        part = self.client.patch(made.headers["location"], headers={**PART, "Upload-Offset": "0"}, content=data)
        assert part.status_code == 204, part.text
        dataset_id = str(made.headers["trackside-dataset"])
        self.taken_over(dataset_id)
        return dataset_id

    def taken_over(self, dataset_id: str) -> None:
        """Wait until a data set is in the list."""
        deadline = time.monotonic() + 60
        while self.client.get(f"/api/datasets/{dataset_id}").status_code != 200:
            assert time.monotonic() < deadline, "it never came into the list"
            time.sleep(0.02)

    def checked(self, dataset_id: str) -> dict[str, Any]:
        """A data set after its check, by the process that the server would begin; only the quickest check is asked."""
        with self.site.database.session() as db:
            row = db.get_one(DatasetRow, dataset_id)
            row.state, row.wish = "waiting", {"only": ["corrupt-files"], "features": "plain"}
        self.site.services["datasets"].work()
        told: dict[str, Any] = self.client.get(f"/api/datasets/{dataset_id}").json()
        return told

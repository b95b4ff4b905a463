"""A client of the tus protocol for tests, and films to send."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

from tests.media.films import make_film

TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


def film_bytes(folder: Path, name: str = "film.mp4", frames: int = 20, **more: Any) -> bytes:
    """A small synthetic film."""
    folder.mkdir(parents=True, exist_ok=True)
    return make_film(folder / name, frames, **more).read_bytes()


def metadata(**values: str) -> str:
    """`Upload-Metadata`."""
    coded = {
        key: base64.b64encode(value.encode("utf-8", "surrogatepass")).decode() for key, value in values.items() if value
    }
    return ",".join(f"{key} {value}" for key, value in coded.items())


class Tus:
    """Uploads through any client that speaks like httpx."""

    def __init__(self, client: Any, base: str = "/api/uploads") -> None:
        self.client, self.base = client, base

    def create(self, name: str, length: int, *, folder: str = "", body: bytes | None = None, **headers: str) -> Any:
        told = {**(TUS if body is None else PART), "Upload-Length": str(length)}
        told |= {"Upload-Metadata": metadata(filename=name, folder=folder), **headers}
        return self.client.post(self.base, headers=told, content=body)

    def patch(self, url: str, offset: int, data: Any, **headers: str) -> Any:
        return self.client.patch(url, headers={**PART, "Upload-Offset": str(offset), **headers}, content=data)

    def offset(self, url: str) -> int:
        answer = self.client.head(url, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=TUS)

    def send(self, name: str, data: bytes, *, folder: str = "") -> str:
        """Send all and give the video's id."""
        made = self.create(name, len(data), folder=folder)
        assert made.status_code == 201, made.text
        answer = self.patch(made.headers["location"], 0, data)
        assert answer.status_code == 204, answer.text
        return str(made.headers["trackside-video"])

    def settled(self, video_id: str) -> dict[str, Any]:
        """A video when it has been probed."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            video: dict[str, Any] = self.client.get(f"/api/videos/{video_id}").json()
            if video["state"] in ("ready", "unusable"):
                return video
            time.sleep(0.05)
        raise AssertionError(video)


def problem(answer: Any) -> str:
    """What an answer complains about."""
    return str(answer.json()["problems"][0]["what"])


def on_disk(folder: Path) -> list[str]:
    """All files under a folder, but for the database."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not path.startswith("trackside.db"))

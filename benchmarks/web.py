"""Claims: the server of the web application is quick. Lists of 10,000 runs (SYNTHETIC rows) come in under 100 ms, an
upload runs at 0.8 of the disk's speed with constant memory, and the first picture of a try comes in under 2 s, models warm.

The server is a process of its own; requests go over loopback. Lists: median and 95th percentile of 40 requests each.
Upload: 1 GiB of random bytes by `trackside.Client`'s uploader against a copy of the same file with fsync, in turns, five
rounds, each with its source in the page cache. Try: time from the request to the first picture, as a client that asks every
20 ms sees it, on the video of `make demo`; median of five after one that warms the models.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.harness import Claim, in_turns, median, ratios, report
from benchmarks.web_server import Running, fill, serving
from trackside.client import Client
from trackside.client.connection import Connection
from trackside.client.uploading import upload
from trackside.models import fetch_sample, pull
from trackside.pipelines import find_pipeline

RUNS, GIB, ROUNDS = 10_000, 2**30, 5
LISTS = {
    "first page": "/api/runs?limit=50",
    "one state": "/api/runs?limit=50&state=failed",
    "search": "/api/runs?limit=50&q=run+0999",
    "one pipeline's": "/api/runs?limit=50&pipeline={pipeline}",
    "pipelines": "/api/pipelines?limit=50",
    "videos": "/api/videos?limit=50",
    "queue": "/api/queue",
}
PEERS = {"SQLite": "", "PostgreSQL": os.environ.get("TRACKSIDE_TEST_DATABASE", "")}


def main() -> None:
    """Measure and report."""
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        for database, url in PEERS.items():
            if database == "SQLite" or url:
                measure_lists(folder, database, url, rows, claims)
        with serving(folder / "work") as server:
            measure_upload(folder, server, rows, claims)
            measure_try(server, rows, claims)
    report("web", rows, claims, method=" ".join((__doc__ or "").split()))


def measure_lists(folder: Path, name: str, url: str, rows: list[dict[str, Any]], claims: list[Claim]) -> None:
    """Lists at 10,000 runs."""
    fill(folder / name, RUNS, database=url)
    slowest = 0.0
    with serving(folder / name, database=url) as server, httpx.Client(base_url=server.address, timeout=60) as http:
        pipeline = http.get("/api/pipelines?limit=1").json()["items"][0]["id"]
        for what, path in {**LISTS, "page 150": _deep(http)}.items():
            times = sorted(_timed_get(http, path.format(pipeline=pipeline)) for _ in range(40))
            rows.append({"what": f"{name}, {what}", "median ms": median(times), "95th ms": times[37]})
            slowest = max(slowest, times[37])
    claims.append(Claim(f"slowest list at 10,000 runs, 95th percentile, {name}", slowest, "ms", "<= 100"))


def _deep(http: httpx.Client) -> str:
    cursor = ""
    for _ in range(150):
        cursor = http.get("/api/runs", params={"limit": 50, "cursor": cursor}).json()["next"]
    return str(httpx.URL("/api/runs", params={"limit": 50, "cursor": cursor}))


def _timed_get(http: httpx.Client, path: str) -> float:
    start = time.perf_counter()
    answer = http.get(path)
    took = 1000 * (time.perf_counter() - start)
    assert answer.status_code == 200, answer.text
    return took


def measure_upload(folder: Path, server: Running, rows: list[dict[str, Any]], claims: list[Claim]) -> None:
    """A gibibyte over loopback against a copy on the disk."""
    source = folder / "source.bin"
    with source.open("wb") as file:
        for _ in range(GIB >> 24):
            file.write(os.urandom(1 << 24))
    connection = Connection(server.address)
    before = server.peak_mib()
    calls = {
        "copy": lambda: copy(source, folder / "copy.bin"),
        "upload": lambda: upload(connection, source),
    }
    found = in_turns(calls, ROUNDS)
    walls = {name: [timing.wall for timing in timings] for name, timings in found.items()}
    for name, times in walls.items():
        rows.append({"what": f"{name} of 1 GiB", "median ms": 1000 * median(times), "95th ms": 1000 * max(times)})
    claims.append(Claim("upload / disk speed", ratios(walls["copy"], walls["upload"]), "ratio", ">= 0.8"))
    claims.append(Claim("memory that five uploads of 1 GiB add to the server", server.peak_mib() - before, "MiB", "<= 64"))


def copy(source: Path, target: Path) -> None:
    """What the disk can do: read, write, and be sure that it is there."""
    with source.open("rb") as read, target.open("wb") as write:
        shutil.copyfileobj(read, write, 1 << 20)
        write.flush()
        os.fsync(write.fileno())


def measure_try(server: Running, rows: list[dict[str, Any]], claims: list[Claim]) -> None:
    """The first picture after `try`."""
    path = fetch_sample("sports2d-demo")
    for model in ("fastestdet", "blazepose-detector", "blazepose-full"):
        pull(model)
    with Client(server.address) as client, httpx.Client(base_url=server.address, timeout=60) as http:
        video = client.upload(path)
        for name in ("count-people", "pose-and-angles"):
            body = {"graph": find_pipeline(name).model_dump(mode="json"), "video": video.id, "start": 1.0, "seconds": 5}
            cold, *warm = [_first_picture(http, body) for _ in range(6)]
            rows.append({"what": f"try {name}, cold", "median ms": 1000 * cold, "95th ms": 1000 * cold})
            rows.append({"what": f"try {name}, warm", "median ms": 1000 * median(warm), "95th ms": 1000 * max(warm)})
            claims.append(Claim(f"first picture of a try, {name}, warm", median(warm), "s", "<= 2"))


def _first_picture(http: httpx.Client, body: dict[str, Any]) -> float:
    start = time.perf_counter()
    answer = http.post("/api/previews", json=body)
    assert answer.status_code == 201, answer.text
    address = f"/api/previews/{answer.json()['id']}"
    while not _has_picture(http.get(address).json()):
        time.sleep(0.02)
    took = time.perf_counter() - start
    http.delete(address)
    return took


def _has_picture(preview: dict[str, Any]) -> bool:
    assert preview["state"] != "failed", preview
    return any(block["picture"] for block in preview["blocks"].values())


if __name__ == "__main__":
    main()

"""Claims: the page is light and quick. The first load is under 1.5 MB as it comes over the wire, no request leaves for
another host, and the editor stays usable with 100 blocks (SYNTHETIC pipeline).

Debian's Chromium without a display draws in software on the processor that also serves: frame times are upper bounds.
Bytes are what the browser counted over the wire, with an empty cache. Opening: from the navigation until blocks are drawn.
Dragging: one block is moved for two seconds; the figures are of the time between two drawn frames.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.harness import Claim, median, report
from benchmarks.web_server import serving

BLOCKS = 100
_FRAMES = """() => new Promise(done => { const times = []; let last = performance.now(); const end = last + 2000;
  const tick = now => { times.push(now - last); last = now;
  now < end ? requestAnimationFrame(tick) : done(times.slice(1)); };
  requestAnimationFrame(tick); })"""


def large_graph(blocks: int = BLOCKS) -> dict[str, Any]:
    """A pipeline of that many blocks: chains of detect, track, count and draw."""
    made: dict[str, Any] = {}
    layout: dict[str, list[float]] = {}
    for n in range(blocks // 4):
        zone = {"all": [[0, 0], [1, 0], [1, 1], [0, 1]]}
        made |= {
            f"detect{n}": {"use": "detect.objects@1", "images": "source.images", "model": "fastestdet"},
            f"track{n}": {"use": "track.objects@2", "detections": f"detect{n}"},
            f"zones{n}": {"use": "zone.count@1", "tracks": f"track{n}", "zones": zone, "coordinates": "fraction"},
            f"draw{n}": {
                "use": "draw.overlay@1",
                "images": "source.images",
                "tracks": f"track{n}",
                "shapes": f"zones{n}.shapes",
            },
        }
        layout |= {f"{name}{n}": [300 * k, 200 * n] for k, name in enumerate(("detect", "track", "zones", "draw"), 1)}
    return {
        "pipeline": "large",
        "blocks": made,
        "save": [f"draw{n}.annotated" for n in range(blocks // 4)],
        "layout": layout,
    }


def main() -> None:
    """Measure and report."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=".") as name, serving(Path(name)) as server, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        claims = first_load(browser.new_page(), server.address, rows)
        saved = httpx.post(f"{server.address}/api/pipelines", json={"graph": large_graph()}).json()
        claims += editor(
            browser.new_page(viewport={"width": 1440, "height": 900}), f"{server.address}/pipelines/{saved['id']}", rows
        )
        browser.close()
    report("web_pages", rows, claims, method=" ".join((__doc__ or "").split()))


def first_load(page: Page, address: str, rows: list[dict[str, Any]]) -> list[Claim]:
    """Bytes over the wire of the first page, and who was asked."""
    wire, hosts = [0.0], set()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: wire.__setitem__(0, wire[0] + event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    start = time.perf_counter()
    page.goto(address)
    page.get_by_role("heading", level=1).first.wait_for()
    shown = time.perf_counter() - start
    page.wait_for_timeout(2000)
    others = hosts - {urlsplit(address).netloc, ""}
    rows.append({"what": "first load", "value": wire[0] / 1e6, "unit": "MB over the wire"})
    rows.append({"what": "first heading shown", "value": shown, "unit": "s"})
    return [
        Claim("first load", wire[0] / 1e6, "MB", "<= 1.5"),
        Claim("requests to other hosts", float(len(others)), "hosts", "<= 0"),
    ]


def editor(page: Page, address: str, rows: list[dict[str, Any]]) -> list[Claim]:
    """A pipeline of 100 blocks: opening, dragging."""
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function("n => document.querySelectorAll('.react-flow__node').length >= n", arg=20)
    opened = time.perf_counter() - start
    page.wait_for_timeout(1500)
    nodes = page.locator(".react-flow__node")
    shown = nodes.count()
    box = nodes.nth(shown // 2).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"() => {{ window.__frames = ({_FRAMES})(); }}")
    for step in range(60):
        page.mouse.move(x + 2 * step, y + step)
        page.wait_for_timeout(16)
    times = sorted(page.evaluate("() => window.__frames"))
    page.mouse.up()
    rows.append({"what": f"editor opened, {BLOCKS} blocks ({shown} drawn)", "value": opened, "unit": "s"})
    rows.append({"what": "frame while dragging, median", "value": median(times), "unit": "ms"})
    rows.append({"what": "frame while dragging, 95th percentile", "value": times[int(0.95 * len(times))], "unit": "ms"})
    return [
        Claim(f"editor with {BLOCKS} blocks opens", opened, "s", "<= 3"),
        Claim("frame while dragging one of 100 blocks, median", median(times), "ms", "<= 50"),
    ]


if __name__ == "__main__":
    main()

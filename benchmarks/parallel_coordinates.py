"""Claims: the page of parallel coordinates stays fluid with 10,000 runs and 12 axes, and is no slower than Plotly's. Runs
come out of MLflow's tables faster than MLflow's client gives them.

The runs are SYNTHETIC: random settings and results that depend on them. Both pages are HTML files opened from the disk in
Debian's Chromium, without a display and without GPU: it draws in software on processors that other programs share, so
times are upper bounds. First lines: from the navigation until a frame with lines was shown. Whole: until all lines are.
A brush is dragged with the mouse over the last axis in 30 steps of 16 ms, ours and Plotly's at the same heights; frames
are those that the browser shows meanwhile. After a brush: from the last mouse event until all lines are right.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.harness import Claim, in_turns, median, ratios, report
from trackside.lab.records.parallel import save_parallel_coordinates
from trackside.lab.records.table import Column, RunsTable, Summary

RUNS, ROUNDS = 10_000, 3
_FRAMES = """() => { window.frames_ = []; let last = performance.now(); window.counting_ = true;
  const tick = now => { window.frames_.push(now - last); last = now; if (window.counting_) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
_END = "() => { window.counting_ = false; return window.frames_.slice(1); }"
# Plotly draws its lines in parts too, and does not say when it has drawn the last: pixels that stay the same for 0.3 s are
# taken for that, and the time is when they last changed.
_PIXELS = """() => [...document.querySelectorAll('canvas.gl-canvas')].map(c => c.toDataURL())
  .map(picture => picture.length + picture.slice(-400)).join()"""


def synthetic_runs(count: int, seed: int = 0) -> RunsTable:
    """SYNTHETIC runs: eight settings, of which some matter, and four metrics."""
    random = np.random.default_rng(seed)
    rate, decay = 10 ** random.uniform(-5, -0.5, count), 10 ** random.uniform(-6, -2, count)
    good = -((np.log10(rate) + 2.5) ** 2) / 3 - (np.log10(decay) + 4) ** 2 / 15 + random.normal(0, 0.1, count)
    accuracy = 0.55 + 0.42 / (1 + np.exp(-2 - 2 * good))
    loss = 1.6 * (1 - accuracy)
    settings: dict[str, list[str]] = {
        "learning rate": [repr(value) for value in rate.tolist()],
        "weight decay": [repr(value) for value in decay.tolist()],
        "batch": [str(value) for value in random.choice([16, 32, 64, 128], count)],
        "optimizer": list(map(str, random.choice(["sgd", "adamw", "lamb"], count))),
        "depth": [str(value) for value in random.integers(2, 20, count)],
        "dropout": [repr(value) for value in random.uniform(0, 0.5, count).tolist()],
        "momentum": [repr(value) for value in random.uniform(0.5, 0.99, count).tolist()],
        "schedule": list(map(str, random.choice(["cosine", "one cycle", "constant"], count))),
    }
    ends = {"train/loss": 0.8 * loss, "validation/loss": loss, "train/accuracy": accuracy, "validation/accuracy": accuracy}
    noise = {name: random.normal(0, 0.005, count) for name in ends}
    return RunsTable(
        "SYNTHETIC runs",
        tuple(f"{number:032x}" for number in range(count)),
        tuple(f"run {number}" for number in range(count)),
        ("finished",) * count,
        np.arange(count, dtype=float),
        random.uniform(10, 900, count),
        {name: Column.of(texts) for name, texts in settings.items()},
        {name: Summary(*[values + noise[name]] * 3) for name, values in ends.items()},
    )


def store_of(table: RunsTable, folder: Path, steps: int = 20) -> Path:
    """A store with these runs, as MLflow would have written them, with so many steps of each metric."""
    from trackside.lab.records import Store

    Store.at(folder).client().create_experiment(table.experiment)
    with sqlite3.connect(folder / "mlflow.db") as base:
        experiment = base.execute("select experiment_id from experiments where name = ?", (table.experiment,)).fetchone()[0]
        base.executemany(
            "insert into runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id,"
            " source_type, user_id) values (?, ?, 'FINISHED', ?, ?, 'active', '', ?, 'LOCAL', '')",
            [(run, name, k, k + 1000, experiment) for k, (run, name) in enumerate(zip(table.ids, table.names, strict=True))],
        )
        for key, column in table.settings.items():
            rows = zip([key] * len(table), column.texts, table.ids, strict=True)
            base.executemany("insert into params (key, value, run_uuid) values (?, ?, ?)", rows)
        many = "insert into metrics (key, value, timestamp, run_uuid, step, is_nan) values (?, ?, ?, ?, ?, 0)"
        last = "insert into latest_metrics (key, value, timestamp, run_uuid, step, is_nan) values (?, ?, ?, ?, ?, 0)"
        for key, summary in table.metrics.items():
            told = list(zip(summary.last.tolist(), table.ids, strict=True))
            base.executemany(many, ((key, value - k, k, run, k) for value, run in told for k in range(steps)))
            base.executemany(last, ((key, value - steps + 1, steps - 1, run, steps - 1) for value, run in told))
    return folder


def client_runs(folder: Path, experiment: str) -> int:
    """The same runs by MLflow's client, without the lowest and highest of a metric, which it does not give."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
    number, token = client.get_experiment_by_name(experiment).experiment_id, None
    count = 0
    while True:
        page = client.search_runs([number], max_results=1000, page_token=token)
        count += sum(bool(run.data.metrics) for run in page)
        token = page.token
        if not token:
            return count


def reading(table: RunsTable, rows: list[dict[str, Any]]) -> list[Claim]:
    """Seconds from the store to a table."""
    from trackside.lab.records import runs

    with tempfile.TemporaryDirectory() as name:
        folder = store_of(table, Path(name))
        calls = {"ours": lambda: runs(folder), "MLflow": lambda: client_runs(folder, table.experiment)}
        times = in_turns(calls, 3)
    seconds = {name: median([one.wall for one in found]) for name, found in times.items()}
    rows += [{"page": f"reading the runs, {name}", "read_s": value} for name, value in seconds.items()]
    ratio = ratios([one.wall for one in times["ours"]], [one.wall for one in times["MLflow"]])
    return [
        Claim("reading 10,000 runs with 800,000 numbers", seconds["ours"], "s", "<= 5"),
        Claim("reading, ours over MLflow's client", ratio, "ratio", "<= 0.5"),
    ]


def plotly_page(table: RunsTable, path: Path) -> None:
    """The same lines by `go.Parcoords`, in one file with the plotting code inside."""
    import plotly.graph_objects as go

    columns = {name: _numbers(column) for name, column in table.settings.items()}
    columns |= {name: summary.last for name, summary in table.metrics.items()}
    dimensions = [{"label": name, "values": values} for name, values in columns.items()]
    line = {"color": table.metrics["validation/accuracy"].last, "colorscale": "Viridis"}
    figure = go.Figure(go.Parcoords(dimensions=dimensions, line=line)).update_layout(width=1400, height=480)
    figure.write_html(path, include_plotlyjs=True)


def _numbers(column: Column) -> Any:
    if column.numbers is not None:
        return column.numbers
    known = sorted({text for text in column.texts if text})
    return np.array([known.index(text or "") for text in column.texts], float)


def main() -> None:
    """Measure and report."""
    table, found = synthetic_runs(RUNS), {"ours": _Times(), "plotly": _Times()}
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ours, plotly = Path(folder) / "ours.html", Path(folder) / "plotly.html"
        save_parallel_coordinates(table, ours, note="SYNTHETIC runs")
        plotly_page(table, plotly)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for number in range(ROUNDS):
            for name, path, measure in (("ours", ours, _ours), ("plotly", plotly, _plotly)):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                measure(page, path.as_uri(), found[name])
                page.close()
                print(f"  round {number + 1}/{ROUNDS} {name}: {found[name].first[-1]:.2f} s", flush=True)
        browser.close()
        sizes = {"ours": ours.stat().st_size / 1e6, "plotly": plotly.stat().st_size / 1e6}
    rows: list[dict[str, Any]] = [{"page": name, "megabytes": sizes[name], **times.row()} for name, times in found.items()]
    read_rows: list[dict[str, Any]] = []
    read_claims = reading(table, read_rows)
    rows = [{**row, "read_s": ""} for row in rows] + [{**dict.fromkeys(rows[0], ""), **row} for row in read_rows]
    mine, theirs = found["ours"].row(), found["plotly"].row()
    claims = [
        Claim("first lines of 10,000 runs x 12 axes", mine["first_s"], "s", "<= 1"),
        Claim("all lines", mine["whole_s"], "s", "<= 2"),
        Claim("frame while brushing, median", mine["frame_ms"], "ms", "<= 50"),
        Claim("after a brush, all lines right", mine["settled_s"], "s", "<= 0.5"),
        Claim("first lines, ours over Plotly's", mine["first_s"] / theirs["first_s"], "ratio", "<= 1"),
        Claim(
            "slow frame while brushing (95 %), ours over Plotly's",
            mine["frame_p95_ms"] / theirs["frame_p95_ms"],
            "ratio",
            "<= 1",
        ),
        Claim("after a brush, ours over Plotly's", mine["settled_s"] / theirs["settled_s"], "ratio", "<= 1"),
        *read_claims,
    ]
    report("parallel_coordinates", rows, claims, method=" ".join((__doc__ or "").split()))


class _Times:
    """What was measured of one page, a value a round."""

    def __init__(self) -> None:
        self.first: list[float] = []
        self.whole: list[float] = []
        self.frames: list[float] = []
        self.slow: list[float] = []
        self.settled: list[float] = []

    def row(self) -> dict[str, float]:
        """Medians over the rounds."""
        return {
            "first_s": median(self.first),
            "whole_s": median(self.whole),
            "frame_ms": median(self.frames),
            "frame_p95_ms": median(self.slow),
            "settled_s": median(self.settled),
        }


def _ours(page: Page, address: str, times: _Times) -> None:
    page.goto(address)
    _until(page, lambda: page.evaluate("() => window.times && window.times.front > 0"))
    times.first.append(page.evaluate("() => window.times.first") / 1000)
    times.whole.append(page.evaluate("() => window.times.front") / 1000)
    box = page.locator("#axes .hit").last.bounding_box()
    assert box is not None
    _brush(page, box["x"] + box["width"] / 2, box["y"] + 12, box["y"] + 252, times)
    sent = page.evaluate("() => performance.now()")
    _until(page, lambda: page.evaluate("() => window.times.front > 0"))
    times.settled.append(max(0.0, page.evaluate("() => window.times.front") - sent) / 1000)


def _plotly(page: Page, address: str, times: _Times) -> None:
    page.goto(address)
    page.locator(".parcoords .axis-brush, .axis-brush").last.wait_for()
    times.first.append(page.evaluate("() => performance.now()") / 1000)
    _still(page)
    times.whole.append(page.evaluate("() => performance.now()") / 1000)
    box = page.locator(".axis-brush .background").last.bounding_box()
    assert box is not None
    _brush(page, box["x"] + box["width"] / 2, box["y"] + 12, box["y"] + 252, times)
    start = time.perf_counter()
    times.settled.append(_still(page) - start)


def _brush(page: Page, x: float, top: float, bottom: float, times: _Times) -> None:
    """Drag a brush down an axis, and take the frames that are shown meanwhile."""
    page.mouse.move(x, top)
    page.mouse.down()
    page.evaluate(_FRAMES)
    for step in range(30):
        page.mouse.move(x, top + (bottom - top) * (step + 1) / 30)
        page.wait_for_timeout(16)
    frames = sorted(page.evaluate(_END))
    page.mouse.up()
    times.frames.append(median(frames))
    times.slow.append(frames[int(0.95 * len(frames))])


def _until(page: Page, done: Any) -> None:
    """Ask again and again; the page's policy forbids Playwright's own waiting, which is code made of text."""
    while not done():
        page.wait_for_timeout(10)


def _still(page: Page) -> float:
    """When Plotly's lines no longer change."""
    before, since = "", time.perf_counter()
    while True:
        now = page.evaluate(_PIXELS)
        if now == before and time.perf_counter() - since > 0.3:
            return since
        if now != before:
            before, since = now, time.perf_counter()
        page.wait_for_timeout(60)  # Reading pixels costs Plotly time: not too often.


if __name__ == "__main__":
    main()

"""Plots show what was measured, and nothing between."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trackside.pipelines.plots import figures_of


def lines(times: list[float], knees: list[float]) -> list[tuple[list[float | None], list[float | None]]]:
    table = pa.table({"frame": np.arange(len(times)), "time_s": times, "id": [1] * len(times), "knee_deg": knees})
    [figure] = figures_of("angles", "Table", table)
    return [(trace["x"], trace["y"]) for trace in figure["data"]]


def test_no_line_crosses_a_time_in_which_nothing_was_measured() -> None:
    [(x, y)] = lines([0.0, 0.1, 0.2, 2.0, 2.1, 2.2], [10, 20, 30, 90, 80, 70])
    assert x == [0.0, 0.1, 0.2, 0.2, 2.0, 2.1, 2.2]
    assert y == [10, 20, 30, None, 90, 80, 70]


def test_frames_that_come_unevenly_or_are_missed_once_make_no_gap() -> None:
    [(_, y)] = lines([0.0, 0.1, 0.2, 0.4, 0.55, 0.65], [1, 2, 3, 4, 5, 6])
    assert y == [1, 2, 3, 4, 5, 6]


def test_a_long_line_is_thinned_and_keeps_its_gap() -> None:
    times = np.r_[np.arange(5000), np.arange(8000, 13000)] / 30
    [(x, y)] = lines(times.tolist(), np.ones(10_000).tolist())
    assert len(x) < 2100
    assert y.count(None) == 1

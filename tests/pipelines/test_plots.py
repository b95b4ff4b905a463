"""Plots show what was measured, and nothing between."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

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


def test_a_thinned_line_keeps_its_peaks() -> None:
    values = np.sin(np.arange(100_000) / 5000)
    values[43_210], values[77_777] = 9.0, -7.0
    [(x, y)] = lines((np.arange(100_000) / 30).tolist(), values.tolist())
    assert len(x) <= 2000
    assert (max(v for v in y if v is not None), min(v for v in y if v is not None)) == (9.0, -7.0)
    assert x[y.index(9.0)] == pytest.approx(43_210 / 30, abs=1e-4)


def test_empty_cells_here_and_there_do_not_tear_a_thinned_line() -> None:
    values = np.where(np.arange(100_000) % 10, 1.0, np.nan)
    [(x, y)] = lines((np.arange(100_000) / 30).tolist(), values.tolist())
    assert len(x) <= 2000
    assert None not in y


def test_lines_are_by_identity_and_text_the_longest_first() -> None:
    ids, sides = [1, 2, 2, 2, 1, 3], ["l", "r", "r", "r", "l", "l"]
    table = pa.table({"time_s": np.arange(6) / 10, "id": ids, "side": sides, "knee_deg": np.arange(6.0)})
    [figure] = figures_of("angles", "Table", table)
    assert [trace["name"] for trace in figure["data"]] == ["#2 r knee", "#1 l knee", "#3 l knee"]
    assert figure["data"][0]["y"] == [1, 2, 3]


def test_a_track_that_flickers_ten_thousand_times_stays_a_small_plot() -> None:
    table = pa.table({"id": np.ones(10_000, np.int64), "time_s": np.arange(10_000) * 2.0})
    [figure] = figures_of("tracks", "Tracks", table)
    assert len(figure["data"][0]["x"]) <= 2000


def test_many_events_of_one_kind_are_spread_over_the_whole_time() -> None:
    n = 10_000
    events = {"time_s": np.arange(n) * 1.0, "event": ["enter"] * n, "id": np.arange(n), "place": ["door"] * n}
    [figure] = figures_of("events", "Events", pa.table(events))
    assert len(figure["data"][0]["x"]) <= 2000
    assert figure["data"][0]["x"][-1] > 9900

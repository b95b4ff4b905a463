"""Plots of all tables of a result, over media time."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as parquet

from trackside.pipelines.plots import columns_plotted, figures_of
from trackside.server.results.columns import kind_of, opened, shown
from trackside.server.results.finding import Result
from trackside.server.results.rows import TIME
from trackside.server.results.shapes import PlotShape

# Beyond, the plots' columns alone would fill hundreds of megabytes; the table itself is there to be looked at.
_MOST_CELLS = 60_000_000


def plots_of(result: Result) -> list[PlotShape]:
    """The plots of all tables, as Plotly takes them; x is media time in seconds."""
    found = []
    for name in result.tables:
        with result.table(name) as path, opened(path) as file:
            found += list(_plots(name, file))
    return found


def _plots(name: str, file: parquet.ParquetFile) -> Iterator[PlotShape]:
    kind = kind_of(file)
    there = [*shown(file.schema_arrow)]
    wanted = columns_plotted(kind)
    columns = there if wanted is None else [column for column in wanted if column in there]
    if TIME not in columns or len(columns) * file.metadata.num_rows > _MOST_CELLS:
        return
    for number, figure in enumerate(figures_of(name, kind, file.read(columns))):
        title = figure["layout"]["title"]["text"]
        yield PlotShape(name=f"{name}-{number + 1}" if number else name, title=title, figure=figure)

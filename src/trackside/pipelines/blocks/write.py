"""Writing results: video, tables and a page with plots."""

from __future__ import annotations

import contextlib

from trackside.core import Image
from trackside.core.units import FileName
from trackside.media import VideoWriter
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Facts, MediaTime, OutputFolder, RecordIndex, Recording, Rows, Stream
from trackside.pipelines.tabular import TableWriter


@block("write.video@1", sink=True)
class WriteVideo:
    """Write the pictures as a video that every browser and player shows (MP4, H.264), at the speed of the original.

    Args:
        images: the pictures of the video.
        time: media time.
        stream: the stream.
        folder: the results folder.
        name: the name of the file, without an ending.
    """

    def __init__(self, *, name: FileName = "annotated") -> None:
        self._name = name
        self._writer: VideoWriter | None = None
        self._start = 0.0

    def __call__(self, images: Image, time: MediaTime, stream: Stream, folder: OutputFolder) -> None:
        if self._writer is None:
            self._writer = VideoWriter(folder / f"{self._name}.mp4", fps=stream.fps)
            self._start = time
        # A video begins at 0, also where the run began in the middle of its input.
        self._writer.write(images, time - self._start)

    def on_stream_end(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def on_abort(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(Exception):
                self._writer.abort()


@block("write.table@1", sink=True)
class WriteTable:
    """Write results as a table, for spreadsheets (CSV) and for programs (Parquet).

    Args:
        rows: what to write: a row for each person or thing in each picture, each event, or each row of a table.
        index: the frame's number.
        time: media time.
        folder: the results folder.
        name: the name of the files, without an ending.
        csv: whether to write it for spreadsheets too.
    """

    def __init__(self, *, name: FileName = "table", csv: bool = True) -> None:
        self._name, self._csv = name, csv
        self._writer: TableWriter | None = None

    def __call__(
        self,
        rows: Rows,
        index: RecordIndex,
        time: MediaTime,
        folder: OutputFolder,
    ) -> None:
        if self._writer is None:
            self._writer = TableWriter(folder / self._name, csv=self._csv)
        self._writer.add(index, time, rows)

    def on_stream_end(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def on_abort(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(Exception):
                self._writer.close()


@block("write.summary@1")
def write_summary(facts: Facts, folder: OutputFolder, stream: Stream, *tables: Recording[Rows], title: str = "") -> None:
    """Write one page with the video, plots of the tables, and the pipeline that made them.

    Args:
        facts: the run.
        folder: the results folder.
        stream: the stream.
        tables: the results to plot.
        title: the heading of the page; empty for the name of the pipeline.
    """
    from trackside.pipelines.summary import write_summary_page

    write_summary_page(folder, facts, stream, tables, title=title)

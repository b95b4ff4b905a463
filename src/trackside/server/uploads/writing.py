"""From the connection to the disk, in big pieces and with constant memory.

One piece is written by a thread while the next one comes in: neither waits for the other, and at most two are in memory.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from trackside.core import OutputError
from trackside.server.uploads import incoming
from trackside.server.uploads.protocol import Checksum, refused

_PIECE = 4 << 20
# Chunks that the system takes in one call (IOV_MAX is 1024 or more).
_MOST_CHUNKS = 512
# So much is written before the disk is told to take it, which keeps the last wait short.
_FLUSHED = 128 << 20
# Seconds without a byte after which a connection counts as lost: a phone that went out of reach never says so.
STALLED = 30.0


class Sink:
    """Appends to the file of an upload.

    Args:
        path: the file.
        offset: its length that counts; what lies behind goes.
        room: bytes that may still come.
        checksum: what they must come to, together.
        stopped: set when somebody gives the upload up meanwhile.
    """

    def __init__(self, path: Path, offset: int, room: int, checksum: Checksum | None, stopped: threading.Event) -> None:
        self.offset = offset
        self._stopped = stopped
        self._path, self._start, self._room, self._checksum = path, offset, room, checksum
        self._hash: Any = checksum.begin() if checksum else None
        self._piece: list[bytes] = []
        self._held = 0
        self._unflushed = 0
        self._writing: asyncio.Future[None] | None = None
        self._file: Any = None

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        """Write all that comes. What came before a lost connection stays, unless a checksum stands open.

        Raises:
            Refused: 413, more comes than was announced; 460, the checksum is wrong; 408, nothing came for too long.
            OutputError: the disk is full.
            ClientDisconnect: the connection is lost.
        """
        await asyncio.to_thread(self._open)
        whole = False
        try:
            await self._take(stream)
            whole = True
        finally:
            await asyncio.shield(self._end(whole))

    async def _take(self, stream: AsyncIterator[bytes]) -> None:
        try:
            while True:
                async with asyncio.timeout(STALLED):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                if self._stopped.is_set():
                    raise refused(410, "the upload was given up", "begin it again")
                if len(chunk) > self._room:
                    raise refused(413, "more comes than was announced", "begin the upload again with its right length")
                self._room -= len(chunk)
                self._piece.append(chunk)
                self._held += len(chunk)
                if self._held >= _PIECE or len(self._piece) == _MOST_CHUNKS:
                    await self._pass_on()
        except TimeoutError:
            raise refused(408, "nothing came for half a minute", "go on where the upload stopped") from None

    async def _pass_on(self) -> None:
        """Give a piece to the thread, as soon as it is done with the one before."""
        await self._written()
        piece, self._piece, self._held = self._piece, [], 0
        self._writing = asyncio.get_running_loop().run_in_executor(None, self._write, piece)

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing:
            await writing

    async def _end(self, whole: bool) -> None:
        try:
            await self._pass_on()
            await self._written()
        finally:
            await asyncio.to_thread(self._close, whole)

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            os.ftruncate(self._file, self._start)
            if self._checksum:
                incoming.mark_unchecked(self._path, self._start)
            else:
                incoming.keep(self._path)
            os.lseek(self._file, self._start, os.SEEK_SET)
        except OSError as error:
            raise _full(error) from error

    def _write(self, piece: list[bytes]) -> None:
        if self._hash is not None:
            for chunk in piece:
                self._hash.update(chunk)
        try:
            for done in _written_of(self._file, piece):
                self.offset += done
                self._unflushed += done
            if self._unflushed >= _FLUSHED:
                os.fdatasync(self._file) if hasattr(os, "fdatasync") else os.fsync(self._file)
                self._unflushed = 0
        except OSError as error:
            raise _full(error) from error

    def _close(self, whole: bool) -> None:
        try:
            if self._room == 0:
                os.fsync(self._file)
        finally:
            os.close(self._file)
        if self._checksum is None:
            return
        if whole and self._hash.digest() == self._checksum.digest:
            incoming.keep(self._path)
            return
        incoming.drop_from(self._path, self._start)
        self.offset = self._start
        if whole:
            raise refused(460, "the checksum is wrong: the bytes were damaged on their way", "send this part again")


def _written_of(file: int, piece: list[bytes]) -> Iterator[int]:
    """Write chunks in one call, without joining them first; gives how much each call wrote, till all is."""
    if not hasattr(os, "writev"):
        piece = [b"".join(piece)]
    left = [memoryview(chunk) for chunk in piece if chunk]
    while left:
        done = os.writev(file, left) if hasattr(os, "writev") else os.write(file, left[0])
        yield done
        while left and done >= len(left[0]):
            done -= len(left.pop(0))
        if done:
            left[0] = left[0][done:]


def _full(error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"the server cannot write the upload ({reason})", fix="free some space on its disk, then go on")

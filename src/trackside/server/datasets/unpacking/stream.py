"""A source that is read from its beginning to its end, in pieces of bounded size."""

from __future__ import annotations

from typing import IO

from trackside.core import InputError

# Bytes of the longest header that an honest archive has; readers hold headers in memory.
_MOST_AT_ONCE = 16 << 20
_SKIPPED = 1 << 20


class Stream:
    """What `tarfile` reads from. It goes forward; back only as far as what was read last, which costs nothing.

    Args:
        source: the archive's bytes, already unpacked.

    Attributes:
        last: what was read last.
    """

    mode = "rb"

    def __init__(self, source: IO[bytes]) -> None:
        self.last = b""
        self._source = source
        self._end = self._back = 0

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end. Raises InputError if far more are asked for than a header may have."""
        if not 0 <= size <= _MOST_AT_ONCE:
            raise InputError("the archive has a header without end", fix="pack it again and upload it again")
        again = self.last[len(self.last) - self._back :][:size]
        self._back -= len(again)
        if len(again) == size:
            return again
        self.last = again + self._source.read(size - len(again))
        self._end += len(self.last) - len(again)
        return self.last

    def seek(self, place: int) -> int:
        """Go to a place. Raises ValueError if it lies before what was read last."""
        self._back = max(0, self._end - place)
        if self._back > len(self.last):
            raise ValueError("the archive leads back")
        while self._end < place and self.read(min(_SKIPPED, place - self._end)):
            pass
        return self.tell()

    def tell(self) -> int:
        """The place where it is."""
        return self._end - self._back

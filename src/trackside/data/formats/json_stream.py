"""JSON files larger than memory: the objects of long lists, one after the other."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from trackside.core import InputError

_CHUNK = 1 << 20
# Longest single object that is read; a file that never closes one must not fill the memory.
_MOST = 256 << 20
_BLANKS = " \t\r\n"


class JsonFile:
    """A JSON file that is an object with long lists (COCO), or one long list (Label Studio).

    Attributes:
        replaced: whether bytes that are not UTF-8 were replaced.
        broken: what is wrong with the file's end, if it ends early or turns to rubbish; what came before was given.
    """

    def __init__(self, path: Path, lists: tuple[str, ...] = ()) -> None:
        self._path, self._lists = path, frozenset(lists)
        self._buffer, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder()
        self.replaced = False
        self.broken = ""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Key and value, in the order of the file; the members of the named lists one by one. A list's members have key "".

        Raises:
            InputError: the file cannot be read, or is no JSON from its start.
        """
        given = False
        try:
            with self._path.open("rb") as self._file:
                self._text = codecs.getincrementaldecoder("utf-8-sig")("strict")
                for pair in self._pairs():
                    given = True
                    yield pair
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror or error})", where=str(self._path)) from None
        except (ValueError, RecursionError) as error:
            if not given:
                raise InputError(f"is no JSON ({_reason(error)})", where=str(self._path)) from None
            self.broken = f"the file ends early or is broken ({_reason(error)})"

    _file: IO[bytes]
    _text: codecs.IncrementalDecoder

    def _pairs(self) -> Iterator[tuple[str, Any]]:
        start = self._next()
        if start == "[":
            self._at += 1
            for value in self._members("]"):
                yield "", value
            return
        if start != "{":
            raise ValueError("neither a list nor an object")
        self._at += 1
        for key in self._members("}"):
            self._take(":")
            if not isinstance(key, str):
                raise ValueError("a key is no text")
            if key in self._lists and self._next() == "[":
                self._at += 1
                for value in self._members("]"):
                    yield key, value
            else:
                yield key, self._value()

    def _members(self, end: str) -> Iterator[Any]:
        if self._next() == end:
            self._at += 1
            return
        while True:
            yield self._value()
            letter = self._next()
            self._at += 1
            if letter == end:
                return
            if letter != ",":
                raise ValueError(f"{letter!r} where a comma or {end!r} is due")

    def _take(self, letter: str) -> None:
        if self._next() != letter:
            raise ValueError(f"no {letter!r} where one is due")
        self._at += 1

    def _next(self) -> str:
        """The next letter that is not blank, left where it is."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                raise ValueError("the text ends within it")

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if len(self._buffer) - self._at > _MOST or not self._more():
                    raise
                continue
            # A number near the end of the buffer may go on in the next chunk: 12 could become 12.5 or 12e+3.
            if end + 3 <= len(self._buffer) or not self._more():
                self._at = end
                return value

    def _more(self) -> bool:
        """Read on; twice as much as is waiting, so that one long object is not parsed again for each chunk."""
        if self._ended:
            return False
        waiting = len(self._buffer) - self._at
        data = self._file.read(max(_CHUNK, waiting))
        self._ended = not data
        self._buffer = self._buffer[self._at :] + self._decode(data)
        self._at = 0
        return True

    def _decode(self, data: bytes) -> str:
        try:
            return self._text.decode(data, not data)
        except UnicodeDecodeError:
            self.replaced = True
            state = self._text.getstate()
            self._text = codecs.getincrementaldecoder("utf-8")("replace")
            return self._text.decode(state[0] + data, not data)


def _reason(error: BaseException) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def begins_with(path: Path, count: int = 1 << 16) -> str:
    """The first letters of a file, or an empty text if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(count).decode("utf-8-sig", "replace")
    except OSError:
        return ""

"""Alarms as lines of JSON in a file, each on the disk before it counts as sent. A full file moves on to NAME.1, NAME.2."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from trackside.server.alarms.channels.message import Answer, Message, Outcome
from trackside.server.files.storage import flush

# Two channels may write the same file.
_LOCK = threading.Lock()


def folder(data: Path) -> Path:
    """Where such files lie in a server's data."""
    return data / "alarms" / "out"


class FileSender:
    """Appends to one file.

    Args:
        path: the file.
        settings: `most_bytes`, beyond which the file is full, and `keep`, how many full ones stay.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self._path = path
        self._most, self._keep = int(settings["most_bytes"]), int(settings["keep"])

    def send(self, message: Message) -> Answer:
        """Append one line."""
        line = json.dumps(message.body, ensure_ascii=False).encode() + b"\n"
        try:
            with _LOCK:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._rotate(len(line))
                self._append(line)
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, f"cannot be written ({error.strerror or error})")
        return Answer(Outcome.SENT, f"line in {self._path.name}")

    def close(self) -> None:
        """Nothing is held open."""

    def _append(self, line: bytes) -> None:
        new = not self._path.exists()
        with self._path.open("a+b") as file:
            # Of a process that was killed while it wrote, half a line may stand there.
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if new:
            flush(self._path.parent)

    def _rotate(self, more: int) -> None:
        if not self._path.exists() or self._path.stat().st_size + more <= self._most:
            return
        for number in range(self._keep, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)

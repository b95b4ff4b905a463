"""Cameras for tests and benchmarks: an RTSP server on loopback that plays coded clips for ever, and fails on command."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("server.py")
PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)
MISSING = f"needs GStreamer's RTSP server: apt-get install {PACKAGES}"
_NEEDED = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"


@dataclass
class Server:
    """A running server.

    Attributes:
        port: on 127.0.0.1.
        pid: of its process, to measure it.
    """

    port: int
    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """Of the server's process."""
        return self.process.pid

    def url(self, name: str) -> str:
        """The address of a camera."""
        return f"rtsp://127.0.0.1:{self.port}/{name}"

    def kill(self, name: str) -> None:
        """The camera is gone: connections are cut, new ones refused."""
        self._say("kill", name)

    def hang(self, name: str) -> None:
        """Connections stay, nothing more is sent."""
        self._say("hang", name)

    def corrupt(self, name: str) -> None:
        """Only rubbish is sent."""
        self._say("corrupt", name)

    def revive(self, name: str) -> None:
        """All is well again."""
        self._say("revive", name)

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    @property
    def _stdin(self) -> Any:
        assert self.process.stdin is not None
        return self.process.stdin

    def _say(self, order: str, name: str) -> None:
        self._stdin.write(f"{order} {name}\n")
        self._stdin.flush()


@cache
def python_with_gi() -> str | None:
    """A Python that can import GStreamer's RTSP server, or None."""
    for name in ("/usr/bin/python3", shutil.which("python3")):
        if name and Path(name).exists():
            tried = subprocess.run([name, "-c", _NEEDED], capture_output=True, timeout=60)
            if tried.returncode == 0:
                return name
    return None


@contextlib.contextmanager
def rtsp_server(files: Mapping[str, Path]) -> Iterator[Server | None]:
    """Serve MP4 files (H.264, H.265) as cameras, each name a mount; None without the Debian packages (`MISSING`)."""
    python = python_with_gi()
    if python is None:
        yield None
        return
    given = json.dumps({name: str(path) for name, path in files.items()})
    process = subprocess.Popen([python, str(SCRIPT), given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    word, _, port = process.stdout.readline().strip().partition(" ")
    if word != "port":
        process.kill()
        process.wait()
        raise RuntimeError("the RTSP server did not start")
    server = Server(int(port), process)
    try:
        yield server
    finally:
        server.close()

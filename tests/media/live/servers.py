"""Small servers on loopback that behave as bad cameras do."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def serving(behave: Behaviour) -> Iterator[int]:
    """Accept connections, each given to `behave` in a thread of its own with an event that is set at the end; the port."""
    over = threading.Event()
    threads: list[threading.Thread] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=handle, args=(connection,), daemon=True))
                threads[-1].start()

    def handle(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            behave(connection, over)

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        accepting.join()
        listener.close()
        for thread in threads:
            thread.join(5)


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Accepts, listens, and says nothing."""
    over.wait()


def closing(connection: socket.socket, over: threading.Event) -> None:
    """Hears what is asked and hangs up."""
    connection.recv(4096)


def answering(status: str) -> Behaviour:
    """Answers every RTSP request with a status, such as `401 Unauthorized`."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        while request := connection.recv(4096).decode(errors="replace"):
            number = next((line[5:].strip() for line in request.splitlines() if line.lower().startswith("cseq:")), "1")
            challenge = 'WWW-Authenticate: Basic realm="camera"\r\n' if status.startswith("401") else ""
            connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{challenge}\r\n".encode())

    return behave


def http(
    data: bytes | Path, *, stop_at: float = 1.0, stays: bool = True, rate: float = 0.0, kind: str = "video/mp2t"
) -> Behaviour:
    """Sends a share of the data over HTTP and then nothing.

    Args:
        data: what to send.
        stop_at: the share.
        stays: whether the connection stays open then.
        rate: bytes a second; 0 for all at once.
        kind: the content's type.
    """
    content = data if isinstance(data, bytes) else data.read_bytes()
    content = content[: int(len(content) * stop_at)]

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        size = int(rate / 20) or len(content) or 1
        for at in range(0, len(content), size):
            connection.sendall(content[at : at + size])
            if rate and over.wait(0.05):
                return
        if stays:
            over.wait()

    return behave


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.monotonic()
    call()
    return time.monotonic() - began

"""A program on loopback that is told things: it writes down what comes, and answers as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass
class Receiver:
    """What has come (headers and body), and what is answered."""

    url: str = ""
    status: int = 204
    body: str = ""
    location: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def hear(self, request: Request) -> Response:
        self.came.append((dict(request.headers), await request.body()))
        return Response(self.body, self.status, {"location": self.location} if self.location else {})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    app = Starlette(routes=[Route("/{path:path}", made.hear, methods=["POST", "GET"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield made
    server.should_exit = True
    thread.join()

"""Programs on loopback that hear of alarms: a broker of MQTT, a mail server, a receiver of webhooks."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.server.webhooks.conftest import receiver  # noqa: F401
from trackside.server.alarms.service import AlarmsOut
from trackside.server.alarms.store import AlarmStore
from trackside.server.context import Site


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@dataclass
class Broker:
    """A Mosquitto of the test's own."""

    folder: Path
    port: int = field(default_factory=free_port)
    extra: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n{self.extra}")
        self.process = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the broker does not answer")

    def kill(self, *, kindly: bool = False) -> None:
        """End it; kindly, it saves what it has acknowledged if it keeps anything."""
        if self.process is not None:
            (self.process.terminate if kindly else self.process.kill)()
            self.process.wait()
            self.process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if shutil.which("mosquitto") is None:
        pytest.skip("mosquitto is not installed")
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


@dataclass
class Mailbox:
    """A mail server: what has come, and what it answers."""

    port: int = 0
    answer: str = "250 OK"
    came: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.came.append(envelope)
        return self.answer


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    controller = pytest.importorskip("aiosmtpd.controller")
    made = Mailbox(free_port())
    running = controller.Controller(made, hostname="127.0.0.1", port=made.port)
    running.start()
    yield made
    running.stop()


@pytest.fixture
def taking(site: Site) -> Iterator[AlarmStore]:
    made = AlarmStore(site)
    site.services["alarms"] = made
    yield made
    made.stop()


@pytest.fixture
def out(site: Site) -> Iterator[AlarmsOut]:
    made = AlarmsOut(site)
    made.poll = made.every = 0.05
    site.services["alarms-out"] = made
    yield made
    made.stop()

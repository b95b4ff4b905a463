"""What lives as long as the server: threads and processes that are started and stopped with it."""

from __future__ import annotations

from typing import Protocol


class Service(Protocol):
    """Something that runs beside the endpoints. Making one is cheap and starts nothing."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, and wait until it has ended."""

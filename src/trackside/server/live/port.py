"""What a live engine lets the server do with it, and the place where the server finds it."""

from __future__ import annotations

from typing import Protocol

from trackside.core import RGB
from trackside.pipelines.live import Camera, CameraHealth, EngineHealth


class LivePort(Protocol):
    """An engine that watches cameras. All of it may be called from any thread."""

    def cameras(self) -> list[CameraHealth]:
        """Every camera now."""
        ...

    def health(self) -> EngineHealth:
        """The engine now."""
        ...

    def add(self, camera: Camera) -> None:
        """Watch one more. Raises InputError or PipelineError."""
        ...

    def remove(self, name: str) -> None:
        """Watch one no more. Raises InputError if there is none of that name."""
        ...

    def pause(self, name: str) -> None:
        """Let go of a camera without forgetting it."""
        ...

    def resume(self, name: str) -> None:
        """Watch it again."""
        ...

    def picture(self, name: str, boxes: bool) -> RGB | None:
        """Its newest picture; None before the first."""
        ...

"""Small real videos whose frames say their own number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trackside.media import VideoWriter

from . import toys  # noqa: F401 - registers the toy blocks

MakeVideo = Callable[..., Path]


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Writes a video of flat grey frames, each a little brighter than the one before."""

    def make(name: str = "clip.mp4", frames: int = 12, size: tuple[int, int] = (64, 48), fps: float = 10) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with VideoWriter(path, fps=fps) as writer:
            for number in range(frames):
                grey = np.full((size[1], size[0], 3), 20 + number % 200, np.uint8)
                writer.write(grey, number / fps)
        return path

    return make

"""TUD-Campus (MOTChallenge 2015): 71 frames of 640 x 480 from a fixed camera, with who is where."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import Tracks
from trackside.core.motchallenge import read_mot

Frame = NDArray[np.uint8]


def campus(shared_data: Path, *, every: int = 1) -> tuple[list[Frame], list[Tracks]]:
    """Frames, RGB, and who is in them."""
    folder = shared_data / "mot15" / "TUD-Campus"
    if not (folder / "TUD-Campus.mp4").is_file():
        pytest.skip(f"needs real footage: no TUD-Campus.mp4 in {folder}")
    truth = read_mot(folder / "gt" / "gt.txt")
    reader = cv2.VideoCapture(str(folder / "TUD-Campus.mp4"))
    frames, people = [], []
    for number in range(1, len(truth) + 1):
        _, frame = reader.read()
        if (number - 1) % every == 0:
            frames.append(np.ascontiguousarray(frame[:, :, ::-1]))
            people.append(truth[number])
    return frames, people

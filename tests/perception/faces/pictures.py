"""The real pictures that faces are tested on, and pictures made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from trackside.core import RGB, TracksideError
from trackside.media import read_image
from trackside.models import Package, Silent, pull


def real_pictures(shared_data: Path) -> Mapping[str, RGB]:
    """Two photographs with a face that can be found, one of them also twice as large, and a picture of all of them."""
    footballer = read_image(shared_data / "opencv_vtest" / "messi5.jpg")
    team = read_image(shared_data / "opencv_vtest" / "basketball1.png")
    large = footballer.repeat(2, axis=0).repeat(2, axis=1)
    both = np.zeros((700, 1750, 3), np.uint8)
    both[:480, :640] = team
    both[8:692, 644:1740] = large
    return {"footballer": footballer, "team": team, "large": large, "both": both}


def pulled_mtcnn() -> Package:
    """MTCNN, fetched once; skips the test where it cannot be had."""
    try:
        return pull("mtcnn", reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs MTCNN: {error}")

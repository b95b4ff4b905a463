"""Files that end too soon, and files that are not what their name says."""

import cv2
import numpy as np
import pytest

from tests.data.shortcuts.made import scene
from trackside.data.quality.extractor import grey_end
from trackside.data.quality.wholeness import ends_too_soon, misnamed

KINDS = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF"}


@pytest.mark.parametrize("suffix", KINDS)
def test_a_whole_file_is_whole_and_a_cut_one_is_not(suffix):
    data = cv2.imencode(suffix, scene(np.random.default_rng(0)))[1].tobytes()
    assert not ends_too_soon(data, KINDS[suffix])
    assert ends_too_soon(data[: len(data) * 2 // 3].rstrip(b"\x3b"), KINDS[suffix]) or suffix == ".gif"


def test_bytes_after_the_end_do_no_harm():
    data = cv2.imencode(".jpg", scene(np.random.default_rng(0)))[1].tobytes()
    assert not ends_too_soon(data + b"\0" * 100, "JPEG")
    assert ends_too_soon(b"", "JPEG") is False
    assert not ends_too_soon(data[:50], "TIFF")


def test_names_and_formats():
    assert misnamed("JPEG", ".png") and misnamed("PNG", "")
    assert not misnamed("JPEG", ".JPEG") and not misnamed("", ".png") and not misnamed("XYZ", ".png")


def test_grey_rows_are_counted_from_below():
    picture = scene(np.random.default_rng(0), 40, 100)
    picture[:3] = picture[80:] = 128
    assert grey_end(picture) == 0.2
    assert grey_end(np.full((10, 10, 3), 128, np.uint8)) == 1.0

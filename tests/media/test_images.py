from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.media.films import RGB
from trackside.core import InputError, SettingError
from trackside.media import ImageReader, open_media, read_image

RED = (200, 0, 0)


def save(path: Path, level: int = 100, size: tuple[int, int] = (16, 12)) -> Path:
    image = np.full((size[1], size[0], 3), level, np.uint8)
    image[: size[1] // 3, : size[0] // 3] = RED[::-1]
    cv2.imwrite(str(path), image)
    return path


def with_orientation(path: Path, orientation: int) -> Path:
    """Put an EXIF orientation tag (0x0112) into a JPEG, right behind its start marker."""
    tiff = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x12\x01\x03\0\x01\0\0\0" + bytes([orientation, 0, 0, 0]) + b"\0\0\0\0"
    segment = b"Exif\0\0" + tiff
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:])
    return path


def red_corner(image: RGB) -> tuple[str, str]:
    height, width = image.shape[:2]
    rows, columns = np.nonzero((image[..., 0] > 150) & (image[..., 1] < 60))
    return ("top" if rows.mean() < height / 2 else "bottom", "left" if columns.mean() < width / 2 else "right")


def test_a_folder_is_read_in_natural_order_at_its_rate(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        save(tmp_path / f"shot{number}.png", level=number * 10)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "._shot1.png").write_bytes(b"left by macOS")
    with ImageReader(tmp_path, fps=4) as reader:
        records = list(reader)
    assert [record.data[-1, -1, 0] for record in records] == [10, 20, 100]
    assert [(record.index, record.time) for record in records] == [(0, 0.0), (1, 0.25), (2, 0.5)]
    assert (reader.info.frames, reader.info.fps, reader.info.duration) == (3, 4, 0.75)
    assert reader.problems == []


@pytest.mark.parametrize(
    ("orientation", "corner", "shape"),
    [
        (1, ("top", "left"), (30, 60)),
        (3, ("bottom", "right"), (30, 60)),
        (6, ("top", "right"), (60, 30)),
        (8, ("bottom", "left"), (60, 30)),
    ],
)
def test_exif_orientation_turns_the_image_upright(
    tmp_path: Path, orientation: int, corner: tuple[str, str], shape: tuple[int, int]
) -> None:
    image = read_image(with_orientation(save(tmp_path / "a.jpg", size=(60, 30)), orientation))
    assert image is not None
    assert image.shape[:2] == shape
    assert red_corner(image) == corner


def test_an_unreadable_image_is_passed_over_and_told(tmp_path: Path) -> None:
    save(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"no image at all")
    (tmp_path / "3.png").write_bytes(b"")
    save(tmp_path / "4.png")
    with ImageReader(tmp_path) as reader:
        assert [record.index for record in reader] == [0, 3]
    assert [problem.split()[0] for problem in reader.problems] == ["2.png", "3.png"]


def test_a_single_image_and_a_list_of_images_are_read(tmp_path: Path) -> None:
    paths = [save(tmp_path / "b.png", 20), save(tmp_path / "a.png", 10)]
    with open_media(paths[0]) as reader:
        assert [record.source for record in reader] == ["b"]
    with ImageReader(paths) as listed:
        assert [record.data[-1, -1, 0] for record in listed] == [20, 10]


def test_images_may_differ_in_size(tmp_path: Path) -> None:
    save(tmp_path / "1.png", size=(16, 12))
    save(tmp_path / "2.png", size=(31, 17))
    with ImageReader(tmp_path) as reader:
        assert [record.data.shape for record in reader] == [(12, 16, 3), (17, 31, 3)]


def test_sampling_and_limits_hold_for_images(tmp_path: Path) -> None:
    for number in range(10):
        save(tmp_path / f"{number}.png")
    with ImageReader(tmp_path, fps=10, every=0.25, start=0.2, end=0.9) as reader:
        assert [record.index for record in reader] == [2, 5, 7]


def test_grey_and_transparent_images_become_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((5, 6), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "alpha.png"), np.full((5, 6, 4), 77, np.uint8))
    with ImageReader(tmp_path) as reader:
        assert all(record.data.shape == (5, 6, 3) and (record.data == 77).all() for record in reader)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("folder", None, "holds no images"),
        ("bad.png", b"x", "is not an image that can be read"),
        ("none.png", None, "no such file"),
    ],
)
def test_images_that_cannot_be_used_are_refused(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif not path.suffix:
        path.mkdir()
    with pytest.raises(InputError, match=says):
        open_media(path)


def test_a_rate_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="rate"):
        ImageReader(save(tmp_path / "a.png"), fps=0)

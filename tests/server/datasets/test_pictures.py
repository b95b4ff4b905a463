"""Pictures of items: sizes, copies that are kept, hostile files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.server.datasets.conftest import Add
from tests.server.datasets.making import picture
from trackside.server.datasets.pictures import SIDES, THUMBNAILS


def size_of(content: bytes) -> tuple[int, int]:
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels.shape[1], pixels.shape[0]


@pytest.fixture
def wide(add: Add, place: Path) -> str:
    """A data set of one picture, 3000 x 1500."""
    for number in range(2):
        picture(place / "wide" / "train" / f"c{number}" / "1.jpg", number, width=3000, height=1500)
    return add("wide")


@pytest.mark.parametrize(
    ("asked", "width"), [(64, 64), (65, 96), (160, 160), (300, 384), (500, 512), (700, 768), (2048, 2048)]
)
def test_the_longer_side_is_as_asked_rounded_up(asked: int, width: int, wide: str, client: TestClient) -> None:
    said = client.get(f"/api/datasets/{wide}/items/0/picture.jpg?side={asked}")
    assert said.headers["content-type"] == "image/jpeg"
    assert size_of(said.content) == (width, width // 2)


@pytest.mark.parametrize("asked", SIDES)
def test_pictures_are_never_enlarged(asked: int, shapes: str, client: TestClient) -> None:
    width, _ = size_of(client.get(f"/api/datasets/{shapes}/items/0/picture.jpg?side={asked}").content)
    assert width == 64


@pytest.mark.parametrize("asked", ["63", "2049", "-1", "wide", "1e3"])
def test_other_sides_are_refused(asked: str, shapes: str, client: TestClient) -> None:
    assert client.get(f"/api/datasets/{shapes}/items/0/picture.jpg?side={asked}").status_code == 422


def test_the_browser_keeps_a_picture_whose_address_names_the_version(shapes: str, client: TestClient) -> None:
    version = client.get(f"/api/datasets/{shapes}").json()["version"]
    address = f"/api/datasets/{shapes}/items/0/picture.jpg?side=64"
    assert "immutable" in client.get(f"{address}&v={version}").headers["cache-control"]
    for other in ("", "&v=", "&v=other"):
        assert "immutable" not in client.get(address + other).headers["cache-control"]


def test_small_pictures_are_kept_and_a_changed_file_is_looked_at_again(
    shapes: str, client: TestClient, work: Path, place: Path
) -> None:
    address = f"/api/datasets/{shapes}/items/0/picture.jpg"
    first = client.get(f"{address}?side=160").content
    [kept] = [path for path in work.rglob("*.jpg") if THUMBNAILS in path.parts]
    assert kept.read_bytes() == first
    kept.write_bytes(b"as kept")
    assert client.get(f"{address}?side=160").content == b"as kept"
    client.get(f"{address}?side=1024")
    assert len([path for path in work.rglob("*.jpg") if THUMBNAILS in path.parts]) == 1
    name = client.get(f"/api/datasets/{shapes}/items/0").json()["name"]
    picture(place / "shapes" / name, 77, width=50, height=80)
    assert size_of(client.get(f"{address}?side=160").content) == (50, 80)


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\xff\xd8\xff\xe0", bomb(60_000, 60_000)], ids=["empty", "text", "cut", "bomb"]
)
def test_what_is_no_picture_is_one_sentence_without_a_path(
    content: bytes, shapes: str, client: TestClient, place: Path
) -> None:
    name = client.get(f"/api/datasets/{shapes}/items/0").json()["name"]
    (place / "shapes" / name).write_bytes(content)
    for side in (64, 1024):
        said = client.get(f"/api/datasets/{shapes}/items/0/picture.jpg?side={side}")
        assert said.status_code == 422
        assert str(place) not in said.text
        assert said.json()["problems"][0]["what"].startswith("the file ")


def test_a_picture_that_is_gone_is_missing(shapes: str, client: TestClient, place: Path) -> None:
    name = client.get(f"/api/datasets/{shapes}/items/0").json()["name"]
    (place / "shapes" / name).unlink()
    assert client.get(f"/api/datasets/{shapes}/items/0/picture.jpg").status_code == 404

"""The interface of the live calibration. All sightings are synthetic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.geometry.camera.test_session import Told
from tests.geometry.camera.waving import diverse
from trackside.geometry.camera.report.pictures import encoded

fastapi = pytest.importorskip("fastapi", reason="needs the extra `serve`")
from starlette.testclient import TestClient  # noqa: E402

from trackside.server.calibration import LiveCalibration, calibration_app  # noqa: E402
from trackside.server.calibration.frames import jpeg_size, picture_of  # noqa: E402

JPEG = encoded(np.full((72, 128, 3), 90, np.uint8), ".jpg")
HEADERS = {"content-type": "image/jpeg"}
BASE = "/calibration/secret"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveCalibration]:
    calibration = LiveCalibration(
        Told(6, 9, 0.04, answers=itertools.cycle(diverse())), folder=tmp_path / "out", name="phone", clock=Clock()
    )
    yield calibration
    calibration.session.close()


@pytest.fixture
def client(live: LiveCalibration) -> TestClient:
    return TestClient(calibration_app(live, "secret"), base_url="http://127.0.0.1:8000")


def send(client: TestClient, number: int) -> Any:
    return client.post(f"{BASE}/frames?time={2 * number}", content=JPEG, headers=HEADERS)


def test_a_picture_is_answered_with_what_to_do_next(client: TestClient) -> None:
    state = send(client, 0).json()
    assert state["kept"]
    assert state["count"] == 1
    assert state["size"] == [128, 72]
    assert len(state["points"]) == len(diverse()[0].ids)
    assert state["advice"].startswith("Hold the board")
    assert len(state["outline"]) == 4
    assert state["expected_error"] is None


def test_finish_writes_the_folder_and_shows_the_report(client: TestClient, live: LiveCalibration) -> None:
    assert client.get(f"{BASE}/report").status_code == 409
    for number in range(24):
        assert send(client, number).status_code == 200
    said = client.post(f"{BASE}/finish").json()
    assert said["title"].startswith("phone: within")
    names = {path.name for path in live.folder.iterdir()}
    assert names == {"lens.json", "opencv.yml", "caliscope.toml", "report.html", "report.json", "pictures"}
    assert "phone: within" in client.get(f"{BASE}/report").text
    assert send(client, 99).status_code == 422


def test_finish_too_early_says_what_is_missing_and_goes_on(client: TestClient, live: LiveCalibration) -> None:
    send(client, 0)
    said = client.post(f"{BASE}/finish")
    assert said.status_code == 422
    assert "one view only" in said.json()["detail"]["what"]
    assert not live.folder.exists()
    assert send(client, 1).json()["count"] == 2


def test_start_again_forgets(client: TestClient) -> None:
    send(client, 0)
    assert client.post(f"{BASE}/restart").status_code == 200
    assert send(client, 1).json()["count"] == 1


def test_it_is_over_after_the_report_and_after_a_long_silence(client: TestClient, live: LiveCalibration) -> None:
    clock: Any = live._clock
    assert not live.is_over
    clock.now = 901.0
    assert live.is_over
    send(client, 0)
    assert not live.is_over
    for number in range(1, 12):
        send(client, number)
    client.post(f"{BASE}/finish")
    assert not live.is_over
    client.get(f"{BASE}/report")
    clock.now += 3
    assert live.is_over


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no JPEG"),
        (b"GIF89a....", "no JPEG"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (JPEG[:200], "damaged"),
        (JPEG.replace(b"\x00\x48\x00\x80", b"\xff\xff\xff\xff"), "65535 x 65535"),
        (encoded(np.zeros((8, 8, 3), np.uint8), ".jpg"), "8 x 8"),
    ],
)
def test_hostile_bytes_are_refused_with_a_sentence(data: bytes, says: str, client: TestClient) -> None:
    said = client.post(f"{BASE}/frames", content=data, headers=HEADERS)
    assert said.status_code == 422
    assert says in said.json()["detail"]["what"]


def test_random_bytes_never_break_the_server(client: TestClient) -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        data = bytearray(JPEG)
        for place in rng.integers(2, len(data), 12):
            data[place] = int(rng.integers(256))
        assert client.post(f"{BASE}/frames", content=bytes(data), headers=HEADERS).status_code in (200, 422)


def test_the_size_is_read_from_the_header() -> None:
    assert jpeg_size(JPEG) == (128, 72)
    assert picture_of(JPEG).shape == (72, 128, 3)


def test_too_much_is_not_read(client: TestClient) -> None:
    assert client.post(f"{BASE}/frames", content=bytes(8_000_001), headers=HEADERS).status_code == 413
    assert client.post(f"{BASE}/finish", content=b"x").status_code == 413


def test_another_kind_of_body_and_impossible_times_are_refused(client: TestClient) -> None:
    assert client.post(f"{BASE}/frames", content=JPEG, headers={"content-type": "text/plain"}).status_code == 415
    assert client.post(f"{BASE}/frames?time=-1", content=JPEG, headers=HEADERS).status_code == 422


def test_a_second_picture_at_the_same_time_is_turned_away(client: TestClient, live: LiveCalibration) -> None:
    with live._alone():
        assert send(client, 0).status_code == 429
    assert send(client, 0).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:8000"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
)
def test_strangers_are_kept_out(headers: dict[str, str], client: TestClient) -> None:
    assert client.get(f"{BASE}/settings", headers=headers).status_code == 403


def test_our_own_page_is_let_in(client: TestClient) -> None:
    for own in ({"origin": "http://127.0.0.1:8000"}, {"host": "localhost:8000"}, {}):
        assert client.get(f"{BASE}/settings", headers=own).status_code == 200


@pytest.mark.parametrize(
    "path", ["/calibration/wrong/settings", "/calibration//settings", f"{BASE}/../live.py", f"{BASE}/live.py", "/"]
)
def test_without_the_token_there_is_nothing(path: str, client: TestClient) -> None:
    assert client.get(path).status_code == 404


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get(f"{BASE}/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for file in ("", "page.css", "page.js"):
        assert "https://" not in client.get(f"{BASE}/{file}").text

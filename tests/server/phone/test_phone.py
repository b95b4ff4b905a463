"""The page for a phone, over real HTTP on loopback."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from tests.server.uploads.tus import TUS, Tus, film_bytes
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.phone import network
from trackside.server.phone.service import PhoneService
from trackside.server.problems import Refused

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def service(site: Site) -> Iterator[PhoneService]:
    made = PhoneService(site, lambda: "127.0.0.1")
    site.services["phone"] = made
    yield made
    made.stop()


@pytest.fixture
def client(site: Site, service: PhoneService) -> Iterator[TestClient]:
    with TestClient(create_app(site, with_workers=False), base_url="http://127.0.0.1") as made:
        yield made
    site.services["uploads"].stop()


@pytest.fixture
def invitation(client: TestClient) -> dict[str, Any]:
    answer = client.post("/api/phone")
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    reached(made["address"])
    return made


def reached(address: str) -> httpx.Response:
    for _ in range(200):
        try:
            return httpx.get(address, timeout=10)
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("nothing listens")


def split(address: str) -> tuple[str, str]:
    base, _, rest = address.partition("/phone/")
    return base, f"/phone/{rest}uploads"


def test_nothing_listens_before_somebody_asks(client: TestClient, service: PhoneService) -> None:
    service.start()
    assert service._listener is None


def test_the_page_and_nothing_else(invitation: dict[str, Any]) -> None:
    address = invitation["address"]
    page = reached(address)
    assert (
        page.status_code == 200 and "Film" in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    )
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        assert httpx.get(address + name).headers["content-type"].startswith(kind)
    base, uploads = split(address)
    for path in (
        "/",
        "/api/videos",
        "/api/phone",
        "/docs",
        "/openapi.json",
        "/phone/",
        "/phone/wrong/",
        "/phone/wrong/page.js",
    ):
        assert httpx.get(base + path).status_code == 404, path
    for path in ("closed.html", "index.html", "uploads", "%2e%2e", "..%2fservice.py", "x" * 999):
        assert httpx.get(address + path).status_code == 404, path
    assert httpx.post(f"{base}/phone/wrong/uploads", headers={**TUS, "Upload-Length": "5"}).status_code == 404
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 403
    foreign = {**TUS, "Upload-Length": "5", "Origin": "http://evil.example"}
    assert httpx.post(base + uploads, headers=foreign).status_code == 403


def test_the_invitation_says_what_happens(client: TestClient, invitation: dict[str, Any]) -> None:
    assert invitation["qr"].startswith("<svg") and "xmlns" in invitation["qr"]
    assert "nothing else" in invitation["note"] and invitation["received"] == 0
    assert client.get(f"/api/phone/{invitation['id']}").json()["address"] == invitation["address"]
    assert client.get("/api/phone/nothing").status_code == 404


def test_a_video_from_the_phone(client: TestClient, invitation: dict[str, Any], tmp_path: Path) -> None:
    base, uploads = split(invitation["address"])
    data = film_bytes(tmp_path / "made")
    with httpx.Client(base_url=base) as phone:
        tus = Tus(phone, uploads)
        assert "creation" in phone.options(uploads).headers["tus-extension"]
        made = tus.create("IMG_1.MOV", len(data), folder="elsewhere")
        url = made.headers["location"]
        assert url.startswith(uploads)
        tus.patch(url, 0, data[:100])
        assert tus.offset(url) == 100
        assert client.get(f"/api/phone/{invitation['id']}").json()["received"] == 0
        assert tus.patch(url, 100, data[100:]).status_code == 204
    video = Tus(client).settled(made.headers["trackside-video"])
    assert video["state"] == "ready" and video["folder"] == "Phone" and video["owner"] == "you"
    assert client.get(f"/api/phone/{invitation['id']}").json()["received"] == 1


def test_a_phone_reaches_its_own_uploads_only(client: TestClient, invitation: dict[str, Any]) -> None:
    base, uploads = split(invitation["address"])
    other = Tus(client).create("film.mp4", 100).headers["location"].rpartition("/")[2]
    url = f"{uploads}/{other}"
    with httpx.Client(base_url=base) as phone:
        tus = Tus(phone, uploads)
        assert (
            phone.head(url, headers=TUS).status_code
            == tus.delete(url).status_code
            == tus.patch(url, 0, b"x").status_code
            == 404
        )


def test_a_page_is_closed(client: TestClient, invitation: dict[str, Any], service: PhoneService) -> None:
    listener = service._listener
    other = client.post("/api/phone").json()
    assert client.delete(f"/api/phone/{invitation['id']}").status_code == 200
    assert client.delete(f"/api/phone/{invitation['id']}").status_code == 404
    closed = httpx.get(invitation["address"])
    assert closed.status_code == 404 and "This page is closed" in closed.text
    assert httpx.get(other["address"]).status_code == 200
    client.delete(f"/api/phone/{other['id']}")
    assert listener is not None
    listener.end()
    assert not listener._thread.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(invitation["address"])
    assert reached(client.post("/api/phone").json()["address"]).status_code == 200


def test_after_a_quarter_of_an_hour(client: TestClient, invitation: dict[str, Any], service: PhoneService) -> None:
    base, uploads = split(invitation["address"])
    with httpx.Client(base_url=base) as phone:
        tus = Tus(phone, uploads)
        url = tus.create("film.mp4", 100).headers["location"]
        found = service._invitations.get(invitation["id"])
        assert found is not None
        found.expires -= timedelta(minutes=16)
        assert tus.create("film.mp4", 100).status_code == 410
        assert tus.patch(url, 0, b"x" * 10).status_code == 204
        found.last_bytes -= timedelta(minutes=3)  # type: ignore[operator]
        assert found.is_over and tus.patch(url, 10, b"x").status_code in (404, 410)
    assert client.get(f"/api/phone/{invitation['id']}").status_code == 404


def test_a_machine_without_a_network(client: TestClient, service: PhoneService, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable:
        def __init__(self, *_: object) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(network.socket, "socket", Unreachable)
    with pytest.raises(Refused, match="no network"):
        network.lan_address()
    service._find_address = network.lan_address
    answer = client.post("/api/phone")
    assert answer.status_code == 409 and "Wi-Fi" in answer.json()["problems"][0]["fix"]
    assert service._invitations.count() == 0


def test_too_many_pages(client: TestClient, invitation: dict[str, Any]) -> None:
    answers = [client.post("/api/phone").status_code for _ in range(20)]
    assert answers == [201] * 19 + [429]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(client: TestClient, invitation: dict[str, Any], tmp_path: Path, scheme: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    film_bytes(tmp_path / "made", "Heat 1.mp4", frames=60, size=(640, 480))
    (tmp_path / "made" / "A photo archive of the whole long day.zip").write_bytes(b"PK\3\4" + bytes(1000))
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme=scheme)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if "violates" in message.text else None)
        page.goto(invitation["address"])
        page.screenshot(path=tmp_path / f"first-{scheme}.png")
        lost = iter((True, True, False, False, False, False))
        page.route("**/uploads/*", lambda route: route.abort() if next(lost, False) else route.continue_())
        page.set_input_files("#choose", sorted((tmp_path / "made").iterdir()))
        page.get_by_text("No connection; trying again").wait_for(timeout=20_000)
        page.screenshot(path=tmp_path / f"lost-{scheme}.png")
        page.get_by_text("It is on the computer now").wait_for(timeout=30_000)
        page.get_by_text("1 video could not be sent").wait_for(timeout=30_000)
        page.screenshot(path=tmp_path / f"end-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.get_by_text("unpack it and upload the videos in it").count() == 1
        page.set_input_files("#film", tmp_path / "made" / "Heat 1.mp4")
        page.get_by_text("It is on the computer now").nth(1).wait_for(timeout=30_000)
        assert troubles == []
        browser.close()
    videos = client.get("/api/videos").json()["items"]
    assert [Tus(client).settled(video["id"])["state"] for video in videos] == ["ready", "ready"]
    assert client.get(f"/api/phone/{invitation['id']}").json()["received"] == 2

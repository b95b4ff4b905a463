"""The live page in a real browser, with a synthetic video for a camera."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.geometry.camera.waving import LENS, pose
from trackside.geometry.camera.boards import board_of
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.report.pictures import encoded
from trackside.geometry.camera.synthetic import Scene, render

pytest.importorskip("fastapi", reason="needs the extra `serve`")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BOARD = board_of("chessboard:9x6:square=0.04")
SMALL = Lens((640, 360), (500.0, 500.0), (322.0, 178.0), LENS.distortion)
# Each is shown for two seconds.
POSES = [pose(x, y, 0.62, 33, away) for x, y, away in [(0, 0, 0), (-0.12, -0.04, 90), (0.12, 0.04, 180), (0, 0.05, 270)]]


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    path = tmp_path / "wave.mjpeg"
    pictures = [render(BOARD, SMALL, where, Scene(noise=1.0, seed=row)) for row, where in enumerate(POSES)]
    path.write_bytes(b"".join(60 * encoded(np.repeat(one[..., None], 3, 2), ".jpg") for one in pictures))
    return path


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    from trackside.server.calibration import LiveCalibration, calibration_app
    from trackside.server.local import LocalServer

    live, server, over = LiveCalibration(BOARD, folder=tmp_path / "out", name="laptop"), LocalServer(), threading.Event()
    application = calibration_app(live, "secret")
    thread = threading.Thread(target=lambda: server.serve(application, lambda: over.is_set() or live.is_over))
    thread.start()
    yield f"{server.address}/calibration/secret/"
    over.set()
    thread.join(timeout=20)
    live.session.close()
    assert not thread.is_alive()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_the_board_is_waved_until_finish(camera: Path, address: str, tmp_path: Path) -> None:
    words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--use-fake-ui-for-media-stream"]
    words += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        page = browser.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address)
        sync_api.expect(page.locator("#board")).to_have_text("chessboard:9x6:square=0.04")
        page.click("#start")
        sync_api.expect(page.locator("#count")).to_have_text(re.compile(r"^([3-9]|\d\d)$"), timeout=90_000)
        sync_api.expect(page.locator("#advice")).to_have_text(re.compile("Hold the board|Show the whole"))
        page.click("#finish")
        page.wait_for_url("**/report", timeout=60_000)
        assert page.title().startswith("laptop: not good enough yet (")  # three or four views are few
        browser.close()
    assert broken == []
    assert (tmp_path / "out" / "lens.json").is_file()

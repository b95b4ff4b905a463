"""Cameras files: short where they can be, and wrong ones are told with all that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.pipelines.live import read_cameras


def write(folder: Path, text: str) -> Path:
    path = folder / "cameras.yaml"
    path.write_text(text)
    return path


def test_a_camera_is_an_address_or_settings_and_takes_the_rest_from_the_defaults(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
defaults: {pipeline: mine.yaml, rate: 4, settings: {detect.threshold: 0.2}}
cameras:
  gate: rtsp://one/stream
  yard: {address: "rtsp://two/a", substream: "rtsp://two/b", rate: 8, settings: {yard.zone: [[0, 0], [1, 0], [1, 1]]}}
""",
    )
    gate, yard = read_cameras(path).cameras
    assert (gate.name, gate.address, gate.rate, gate.pipeline) == (
        "gate",
        "rtsp://one/stream",
        4,
        str(tmp_path / "mine.yaml"),
    )
    assert yard.looked_at == "rtsp://two/b" and yard.rate == 8
    assert set(yard.settings) == {"detect.threshold", "yard.zone"}


def test_files_are_found_beside_the_cameras_file_and_templates_by_their_name(tmp_path: Path) -> None:
    path = write(tmp_path, "cameras: {a: {address: clips/a.mp4, pipeline: watch-an-area}, b: 'file:b.mp4?speed=2'}")
    a, b = read_cameras(path).cameras
    assert a.address == str(tmp_path / "clips/a.mp4") and a.pipeline == "watch-an-area"
    assert b.address == f"file:{tmp_path / 'b.mp4'}?speed=2"


def test_passwords_may_come_from_the_environment_and_are_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "cameras: {gate: 'rtsp://me:${GATE_PASSWORD}@one/stream'}")
    with pytest.raises(InputError, match="GATE_PASSWORD"):
        read_cameras(path)
    monkeypatch.setenv("GATE_PASSWORD", "hush")
    (camera,) = read_cameras(path).cameras
    assert camera.address == "rtsp://me:hush@one/stream"
    assert "hush" not in camera.shown_address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no cameras"),
        ("cameras: {}", "names no camera"),
        ("[1, 2]", "holds no cameras"),
        ("kameras: {a: rtsp://x}", "did you mean 'cameras'|cameras"),
        ("cameras: {a: {adress: 'rtsp://x'}}", "address"),
        ("cameras: {a: {address: 'rtsp://x', rate: 0}}", "a.rate"),
        ("cameras: {a: {address: 'rtsp://x', rate: .nan}}", "a.rate"),
        ("cameras: {'../etc': 'rtsp://x'}", "name"),
        ("cameras: {a: 5}", "neither an address nor settings"),
        ("cameras: {a: rtsp://x}\nalarms: mqtt", "no list of channels"),
        ("cameras: {a: rtsp://x, a: rtsp://y}", "a"),
        ("cameras: {a: {address: rtsp://x", "cameras.yaml"),
    ],
    ids=lambda value: value[:24].replace(" ", "-") if isinstance(value, str) else None,
)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        read_cameras(write(tmp_path, text))
    assert "Traceback" not in str(error.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "cameras: {a: {address: rtsp://x, rate: 0}, b: {address: rtsp://x, stalenes: 3}}")
    with pytest.raises(InputError) as error:
        read_cameras(path)
    assert "a.rate" in str(error.value) and "b.stalenes" in str(error.value) and "staleness" in str(error.value)


def test_a_file_that_is_not_there_or_is_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_cameras(tmp_path / "none.yaml")
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0" * 20)
    with pytest.raises(InputError, match="no text"):
        read_cameras(tmp_path / "picture.yaml")

"""Decoding on devices of the machine, and without."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from trackside.media.live import LiveSettings, hardware, open_live


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which none of the devices that PyAV was built for can be opened."""
    monkeypatch.setattr(hardware, "_DEVICES", ("amf", "drm", "nonsense"))
    hardware.device_for.cache_clear()
    yield
    hardware.device_for.cache_clear()


def test_without_a_device_the_processor_decodes_and_it_is_told(no_device: None, clip: Path) -> None:
    settings = LiveSettings(hardware="auto", loop=False)
    reader = open_live(f"file:{clip}?speed=50", settings, source="yard")
    assert len(list(reader)) == 10
    assert reader.info.decoder == "h264 (no hardware decoder here)"


def test_devices_are_not_looked_for_where_they_are_not_wanted(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "device_for", lambda codec: pytest.fail("looked for a device"))
    reader = open_live(f"file:{clip}?speed=50", LiveSettings(loop=False), source="yard")
    assert len(list(reader)) == 10
    assert reader.info.decoder == "h264"


def test_the_device_is_named_only_where_pictures_come_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "device_for", lambda codec: "cuda")
    on_device = SimpleNamespace(name="h264", is_hwaccel=True)
    assert hardware.decoder_name(on_device, True, "nv12") == "h264 (cuda)"
    assert hardware.decoder_name(on_device, True, "yuv420p") == "h264 (no hardware decoder here)"
    assert (
        hardware.decoder_name(SimpleNamespace(name="mjpeg", is_hwaccel=False), True, "")
        == "mjpeg (no hardware decoder here)"
    )

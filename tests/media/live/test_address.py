"""Addresses: what they are taken for, and that nothing secret is shown of them."""

from __future__ import annotations

import math

import pytest

from trackside.core import InputError, SettingError
from trackside.media.live import LiveSettings, parse_address, without_password

NO_ADDRESSES = ["", "  ", "ftp://a:s3cret@b/x", "rtsp://", "rtsp:///x", "rtsp://a\r\nb", "rtsp://" + "a" * 5000]
NO_SETTINGS = [
    {"every": -1.0},
    {"keep": float("nan")},
    {"read_timeout": 0.0},
    {"open_timeout": float("inf")},
    {"decode": "fast"},
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rtsp://10.0.0.5/stream", "rtsp"),
        ("RTSPS://cam/1", "rtsp"),
        ("rtmp://10.0.0.5/live/a", "rtmp"),
        ("https://host/live/index.m3u8", "http"),
        ("webcam:0", "webcam"),
        ("/dev/video2", "webcam"),
        ("yard.mp4", "file"),
        ("/recordings/10:30?.mp4", "file"),
        ("C:\\films\\yard.mp4", "file"),
        ("file:yard.mp4?speed=2", "file"),
    ],
)
def test_each_kind_of_address_is_known(text: str, kind: str) -> None:
    assert parse_address(text).kind == kind


def test_a_file_tells_its_speed_and_path() -> None:
    address = parse_address("file:/films/a b?.mp4?speed=2.5")
    assert (address.url, address.speed) == ("/films/a b?.mp4", 2.5)
    assert parse_address("file:///films/a%20b.mp4").url == "/films/a b.mp4"
    assert parse_address("yard.mp4").speed == 1.0


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://admin:s3cret@10.0.0.5:554/a", "rtsp://10.0.0.5:554/a"),
        ("rtsp://admin:p@ss@10.0.0.5/a", "rtsp://10.0.0.5/a"),
        ("rtsp://admin:sl/ash@10.0.0.5/a", "rtsp://10.0.0.5/a"),
        ("rtmp://cam/live?user=admin&password=s3cret&channel=1", "rtmp://cam/live?user=admin&password=***&channel=1"),
        ("rtsp://cam/user=admin_password=s3cret_channel=1.sdp", "rtsp://cam/user=admin_password=***"),
        ("http://cam:8080/a?TOKEN=abc", "http://cam:8080/a?TOKEN=***"),
    ],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    assert without_password(address) == shown
    assert "s3cret" not in repr(parse_address(address))


@pytest.mark.parametrize(
    "address",
    ["http://cam:8080/live/user@domain", "rtsp://[::1]:554/live/a@b", "rtsp://cam/monkey/keys", "/films/a@b:c.mp4"],
)
def test_addresses_without_secrets_are_shown_as_they_are(address: str) -> None:
    assert without_password(address) == address


@pytest.mark.parametrize(
    "text", ["", "  ", "ftp://a:s3cret@b/x", "rtsp://", "rtsp:///x", "rtsp://a\r\nb", "rtsp://" + "a" * 5000]
)
def test_what_is_no_address_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_address(text)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "fast", ""])
def test_a_speed_that_is_none_is_refused(speed: str) -> None:
    with pytest.raises(SettingError, match="is no speed"):
        parse_address(f"file:yard.mp4?speed={speed}")


@pytest.mark.parametrize(
    "settings",
    [{"every": -1.0}, {"keep": math.nan}, {"read_timeout": 0.0}, {"open_timeout": math.inf}, {"decode": "fast"}],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError) as caught:
        LiveSettings(**settings)  # type: ignore[arg-type]
    assert caught.value.where == next(iter(settings))

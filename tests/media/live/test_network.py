"""Network sources that refuse, hang, stop, send rubbish: one sentence each, in time, without the password."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.live.servers import Behaviour, answering, closing, free_port, http, seconds, serving, silent
from trackside.core import InputError
from trackside.media.live import LiveReader, LiveSettings, open_live

HASTY = LiveSettings(open_timeout=1.0, read_timeout=0.7)
PATIENT = LiveSettings(open_timeout=30.0, read_timeout=30.0)


def refusal(address: str, settings: LiveSettings = HASTY) -> str:
    with pytest.raises(InputError) as caught:
        open_live(address, settings, source="yard")
    text = str(caught.value)
    assert "s3cret" not in text
    assert caught.value.fix
    assert "\n" not in text
    return text


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
def test_a_machine_that_accepts_and_says_nothing_is_given_up_in_time(scheme: str) -> None:
    with serving(silent) as port:
        took = seconds(lambda: refusal(f"{scheme}://admin:s3cret@127.0.0.1:{port}/yard"))
        said = refusal(f"{scheme}://admin:s3cret@127.0.0.1:{port}/yard")
    assert "gives no video within 1 s" in said
    assert took < 6


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
def test_a_refused_connection_is_told_as_that(scheme: str) -> None:
    assert "refuses the connection" in refusal(f"{scheme}://admin:s3cret@127.0.0.1:{free_port()}/yard")


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
def test_a_machine_that_hangs_up_is_told_as_that(scheme: str) -> None:
    with serving(closing) as port:
        assert "closes the connection" in refusal(f"{scheme}://admin:s3cret@127.0.0.1:{port}/yard")


@pytest.mark.parametrize(
    ("status", "said"),
    [("401 Unauthorized", "name or password"), ("403 Forbidden", "forbids"), ("404 Not Found", "no stream of that name")],
    ids=["401", "403", "404"],
)
def test_what_a_camera_answers_is_told_in_words(status: str, said: str) -> None:
    with serving(answering(status)) as port:
        assert said in refusal(f"rtsp://admin:s3cret@127.0.0.1:{port}/yard")


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
def test_connecting_is_given_up_when_told_to(scheme: str) -> None:
    stop = threading.Event()
    with serving(silent) as port:
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(InputError, match="stopped while connecting"):
            open_live(f"{scheme}://127.0.0.1:{port}/yard", PATIENT, source="yard", stop=stop)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "content", [b"<html>not a camera</html>" * 200, os.urandom(300_000), b""], ids=["page", "noise", "nothing"]
)
def test_what_is_no_video_is_refused(content: bytes) -> None:
    with serving(http(content, stays=False)) as port:
        refusal(f"http://127.0.0.1:{port}/yard?token=s3cret")


def test_a_playlist_cannot_make_us_read_files_of_this_machine(transport_stream: Path) -> None:
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{transport_stream}\n#EXT-X-ENDLIST\n".encode()
    with serving(http(playlist, stays=False, kind="application/vnd.apple.mpegurl")) as port:
        refusal(f"http://127.0.0.1:{port}/yard.m3u8")


def opened(behaviour: Behaviour, settings: LiveSettings, use: Callable[[LiveReader], None]) -> None:
    with serving(behaviour) as port:
        reader = open_live(f"http://admin:s3cret@127.0.0.1:{port}/yard.ts", settings, source="yard")
        try:
            use(reader)
        finally:
            reader.close()


def test_a_stream_over_http_gives_its_pictures_until_it_stalls(transport_stream: Path) -> None:
    """It sends three quarters of its two seconds in about one, and then nothing, with the connection open."""

    def use(reader: LiveReader) -> None:
        times: list[float] = []
        with pytest.raises(InputError, match=r"sends nothing for 0\.7 s") as caught:
            for record in reader:
                times.append(record.time)
                assert record.wall == pytest.approx(time.time(), abs=5)
        assert "s3cret" not in str(caught.value) + repr(reader.info)
        assert len(times) >= 3
        assert times == sorted(set(times))
        assert (reader.info.width, reader.info.height, reader.info.codec) == (160, 96, "h264")

    size = transport_stream.stat().st_size
    opened(http(transport_stream, stop_at=0.75, rate=size * 0.75), HASTY, use)


def test_a_stream_that_ends_is_told_as_lost(transport_stream: Path) -> None:
    def use(reader: LiveReader) -> None:
        with pytest.raises(InputError, match=r"ended|broke"):
            list(reader)

    opened(http(transport_stream, stays=False), HASTY, use)


def test_closing_ends_a_read_that_waits_for_a_silent_camera(transport_stream: Path) -> None:
    """The timeout is 30 s; closing from another thread must not wait for it."""

    def use(reader: LiveReader) -> None:
        threading.Timer(1.0, reader.close).start()
        began = time.monotonic()
        assert len(list(reader)) > 0
        assert time.monotonic() - began < 6

    opened(http(transport_stream, stop_at=0.75), PATIENT, use)


def test_other_readers_of_the_same_thread_are_not_ended_with_one(transport_stream: Path) -> None:
    behaviour = http(transport_stream, rate=transport_stream.stat().st_size)
    with serving(behaviour) as port:
        one, other = (open_live(f"http://127.0.0.1:{port}/{n}.ts", HASTY, source="yard") for n in range(2))
        first = iter(other)
        next(first)
        one.close()
        assert list(one) == []
        assert next(first).time > 0
        other.close()


def test_closing_ends_the_connection(transport_stream: Path) -> None:
    left = threading.Event()

    def behave(connection: socket.socket, over: threading.Event) -> None:
        threading.Thread(target=lambda: (over.wait(10), connection.close()), daemon=True).start()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n" + transport_stream.read_bytes())
        with contextlib.suppress(ConnectionResetError):
            connection.recv(1)
        left.set()

    with serving(behave) as port:
        reader = open_live(f"http://127.0.0.1:{port}/yard.ts", PATIENT, source="yard")
        next(iter(reader))
        assert not left.is_set()
        reader.close()
        assert left.wait(5)


def test_devices_that_are_absent_are_named() -> None:
    assert "webcam:97" in refusal("webcam:97")

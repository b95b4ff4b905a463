"""Names of users are labels, and nothing more."""

from __future__ import annotations

import pytest

from trackside.server.uploads.names import clean_folder, clean_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\videos\\x.mp4", "x.mp4"),
        ("C:\\x", "x"),
        ("a\x00b\n\tc\x7f.mp4", "ab c.mp4"),
        ("film\u202e4pm.exe", "film4pm.exe"),
        ("lone\ud800.mp4", "lone.mp4"),
        ("", "video"),
        ("..", "video"),
        ("/", "video"),
        ("  Läufe  1.mp4 ", "Läufe 1.mp4"),
        ("水泳 🏊‍♀️.mov", "水泳 🏊‍♀️.mov"),
        ("a" * 300 + ".mp4", "a" * 251 + ".mp4"),
        ("b" * 300, "b" * 255),
    ],
)
def test_names(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", ""),
        ("Heats/Day 2", "Heats/Day 2"),
        ("../..//etc\\x", "etc/x"),
        ("/a/./b/", "a/b"),
        ("x" * 600, "x" * 500),
        ("\x00", ""),
    ],
)
def test_folders(given: str, shown: str) -> None:
    assert clean_folder(given) == shown

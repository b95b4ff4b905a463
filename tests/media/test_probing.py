from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.films import cut, make_film, make_sound, turn
from trackside.core import InputError
from trackside.media import open_media, probe


def test_a_film_is_described(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", 20, fps=25, size=(80, 48))
    info = probe(str(path))
    assert (info.path, info.width, info.height, info.frames, info.fps) == (path, 80, 48, 20, 25)
    assert info.duration == pytest.approx(0.8)
    assert (info.codec, info.pixel_format, info.rotation, info.has_audio) == ("h264", "yuv420p", 0, False)
    assert info.size_bytes == path.stat().st_size


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_the_size_is_that_of_the_upright_picture(tmp_path: Path, clockwise: int) -> None:
    info = probe(turn(make_film(tmp_path / "film.mp4", 2), clockwise))
    assert info.rotation == clockwise
    assert (info.width, info.height) == ((64, 48) if clockwise == 180 else (48, 64))


def test_a_late_start_does_not_count_as_duration(tmp_path: Path) -> None:
    film = make_film(tmp_path / "late.mkv", 10, pts=list(range(100, 110)))
    assert probe(film).duration == pytest.approx(1.0, abs=0.11)


def test_a_colon_in_the_name_is_no_protocol(tmp_path: Path) -> None:
    assert probe(make_film(tmp_path / "film.mp4", 1).rename(tmp_path / "at 10:30.mp4")).frames == 1


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").touch()


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.mp4\n#EXT-X-ENDLIST\n"
UNUSABLE = {
    "missing": ("none.mp4", lambda path: None, "no such file"),
    "empty": ("empty.mp4", Path.touch, "the file is empty"),
    "text": ("text.mp4", lambda path: path.write_text("words " * 300), "damaged or cut off"),
    "text of a terminal": ("notes.txt", lambda path: path.write_text("words " * 300), "not a video"),
    "list of files": ("list.mp4", lambda path: path.write_text("ffconcat version 1.0\nfile 'other.mp4'\n"), "cut off"),
    "playlist": ("list.m3u8", lambda path: path.write_text(PLAYLIST), "not a video"),
    "sound": ("sound.mp4", make_sound, "has sound but no picture"),
    "index cut off": ("film.mp4", lambda path: cut(make_film(path, 50), 0.9), "damaged or cut off"),
    "folder": ("folder", _folder, "holds no images"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    name, make, says = UNUSABLE[case]
    make_film(tmp_path / "other.mp4", 5)
    make(tmp_path / name)
    with pytest.raises(InputError, match=says) as told:
        open_media(tmp_path / name)
    assert str(tmp_path / name) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        probe(tmp_path)

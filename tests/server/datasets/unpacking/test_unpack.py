"""Archives that are wrong, broken or hostile: one clear sentence, and nothing left; and those that are only unusual."""

from __future__ import annotations

import io
import random
import shutil
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.server.datasets.sending import tarred, zipped
from trackside.core import InputError, OutputError
from trackside.server.datasets.unpacking import directory, stream, unpack as unpacking
from trackside.server.datasets.unpacking.unpack import unpack

ROOM = 1 << 30
Make = Callable[[], bytes]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two files in two folders, one of them so long that readers take it in pieces."""
    noise = random.Random(0)
    for name, size in (("train/red/a.bin", 3_000_000), ("test/blue/b.bin", 512)):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(noise.randbytes(size))
    return tmp_path / "tree"


def unpacked(folder: Path, data: bytes, room: int = ROOM) -> dict[str, bytes]:
    """The files that an archive gives; nothing else may lie there afterwards, in a good or in a bad case."""
    (folder / "archive").write_bytes(data)
    try:
        unpack(folder / "archive", folder / "files", room, lambda fraction, files: None)
    finally:
        left = sorted(path.name for path in folder.iterdir())
        assert left in (["archive", "files"], ["archive"]), left
    return found(folder / "files")


def found(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


@pytest.mark.parametrize("packing", ["zip", "", "gz", "bz2", "xz"])
@pytest.mark.parametrize("top", ["", "shapes/"])
def test_what_was_packed_comes_out(tree: Path, place: Path, packing: str, top: str) -> None:
    data = zipped(tree, top) if packing == "zip" else tarred(tree, top or ".", packing)
    assert unpacked(place, data) == found(tree)


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_of_every_kind(tree: Path, place: Path, format: int) -> None:
    long = tree / "train" / ("n" * 90) / ("m" * 90 + "ä.bin")
    long.parent.mkdir()
    long.write_bytes(b"x" * 1024)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=format) as archive:
        archive.add(tree, ".")
    assert unpacked(place, out.getvalue()) == found(tree)


def test_litter_is_left_out_and_does_not_hide_the_only_folder(tree: Path, place: Path) -> None:
    more = {"__MACOSX/shapes/._a.bin": b"x", ".DS_Store": b"x", "shapes/train/Thumbs.db": b"x", "shapes/._train": b"x"}
    assert unpacked(place, zipped(tree, "shapes/", more)) == found(tree)


def test_a_single_folder_that_means_something_stays(place: Path) -> None:
    assert list(unpacked(place, of_zip({"train/red/a.png": b"x"}))) == ["train/red/a.png"]


def test_names_with_the_slashes_of_windows(place: Path) -> None:
    assert set(unpacked(place, of_zip({"a\\b\\c.png": b"1", "a\\d.png": b"2"}))) == {"b/c.png", "d.png"}


def of_zip(files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return out.getvalue()


def of_tar(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", data: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        info.size = len(data) if kind == tarfile.REGTYPE else 0
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def as_link(info: zipfile.ZipInfo) -> None:
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16


def twice() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("a/b.png"))
    return out.getvalue()


def marked(place: int, value: int) -> bytes:
    """A ZIP whose one file has a byte changed in both of its headers; `place` is counted in the first one."""
    data = bytearray(of_zip({"a.png": b"x" * 100}))
    for magic, at in ((b"PK\3\4", place), (b"PK\1\2", place + 2)):
        data[data.index(magic) + at] = value
    return bytes(data)


def wrong_bytes() -> bytes:
    data = bytearray(of_zip({"a.png": bytes(range(256)) * 10}))
    data[60] ^= 0xFF
    return bytes(data)


BAD: dict[str, tuple[str, Make]] = {
    "text": ("no .zip", lambda: b"Dear diary, this is no archive. " * 50),
    "one byte": ("no .zip", lambda: b"P"),
    "noise": ("no .zip", lambda: random.Random(1).randbytes(5000)),
    "gz of text": ("no .zip", lambda: __import__("gzip").compress(b"Dear diary" * 200)),
    "7z": ("no .zip", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(2000)),
    "empty zip": ("is empty", lambda: of_zip({})),
    "empty tar": ("is empty|no .zip", lambda: bytes(10240)),
    "only litter": ("is empty", lambda: of_zip({".DS_Store": b"x", "__MACOSX/a": b"y"})),
    "only folders": ("is empty", lambda: of_tar("a/b", tarfile.DIRTYPE)),
    "zip slip": ("evil.png leads out", lambda: of_zip({"../evil.png": b"x"})),
    "deep zip slip": ("leads out", lambda: of_zip({"a/../../evil.png": b"x"})),
    "windows zip slip": ("leads out", lambda: of_zip({"a\\..\\..\\evil.png": b"x"})),
    "absolute": ("leads out", lambda: of_zip({"/etc/evil.png": b"x"})),
    "drive": ("leads out", lambda: of_zip({"C:\\evil.png": b"x"})),
    "drive alone": ("leads out", lambda: of_zip({"c:evil.png": b"x"})),
    "tar slip": ("leads out", lambda: of_tar("../evil.png")),
    "absolute tar": ("leads out", lambda: of_tar("/tmp/evil.png")),
    "link in zip": ("link.png is a link", lambda: of_zip({"link.png": b"/etc/passwd"}, as_link)),
    "link in tar": ("is a link", lambda: of_tar("link", tarfile.SYMTYPE, "/etc")),
    "hard link": ("is a link", lambda: of_tar("link", tarfile.LNKTYPE, "/etc/passwd")),
    "pipe": ("no ordinary file", lambda: of_tar("pipe", tarfile.FIFOTYPE)),
    "device": ("no ordinary file", lambda: of_tar("null", tarfile.CHRTYPE)),
    "encrypted": ("is encrypted", lambda: marked(6, 1)),
    "deflate64": ("cannot be read", lambda: marked(8, 9)),
    "wrong bytes": ("damaged", wrong_bytes),
    "twice": ("b.png is in it twice", twice),
    "file and folder": ("twice", lambda: of_zip({"a": b"x", "a/b": b"y"})),
    "too deep": ("no name for a file", lambda: of_zip({"a/" * 50 + "x": b"x"})),
    "too long": ("cannot be written", lambda: of_zip({"n" * 300: b"x"})),
    "control signs": ("no name for a file", lambda: of_zip({"a\nb.png": b"x"})),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_archives_are_refused_and_leave_nothing(case: str, place: Path, tmp_path: Path) -> None:
    said, make = BAD[case]
    with pytest.raises(InputError, match=said) as raised:
        unpacked(place, make())
    assert raised.value.fix and str(tmp_path) not in raised.value.what
    assert not list(tmp_path.rglob("evil*")) and [path.name for path in place.iterdir()] == ["archive"]


@pytest.mark.parametrize("packing", ["zip", "", "gz", "bz2", "xz"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_cut_off_anywhere(tree: Path, place: Path, packing: str, part: float) -> None:
    data = zipped(tree) if packing == "zip" else tarred(tree, ".", packing)
    end = len(data.rstrip(b"\0")) if packing == "" else len(data)
    with pytest.raises(InputError, match=r"damaged|no \.zip"):
        unpacked(place, data[: int(part * end)])


@pytest.mark.parametrize("broken", [True, False])
def test_a_broken_header_does_not_end_a_tar_without_a_word(place: Path, broken: bool) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(3):
            archive.addfile(tarfile.TarInfo(f"{number}.png"))
    data = bytearray(out.getvalue())
    data[512 + 150] ^= broken
    with pytest.raises(InputError, match="damaged") if broken else nullcontext():
        assert len(unpacked(place, bytes(data))) == 3


def test_broken_anywhere_is_told_or_harmless(tree: Path, place: Path) -> None:
    (tree / "train" / "red" / "a.bin").write_bytes(b"abc" * 500)
    noise = random.Random(3)
    for packing in ("zip", "", "gz", "bz2", "xz"):
        whole = zipped(tree) if packing == "zip" else tarred(tree, ".", packing)
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(noise.randint(1, 4)):
                data[noise.randrange(len(data))] = noise.randrange(256)
            try:
                unpacked(place, bytes(data))
            except InputError as error:
                assert error.fix
            shutil.rmtree(place / "files", ignore_errors=True)


class TestBombs:
    def test_one_that_says_how_large_it_is(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpacking, "_FLOOR", 1 << 20)
        with pytest.raises(InputError, match="more than 100 times"):
            unpacked(place, of_zip({"a.png": bytes(20_000_000)}))

    @pytest.mark.parametrize("packing", ["gz", "xz"])
    def test_one_that_does_not(self, place: Path, monkeypatch: pytest.MonkeyPatch, packing: str, tmp_path: Path) -> None:
        monkeypatch.setattr(unpacking, "_FLOOR", 1 << 20)
        (tmp_path / "bomb").mkdir()
        for number in range(20):
            (tmp_path / "bomb" / f"{number}.png").write_bytes(bytes(1_000_000))
        with pytest.raises(InputError, match="more than 100 times"):
            unpacked(place, tarred(tmp_path / "bomb", ".", packing))

    def test_one_that_lies(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpacking, "_FLOOR", 1 << 20)
        data = bytearray(of_zip({"a.png": bytes(20_000_000)}))
        for magic, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
            struct.pack_into("<L", data, data.index(magic) + at, 1000)
        with pytest.raises(InputError, match="damaged"):
            unpacked(place, bytes(data))

    def test_what_packs_well_below_the_floor_may_come(self, place: Path) -> None:
        assert len(unpacked(place, of_zip({"mask.png": bytes(20_000_000)}))["mask.png"]) == 20_000_000

    def test_too_many_files(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unpacking, "_MOST_FILES", 10)
        assert len(unpacked(place, of_zip({f"{n}.png": b"" for n in range(10)}))) == 10
        shutil.rmtree(place / "files")
        with pytest.raises(InputError, match="too many"):
            unpacked(place, of_zip({f"{n}.png": b"" for n in range(11)}))

    def test_a_directory_too_long_for_memory(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data = of_zip({f"{n}.png": b"" for n in range(100)})
        monkeypatch.setattr(directory, "_MOST", 5_500)
        assert len(unpacked(place, data)) == 100
        shutil.rmtree(place / "files")
        monkeypatch.setattr(directory, "_MOST", 5_000)
        with pytest.raises(InputError, match="too many"):
            unpacked(place, data)

    def test_a_header_without_end(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stream, "_MOST_AT_ONCE", 1 << 20)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            info = tarfile.TarInfo("a.png")
            info.pax_headers = {"comment": "n" * 2_000_000}
            archive.addfile(info)
        with pytest.raises(InputError, match="header without end"):
            unpacked(place, out.getvalue())


def test_room_is_counted_in_what_is_written(tree: Path, place: Path) -> None:
    size = sum(len(data) for data in found(tree).values())
    for data in (zipped(tree), tarred(tree, ".", "gz")):
        with pytest.raises(OutputError, match="quota"):
            unpacked(place, data, room=size - 1)
        unpacked(place, data, room=size)
        shutil.rmtree(place / "files")


def test_a_full_disk(tree: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_LOOK_AGAIN", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with pytest.raises(OutputError, match="disk is too full"):
        unpacked(place, tarred(tree, ".", "gz"))


def test_a_disk_that_fills_while_it_is_written(tree: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking._Writer, "_write", Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match="No space left"):
        unpacked(place, zipped(tree))


def test_progress_is_told(tree: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_SECONDS", 0)
    told: list[tuple[float, int]] = []
    (place / "archive").write_bytes(tarred(tree, ".", "gz"))
    unpack(place / "archive", place / "files", ROOM, lambda *now: told.append(now))
    assert told[-1][1] == 2 and 0 < told[0][0] <= told[-1][0] <= 1

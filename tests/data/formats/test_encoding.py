"""Tables that are not UTF-8 keep their letters, so that two classes stay two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.formats.test_bad_input import picture, told
from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.encoding import encoding_of
from trackside.data.reading import read_dataset

TEXT = "path,label\n1.png,Äste\n2.png,Öste\n"


def read(root: Path, data: bytes) -> Dataset:
    for name in ("1.png", "2.png", "3.png"):
        picture(root / name)
    (root / "a.csv").write_bytes(data)
    return read_dataset(root / "a.csv")


@pytest.mark.parametrize(
    ("encoding", "title"), [("cp1252", "Windows-1252"), ("latin-1", "Windows-1252"), ("utf-16", "UTF-16")]
)
def test_the_whole_file_is_read_with_one_trouble(tmp_path: Path, encoding: str, title: str) -> None:
    dataset = read(tmp_path, TEXT.encode(encoding))
    assert dataset.classes == ("Äste", "Öste")
    assert told(dataset) == f"a.csv: is not UTF-8; it was read as {title}: save it as UTF-8 to be sure"


@pytest.mark.parametrize(
    "data", [TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.replace("Ä", "A").replace("Ö", "O").encode()]
)
def test_utf8_is_healthy(tmp_path: Path, data: bytes) -> None:
    assert told(read(tmp_path, data)) == ""


def test_bytes_that_windows_does_not_know_are_latin_1(tmp_path: Path) -> None:
    assert read(tmp_path, b"path,label\n1.png,\x81\xc4\n").classes == ("\x81Ä",)


def test_one_broken_row_of_utf8_is_told_and_merges_with_nothing(tmp_path: Path) -> None:
    dataset = read(tmp_path, TEXT.encode() + b"3.png,\xdcste\n")
    assert dataset.classes == ("Äste", "Öste", "Üste")
    assert told(dataset) == "a.csv, line 4: the label is not UTF-8; it was read as Windows-1252"


def test_columns_may_have_accents(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.csv").write_bytes("path;größe\n1.png;Ä\n".encode("cp1252"))
    assert read_dataset(tmp_path / "a.csv", columns={"label": "größe"}).classes == ("Ä",)


def test_accents_far_behind_the_beginning_are_found(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * (3 << 20) + b"\xc4 ste")
    assert (encoding_of(file), encoding_of(file, quick=True)) == ("cp1252", "utf-8")
    # A letter of two bytes on the border of two chunks.
    file.write_bytes(b"x" * ((1 << 20) - 1) + "Ä".encode() + b"\xc4")
    assert encoding_of(file) == "utf-8"
    file.write_bytes(b"\xc4" + b"x" * (3 << 20))
    assert encoding_of(file) == "cp1252"
    assert encoding_of(tmp_path / "absent") == "utf-8"


@pytest.mark.parametrize("more", ["", ",x1,y1,x2,y2"])
def test_another_class_for_the_same_name_is_told(tmp_path: Path, more: str) -> None:
    picture(tmp_path / "1.png")
    cells = ",1,2,3,4" if more else ""
    head = f"path,label{',box_class' if more else ''}{more}\n"
    rows = "".join(f"1.png,{name}{',x' if more else ''}{cells}\n" for name in ("cat", "cat", "dog"))
    (tmp_path / "a.csv").write_text(head + rows)
    dataset = read_dataset(tmp_path / "a.csv")
    assert "1.png, line 4: is named twice, as 'cat' and here as 'dog'; the first counts" in told(dataset)
    assert told(dataset).count("as 'cat' and here") == 1
    assert dataset.label_name(0) == "cat"


def test_no_class_is_no_other_class(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.csv").write_text("path,label\n1.png,cat\n1.png,\n1.png,cat\n")
    again = "is named twice; the first counts"
    assert told(read_dataset(tmp_path / "a.csv")) == f"1.png, line 3: {again}\n1.png, line 4: {again}"


def test_annotators_may_differ(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.csv").write_text("path,label,annotator\n1.png,cat,ann\n1.png,dog,bob\n")
    assert told(read_dataset(tmp_path / "a.csv")) == ""


def test_a_table_that_cannot_be_opened_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(TEXT)
    real = Path.open

    def refusing(path: Path, *more: object, **options: object) -> object:
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *more, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(InputError, match=r"a\.csv: cannot be read \(Permission denied\)"):
        read_dataset(tmp_path / "a.csv", "csv")

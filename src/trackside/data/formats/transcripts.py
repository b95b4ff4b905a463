"""Transcripts of lines and texts: a `.txt` beside each picture, or one file of `picture<TAB>transcript`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from trackside.core import InputError
from trackside.core.files import atomic_open
from trackside.data.dataset import Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.json_stream import begins_with
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import is_picture, split_in, walk
from trackside.data.formats.there import files_at, is_file, is_folder
from trackside.data.wording import counted

_FILES = (".tsv", ".txt")
# A transcript longer than this is some other file.
_LONGEST = 1 << 20
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MEANT = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def recognise_transcripts(path: Path) -> str:
    """What of transcripts is at a path."""
    listed = _listed(path)
    if listed:
        return f"transcripts ({', '.join(file.name for file in listed[:3])})"
    if not is_folder(path):
        return ""
    pairs = any(_pairs(files) for _, files, _, _ in walk(path))
    return "pictures with a .txt each" if pairs else ""


def _pairs(files: Sequence[str]) -> list[tuple[str, str]]:
    """Pictures with the text file of the same stem."""
    texts = {PurePosixPath(file).stem: file for file in files if file.endswith(".txt")}
    stems = ((file, PurePosixPath(file).stem) for file in files if is_picture(file))
    return [(file, texts[stem]) for file, stem in stems if stem in texts]


def _listed(path: Path) -> list[Path]:
    """Files whose first line is a picture's name, a tab and a text."""
    files = files_at(path, "*")
    return [file for file in files if file.suffix.lower() in _FILES and _is_list(file)]


def _is_list(file: Path) -> bool:
    name, tab, _ = begins_with(file, 4096).partition("\n")[0].partition("\t")
    return bool(tab) and is_picture(name.strip())


def read_transcripts(path: Path, *, images: Path | None = None) -> Dataset:
    """Read transcripts.

    Args:
        path: a folder with pictures and texts, a list, or a folder with lists.
        images: the folder that the names in a list are relative to; found by looking if not given.

    Raises:
        InputError: there are none.
    """
    files = _listed(path) or ([path] if is_file(path) else [])
    builder = Builder(root_of(path, images), "transcripts")
    for file in files:
        split = split_in(file.stem)
        base = (
            ""
            if images
            else base_of(builder.root, (line.partition("\t")[0] for _, line in _lines(file, builder, quiet=True)))
        )
        for number, line in _lines(file, builder):
            name, tab, text = line.partition("\t")
            if not tab:
                builder.trouble(file.name, "the line has no tab between name and transcript", number)
                continue
            builder.item(name, where=file.name, line=number, base=base, split=split, transcript=_unescaped(text))
    if files:
        dataset = builder.build()
        return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))
    _read_pairs(builder, path)
    if not len(builder):
        raise InputError("holds no transcripts", where=str(path), fix="give pictures with a .txt each, or a list")
    return builder.build()


def _read_pairs(builder: Builder, path: Path) -> None:
    for folder, files, _, trouble in walk(path):
        if trouble:
            builder.trouble(folder, trouble)
        texts = dict(_pairs(files))
        for file in files:
            name = f"{folder}/{file}" if folder else file
            if not is_picture(file):
                continue
            text = ""
            if file in texts:
                text = _text_of(builder, path / folder / texts[file], name)
            else:
                builder.trouble(name, "has no transcript")
            builder.item(name, transcript=text)


def _text_of(builder: Builder, file: Path, name: str) -> str:
    try:
        if file.stat().st_size > _LONGEST:
            builder.trouble(name, "its transcript is too long to be one")
            return ""
        return file.read_text("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError:
        builder.trouble(name, "its transcript is not UTF-8; it was replaced")
        return file.read_text("utf-8", "replace").removesuffix("\n")
    except OSError as error:
        builder.trouble(name, f"its transcript cannot be read ({error.strerror or error})")
        return ""


def _lines(file: Path, builder: Builder, quiet: bool = False) -> Iterator[tuple[int, str]]:
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _decoded(line, number, file, None if quiet else builder)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(file)) from None


def _decoded(line: bytes, number: int, file: Path, builder: Builder | None) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        if builder is not None:
            builder.trouble(file.name, "the line is not UTF-8; it was replaced", number)
        return line.decode("utf-8", "replace").rstrip("\r\n")


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def _unescaped(text: str) -> str:
    """The transcript with `\\n` and `\\t` as they are meant; any other back slash stays."""
    if "\\" not in text:
        return text
    letters, meant = iter(text), []
    for letter in letters:
        if letter != "\\":
            meant.append(letter)
            continue
        follower = next(letters, "")
        meant.append(_MEANT.get(follower, "\\" + follower))
    return "".join(meant)


def write_transcripts(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, a .tsv or .txt file, or `transcripts.tsv` in the folder `path`; one a split if all items have one."""
    known = [split for split in dataset.splits if split_in(split) == split]
    whole = path.suffix.lower() in _FILES
    file = path if whole else path / "transcripts.tsv"
    told = [split if split in known and not whole else "" for split in dataset.items.splits]
    for split in dict.fromkeys(told):
        with atomic_open(file.with_name(f"{split}.tsv") if split else file) as out:
            for row, one in enumerate(told):
                if one == split:
                    out.write(f"{dataset.items.names[row]}\t{_escaped(dataset.items.texts[row])}\n")
    lost = sum(bool(split) and split != one for split, one in zip(dataset.items.splits, told, strict=True))
    return [f"the split of {counted(lost, 'items')}"] if lost else []


FORMATS.add(
    "transcripts",
    Format(
        "transcripts",
        "transcripts",
        recognise_transcripts,
        read_transcripts,
        write_transcripts,
        suffixes=_FILES,
        holds=frozenset(("texts", "splits")),
    ),
)

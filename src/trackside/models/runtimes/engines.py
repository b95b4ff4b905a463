"""Where compiled engines are kept: one folder for each network, card and set of versions.

An engine is good only for the exact network, precision, card and libraries it was compiled for, so all of these stand in
the folder's name; what no longer fits is never opened. The whole folder may be deleted at any time: engines are made again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

import onnxruntime

from trackside.models.runtimes.providers import Provider
from trackside.models.store import default_home

_TENSORRT = ("tensorrt", "tensorrt-cu12", "tensorrt-cu13", "tensorrt_libs", "tensorrt-cu12-libs", "tensorrt-cu13-libs")
# Seconds after which a driver that does not answer is done without.
_PATIENCE = 5
_PLAIN = re.compile(r"[^A-Za-z0-9.]+")


def engine_folder(provider: Provider, sha256: str) -> Path | None:
    """The folder for a network's engines, made if it is not there; None where nothing can be written.

    Args:
        provider: what executes, and how exactly.
        sha256: of the network.
    """
    if provider.name not in ("tensorrt", "openvino"):
        return None
    machine = versions() if provider.name == "openvino" else f"{card()}-{versions()}"
    path = default_home() / "engines" / provider.name / machine / f"{sha256[:16]}-{provider.precision or 'usual'}"
    with suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path if path.is_dir() else None


@cache
def versions() -> str:
    """`onnxruntime1.22.0-tensorrt10.9`: the libraries that decide whether an engine still fits."""
    tensorrt = _first(_TENSORRT)
    return f"onnxruntime{onnxruntime.__version__}" + (f"-tensorrt{tensorrt}" if tensorrt else "")


@cache
def card() -> str:
    """Name of the graphics card and version of its driver as a folder's name; `card` where nothing tells."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return "card"
    asked = [tool, "--query-gpu=name,driver_version", "--format=csv,noheader", "--id=0"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=_PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "card"
    return _PLAIN.sub("-", told.strip().partition("\n")[0]).strip("-").lower() or "card"


def _first(names: tuple[str, ...]) -> str:
    for name in names:
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return ""

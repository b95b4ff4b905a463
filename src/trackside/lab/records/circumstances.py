"""Where and with what a run is made: machine, Python, the libraries that matter."""

from __future__ import annotations

import getpass
import os
import platform
from importlib import metadata

_LIBRARIES = ("trackside", "torch", "torchvision", "timm", "accelerate", "numpy")


def circumstances() -> dict[str, str]:
    """Name to text: host, user, system, cores, Python, versions. No environment variables: they hold secrets."""
    told = {
        "host": platform.node(),
        "user": _user(),
        "system": platform.platform(),
        "cores": str(os.cpu_count() or ""),
        "python": platform.python_version(),
    }
    for name in _LIBRARIES:
        try:
            told[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return told


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""

"""Who writes a run, and whether that process still lives: how a killed run is told from one that goes on elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from trackside.lab.records.code import program
from trackside.lab.records.recorder import Setting


def identity(name: str, settings: Mapping[str, Setting]) -> str:
    """Tells runs apart: the same program with the same name and the same settings is the same run, seed and all."""
    text = json.dumps([program(), name, {str(key): settings[key] for key in sorted(settings)}], default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def writer() -> str:
    """This process: host, number, when it began."""
    return f"{platform.node()}/{os.getpid()}/{_began(os.getpid())}"


def may_live(text: str) -> bool:
    """Whether the process that `writer` named may still write; of another machine nothing is known, so it may.

    A number that was given to another process since is told by when that began.
    """
    parts = text.rsplit("/", 2)
    if len(parts) < 3 or not parts[1].isdigit():
        return False
    if parts[0] != platform.node():
        return True
    number = int(parts[1])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return _began(number) == parts[2]


def _began(number: int) -> str:
    """When a process began, in ticks since the machine did; empty where the system does not say."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""

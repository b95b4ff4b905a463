"""Recognising people is off until somebody who may decide that switches it on, for this machine or this process."""

from __future__ import annotations

import os

from trackside.core import SettingError

SWITCH = "TRACKSIDE_FACES"
_ON = {"on", "1", "true", "yes"}


def is_on() -> bool:
    """Whether people may be recognised here."""
    return os.environ.get(SWITCH, "").strip().lower() in _ON


def require_on() -> None:
    """Raises SettingError unless people may be recognised here."""
    if not is_on():
        raise SettingError(
            "recognising people by their faces is off",
            fix=f"read docs/faces.md; whoever answers for it sets {SWITCH}=on in the environment",
        )

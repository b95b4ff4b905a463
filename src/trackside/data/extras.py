"""Libraries that only some installations have: the extra `trackside[data]`."""

from __future__ import annotations

import importlib
from types import ModuleType

from trackside.core import InputError

# Where the name that Python imports is not the one people know.
_KNOWN_AS = {"sklearn": "scikit-learn", "PIL": "Pillow"}


def need(module: str, *, extra: str = "data") -> ModuleType:
    """Import a library of an extra.

    Args:
        module: as Python imports it: "sklearn".
        extra: the extra of `trackside` that brings it.

    Raises:
        InputError: it is not installed; the message says which command brings it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise  # It is there and lacks something itself.
        name = _KNOWN_AS.get(module.partition(".")[0], module)
        raise InputError(f"this needs {name}, which is not installed", fix=f"pip install 'trackside[{extra}]'") from None

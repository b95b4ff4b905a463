"""Names as MLflow allows them: letters, digits and `_-.: /`, at most 250, and no path that could be written shorter."""

from __future__ import annotations

import hashlib
import posixpath
import re

LONGEST = 250
_FORBIDDEN = re.compile(r"[^\w\-.: /]")


def allowed(name: str) -> str:
    """The name, or the nearest that MLflow keeps; one that had to be changed ends in a hash of it, so that no two meet.

    >>> allowed("validation/accuracy")
    'validation/accuracy'
    >>> allowed("top-5 (%)")
    'top-5 ___ 58b135'
    """
    plain = posixpath.normpath(_FORBIDDEN.sub("_", name.strip())).lstrip("/")
    if plain == name and len(name) <= LONGEST and not plain.startswith("."):
        return name
    told = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{plain.lstrip('./')[: LONGEST - 7]} {told}".strip()


def allowed_path(name: str) -> str:
    """A file's name inside a run, which may name folders but never leaves the run.

    >>> allowed_path("../../etc/passwd")
    'etc/passwd'
    """
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    clean = [
        "".join("_" if letter in '<>:"|?*#%' or not letter.isprintable() else letter for letter in part) for part in parts
    ]
    return "/".join(clean) or "file"

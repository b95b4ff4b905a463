"""What code a run was made with: the commit, what was changed since, and the files Git does not know yet."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_MOST = 1_000_000
_SECONDS = 10
_SOURCES = (".py", ".yaml", ".yml", ".toml", ".json", ".sh")
_CLEAN = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True)
class Code:
    """The state of the code.

    Attributes:
        folder: the top of the checkout; where the program lies, if that is none.
        commit: its hash; empty outside Git.
        diff: what was changed since the commit, new source files included, as `git diff` writes it.
        note: what could not be recorded, one clause; empty if all was.
    """

    folder: Path
    commit: str = ""
    diff: str = ""
    note: str = ""


def code_state(folder: Path | None = None) -> Code:
    """The state of the code in a folder, or where the running program lies.

    Nothing is changed in the checkout. Differences beyond a million letters are cut off, and `note` says so.
    """
    start = folder or _program_folder()
    top = _git(start, "rev-parse", "--show-toplevel")
    if top is None:
        return Code(start, note="the program lies in no Git checkout, or Git is not installed")
    root = Path(top.strip())
    commit = (_git(root, "rev-parse", "--verify", "HEAD") or "").strip()
    changed = _git(root, "diff", "--no-ext-diff", "--no-textconv", "--no-color", *(["HEAD"] if commit else [])) or ""
    changed += "".join(_added(root, name) for name in _untracked(root))
    cut = len(changed) > _MOST
    return Code(root, commit, changed[:_MOST], f"only the first {_MOST:,} letters of the changes are kept" if cut else "")


def program() -> str:
    """The file of the program that runs; empty in a console or notebook."""
    return str(getattr(sys.modules.get("__main__"), "__file__", "") or "")


def _program_folder() -> Path:
    """Where the program that runs lies; where it was started, if it is no file of its user's (a console, a notebook)."""
    path = Path(program() or ".").resolve()
    return path.parent if path.is_file() and Path(sys.prefix).resolve() not in path.parents else Path.cwd()


def _untracked(root: Path) -> list[str]:
    """Source files that Git neither knows nor ignores."""
    names = (_git(root, "ls-files", "--others", "--exclude-standard", "-z") or "").split("\0")
    return [name for name in names if name.endswith(_SOURCES)]


def _added(root: Path, name: str) -> str:
    """A new file as a difference; nothing if it is large or no text."""
    path = root / name
    try:
        if path.is_symlink() or path.stat().st_size > _MOST // 10:
            return ""
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return ""
    head = f"diff --git a/{name} b/{name}\nnew file mode 100644\n"
    unended = "" if lines[-1] == "" else "\\ No newline at end of file\n"
    lines = lines[:-1] if lines[-1] == "" else lines
    body = "".join(f"+{line}\n" for line in lines)
    return head + (f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n{body}{unended}" if lines else "")


def _git(folder: Path, *words: str) -> str | None:
    """What Git says, or None."""
    try:
        command = ["git", *_CLEAN, "-C", str(folder), *words]
        said = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.decode("utf-8", "replace") if said.returncode == 0 else None

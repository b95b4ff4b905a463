"""What the command line tells its user."""

from __future__ import annotations

import subprocess


def mistake_in(said: subprocess.CompletedProcess[str]) -> str:
    """The one sentence in which a command refused, without a traceback and with nothing on standard output."""
    assert said.returncode == 1
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    assert said.stderr.count("\n") == 1, "one sentence"
    return said.stderr.removeprefix("error: ").strip()

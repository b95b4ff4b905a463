"""Claim: the command answers at once. Wall time of whole processes, median of ten runs: `trackside --help`, `trackside
--version`, and for comparison an interpreter that does nothing and one that imports NumPy.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.harness import Claim, in_turns, median, report

COMMANDS = {
    "trackside --help": [sys.executable, "-m", "trackside.cli.main", "--help"],
    "trackside --version": [sys.executable, "-m", "trackside.cli.main", "--version"],
    "python that does nothing": [sys.executable, "-c", "pass"],
    "python that imports numpy": [sys.executable, "-c", "import numpy"],
}


def main() -> None:
    """Measure and report."""
    calls = {
        name: (lambda words=words: subprocess.run(words, check=True, capture_output=True))
        for name, words in COMMANDS.items()
    }
    found = in_turns(calls, 10)
    rows = [{"process": name, "wall s": median([t.wall for t in times])} for name, times in found.items()]
    claims = [Claim("trackside --help", median([t.wall for t in found["trackside --help"]]), "s", "<= 0.5")]
    report("cold_start", rows, claims, method=" ".join((__doc__ or "").split()))


if __name__ == "__main__":
    main()

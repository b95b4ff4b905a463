"""Programs that judge the diagnosis, written by somebody who has not seen it.

`EVIDENCE.md` says what each of them reaches, and so gives the faults away.
"""

from __future__ import annotations

from importlib import import_module

from benchmarks.diagnosis.programs.registry import PROGRAMS

MODULES: tuple[str, ...] = (
    "mnist_one",
    "pen_one",
    "tables_one",
    "tables_two",
    "texts_one",
    "texts_two",
    "omniglot_one",
    "insects_one",
    "synthetic_one",
    "mnist_two",
    "pen_two",
    "sequences_one",
    "tables_three",
    "various_one",
)
for _module in MODULES:
    import_module(f"{__name__}.{_module}")

__all__ = ["PROGRAMS"]

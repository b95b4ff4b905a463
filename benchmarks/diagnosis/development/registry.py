"""The set that the programs of this package register themselves in."""

from __future__ import annotations

from benchmarks.diagnosis.program import Programs

PROGRAMS = Programs()

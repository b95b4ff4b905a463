"""The set that the programs of this folder register themselves in."""

from __future__ import annotations

from benchmarks.diagnosis.program import Programs

PROGRAMS = Programs()
"""Every program of the folder, once `benchmarks.diagnosis.programs` is imported."""

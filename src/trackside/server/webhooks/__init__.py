"""Telling other programs that a run has ended."""

"""Tests of live sources."""

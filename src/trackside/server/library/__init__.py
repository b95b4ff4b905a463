"""Blocks and pipelines: the palette, checking, saving, versions."""

"""Trying a pipeline on a few seconds of video."""
